from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..policies import activation

MANAGER = "approval_engine.group_approval_manager"


class ApprovalEngineTwoPeople(models.AbstractModel):
    """Put in force by two approval managers: one proposes, another agrees. Needs ``company_id``."""

    _name = "approval_engine.two_people"
    _description = "Put in Force by Two People"

    proposed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    proposed_at = fields.Datetime("Proposed", readonly=True, copy=False)
    can_agree = fields.Boolean(
        compute="_compute_can_agree",
        help="Whether the caller may agree to what somebody else proposed.",
    )

    @api.depends("state", "proposed_by_id")
    @api.depends_context("uid")
    def _compute_can_agree(self):
        for record in self:
            mine = (
                record.proposed_by_id in self.env.user._all_logins()
                and record._others()
            )
            record.can_agree = record._awaits_second() and not mine

    def _awaits_second(self):
        """:return: whether this waits for a second person"""
        raise NotImplementedError

    def _verdict(self, proposer):
        """:return: ``activation.Verdict`` of the caller's click

        :param proposer: who proposed it, may be empty
        :raises AccessError: (403) the caller proposed it
        """
        verdict = activation.decide(
            user_id=self.env.uid,
            proposer_id=proposer.id or None,
            others=len(self._others()),
            system=self.env.uid == SUPERUSER_ID,
            logins=self.env.user._all_logins().ids,
        )
        if verdict.refusal:
            raise self._same_person()
        return verdict.what

    def _proposal(self):
        """:return: values that say that the caller proposes"""
        return {"proposed_by_id": self.env.uid, "proposed_at": fields.Datetime.now()}

    def _lock(self):
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["state", "proposed_by_id"])

    def _others(self):
        """:return: the people besides the caller who could put this in force"""
        self.ensure_one()
        mine = self.env.user._all_logins()
        able = self.env["approval_engine.authority"]._confirmed(self.env.ref(MANAGER))
        return able.filtered(
            lambda u: (
                u.active
                and u not in mine
                and (not self.company_id or self.company_id in u.company_ids)
            )
        )

    def _names_of_others(self):
        return ", ".join(self._others().sorted("name")[:5].mapped("name"))

    def _refuse_unconfirmed(self):
        """Who was made a manager a moment ago is no second person yet."""
        authority = self.env["approval_engine.authority"]
        if self.env.uid == SUPERUSER_ID or authority._is_confirmed_manager(
            self.env.user
        ):
            return
        raise AccessError(
            self.env._(
                "You were made an approval manager, and nobody has agreed to that yet: under Approvals > "
                "Configuration > Approver Groups another manager can."
            )
        )

    def _same_person(self):
        return AccessError(
            self.env._(
                "You proposed %(record)s yourself: somebody else has to agree. %(people)s can.",
                record=self.display_name,
                people=self._names_of_others(),
            )
        )
