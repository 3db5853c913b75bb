from odoo import api, fields, models

from ..policies import governed_state, policy_state


class ApprovalEngineGoverned(models.Model):
    """How a governance stands, what a proposal would change, and who would be asked: in words."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    standing = fields.Char("How It Stands", compute="_compute_standing")
    proposal_words = fields.Text("What Would Change", compute="_compute_standing")
    asked_words = fields.Text("Who Is Asked", compute="_compute_asked_words")

    @api.depends("state", "proposed_by_id", "revises_id", "revision_ids")
    def _compute_standing(self):
        for governance in self:
            governance.standing = governance._standing_words()
            governance.proposal_words = governance._revision_words() or False

    def _standing_words(self):
        who, others = self.proposed_by_id.name or "", self._names_of_others()
        if self.state == governed_state.PROPOSED:
            return self.env._(
                "▶ Proposed by %(who)s. It waits for a second approval manager, and nothing of it holds yet.",
                who=who,
            )
        if self.state == governed_state.LEAVING:
            return self.env._(
                "▶ In force. %(who)s wants to switch it off: until a second approval manager agrees, it holds.",
                who=who,
            )
        if self.state == governed_state.ACTIVE:
            return self._in_force_words()
        if self.revises_id:
            return self.env._(
                "○ A change that is being written. What is in force holds as it is until another manager agreed."
            )
        if not others:
            return self.env._(
                "○ Off: nothing waits for it. Nobody else can agree, so it is in force once you say so, and the audit "
                "keeps that as an exception."
            )
        return self.env._(
            "○ Off: nothing waits for it. Once proposed, another approval manager has to agree (%(people)s).",
            people=others,
        )

    def _in_force_words(self):
        if self.revision_ids:
            return self.env._(
                "● In force. A change of it is being written, or waits for a second approval manager."
            )
        return self.env._(
            "● In force. To change it or to switch it off takes two approval managers."
        )

    def _proposal_words(self):
        if self.state == governed_state.LEAVING:
            return self.env._("switch “%(name)s” off.", name=self.name)
        changes = self._revision_words()
        if changes:
            return self.env._(
                "change “%(name)s”: %(changes)s.", name=self.name, changes=changes
            )
        return self.env._(
            "put “%(name)s” in force. %(sentence)s",
            name=self.name,
            sentence=self.sentence or "",
        )

    def _revision_words(self):
        """:return: such as “Condition: [] → [...]”, against what is in force; empty if this is no revision"""
        original = self.revises_id
        if not original:
            return ""
        old = original._trailed()[original.id]
        new = self._trailed().get(self.id, {})
        return original._differing_words(old, new) or self.env._("nothing yet")

    @api.depends("type_id", "company_id")
    def _compute_asked_words(self):
        """The policies that decide the approval asked: without one, what is held cannot be done."""
        policies = self.env["approval_engine.policy"].search(
            [
                ("type_id", "in", self.type_id.ids),
                ("state", "=", policy_state.ACTIVE),
            ]
        )
        for governance in self:
            found = policies.filtered(
                lambda p, one=governance: (
                    p.type_id == one.type_id
                    and (
                        not one.company_id
                        or p.company_id in (one.company_id, p.company_id.browse())
                    )
                )
            )
            governance.asked_words = "\n".join(
                filter(None, found.mapped("sentence"))
            ) or (
                governance.type_id
                and self.env._(
                    "▲ No policy for “%(type)s” is in force: nobody could approve, so what is held cannot be done.",
                    type=governance.type_id.name,
                )
            )
