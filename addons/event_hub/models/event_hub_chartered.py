from odoo import api, fields, models

from ..policies import governance


class EventHubChartered(models.AbstractModel):
    """What somebody who answers for an automation writes down about it, and what of that is missing."""

    _name = "event_hub.chartered"
    _description = "Somebody Answers For It"

    purpose = fields.Text(
        tracking=True, help="What it is for, in words its readers would use."
    )
    owner_id = fields.Many2one(
        "res.users",
        "Answers For It",
        tracking=True,
        domain=[("share", "=", False)],
        context={"active_test": False},
        ondelete="restrict",
    )
    approval_path = fields.Selection(
        governance.APPROVAL_PATHS, "Who Approves", tracking=True
    )
    approval_reason = fields.Text(
        "Who, or Why Nobody",
        tracking=True,
        help="Who decides and where; or why nobody has to.",
    )
    minutes_saved = fields.Float(
        "Minutes Saved per Run",
        tracking=True,
        aggregator="avg",
        help="What a person would take to do the same. 0: no estimate.",
    )
    estimate_basis = fields.Text(
        "Basis of the Estimate", tracking=True, help="How the minutes were found."
    )
    review_at = fields.Date(
        "Review On",
        tracking=True,
        help="The day on which the owner looks at it again.",
    )
    gaps = fields.Text(
        "Missing", compute="_compute_gaps", help="What is missing before it may act."
    )
    complete = fields.Boolean(compute="_compute_gaps", search="_search_complete")

    @api.depends(
        "purpose",
        "owner_id.active",
        "approval_path",
        "approval_reason",
        "minutes_saved",
        "estimate_basis",
        "review_at",
    )
    def _compute_gaps(self):
        words = self._gap_words()
        for record in self:
            found = record._gap_codes()
            record.gaps = "\n".join(words[code] for code in found) or False
            record.complete = not found

    def _gap_codes(self):
        """:return: codes of what is missing, in order"""
        record = self.sudo()
        facts = governance.Charter(
            purpose=record.purpose or "",
            owner=bool(record.owner_id),
            owner_active=record.owner_id.active,
            approval_path=record.approval_path or "",
            approval_reason=record.approval_reason or "",
            minutes_saved=record.minutes_saved,
            estimate_basis=record.estimate_basis or "",
            review_at=record.review_at or None,
            has_actions=record._has_actions(),
        )
        return governance.gaps(facts, fields.Date.context_today(self))

    def _has_actions(self):
        """:return: whether it does anything at all"""
        return True

    def _gap_words(self):
        return {
            "actions": self.env._("The rule has no action."),
            "purpose": self.env._("The purpose is missing."),
            "owner": self.env._("Nobody answers for it."),
            "owner_archived": self.env._("Who answered for it has been archived."),
            "approval": self.env._("The approval path is missing: choose one, or “None”."),
            "approval_reason": self.env._("Say who approves, or why nobody has to."),
            "minutes": self.env._("Minutes saved cannot be below zero."),
            "basis": self.env._("Minutes saved need a basis."),
            "review": self.env._("The review date is missing."),
            "review_overdue": self.env._("Its review is overdue: look at it, then set the next date."),
        }  # fmt: skip

    @api.model
    def _search_complete(self, operator, value):
        if operator != "in":
            return NotImplemented
        whole = (
            self.sudo()
            .search([("id", ">", 0)])
            .filtered(lambda record: record.complete in value)
        )
        return [("id", "in", whole.ids)]
