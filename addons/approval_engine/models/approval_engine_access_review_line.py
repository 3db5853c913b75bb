from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import seats
from .approval_engine_access_review import OPEN
from .approval_engine_assignment import WHY

KEEP, REMOVE = "keep", "remove"


class ApprovalEngineAccessReviewLine(models.Model):
    """One person in one step of one policy, as it was when the review was opened."""

    _name = "approval_engine.access_review_line"
    _inherit = ["approval_engine.guarded"]
    _description = "Access Review Line"
    _order = "review_id, type_id, step_name, who, id"

    review_id = fields.Many2one(
        "approval_engine.access_review",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    policy_id = fields.Many2one(
        "approval_engine.policy", "Policy Record", readonly=True, ondelete="restrict"
    )
    policy_name = fields.Char("Policy", readonly=True)
    type_id = fields.Many2one(
        "approval_engine.type", readonly=True, ondelete="restrict"
    )
    step_id = fields.Many2one(
        "approval_engine.policy_step",
        "Step Record",
        readonly=True,
        ondelete="restrict",
    )
    step_name = fields.Char("Step", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True, ondelete="restrict")
    who = fields.Char(readonly=True)
    why = fields.Selection(WHY, readonly=True)
    group_id = fields.Many2one("res.groups", readonly=True, ondelete="set null")
    above = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    since = fields.Datetime(readonly=True, help="Since when two people agree on it.")
    agreed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decisions = fields.Integer("Decisions (90 Days)", readonly=True)
    last_decided_at = fields.Datetime("Last Decision", readonly=True)
    verdict = fields.Selection([(KEEP, "Keep"), (REMOVE, "Remove")], readonly=True)
    reason = fields.Char(readonly=True)
    judged_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    can_judge = fields.Boolean(compute="_compute_can_judge")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | set(self._fields)

    @api.depends("who", "step_name", "policy_name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.who}: {line.step_name}, {line.policy_name}"

    @api.depends("review_id.state", "user_id")
    @api.depends_context("uid")
    def _compute_can_judge(self):
        manager = self.env["approval_engine.authority"]._is_confirmed_manager(
            self.env.user
        )
        for line in self:
            line.can_judge = (
                manager
                and line.review_id.state == OPEN
                and line.user_id not in self.env.user._all_logins()
            )

    def action_keep(self):
        """Say that these people still need what they may; for managers, not about themselves."""
        self._judge(KEEP, "")
        return True

    @takes(reason=MAYBE_TEXT)
    def action_remove(self, reason=""):
        """Say that they need it no more.

        Authority by a group ends at once, everywhere the group decides. Who is named in a step is
        on the list of the policy's owner: the policy needs a new version.
        """
        self._judge(REMOVE, reason or "")
        lines = self.sudo()
        lines._end_authority()
        lines.filtered(lambda line: line.why != seats.GROUP)._ask_owner()
        return True

    def _judge(self, verdict, reason):
        self.check_access("read")
        self.review_id._refuse_others()
        for line in self:
            if line.user_id in self.env.user._all_logins():
                raise AccessError(
                    self.env._(
                        "%(line)s: another manager judges what you may decide yourself.",
                        line=line.display_name,
                    )
                )
            if line.review_id.state != OPEN:
                raise UserError(
                    self.env._(
                        "%(review)s is closed: nothing in it changes any more.",
                        review=line.review_id.display_name,
                    )
                )
        self.sudo()._write_guarded(
            {"verdict": verdict, "reason": reason, "judged_by_id": self.env.uid}
        )

    def _end_authority(self):
        rows = self.env["approval_engine.authority"].search(
            [
                (
                    "group_id",
                    "in",
                    self.filtered(lambda ln: ln.why == seats.GROUP).group_id.ids,
                ),
                ("user_id", "in", self.user_id.ids),
                ("state", "=", "confirmed"),
            ]
        )
        meant = {(line.group_id, line.user_id) for line in self}
        rows.filtered(lambda row: (row.group_id, row.user_id) in meant)._take_away()

    def _ask_owner(self):
        for policy, lines in self.grouped("policy_id").items():
            if policy.owner_id:
                policy.message_notify(
                    partner_ids=policy.owner_id.partner_id.ids,
                    subject=self.env._(
                        "%(policy)s needs a new version", policy=policy.display_name
                    ),
                    body=self.env._(
                        "The access review says that these people are to decide no more: %(people)s.",
                        people=", ".join(lines.mapped("who")),
                    ),
                )

    def _fingerprint(self):
        """:return: JSON of the line, for the digest of the review"""
        return {
            "policy": self.policy_name,
            "type": self.type_id.code,
            "step": self.step_name,
            "user": self.user_id.login or None,
            "who": self.who,
            "why": self.why or None,
            "above": self.above,
            "since": str(self.since or ""),
            "decisions": self.decisions,
            "last": str(self.last_decided_at or ""),
            "verdict": self.verdict or None,
            "reason": self.reason or "",
            "judged_by": self.judged_by_id.login or None,
        }
