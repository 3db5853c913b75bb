from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies import governance

REVIEW_AFTER = timedelta(days=180)  # proposed; a person may choose another day


class EventHubCharter(models.Model):
    """Who answers for a governed rule, who decides before it takes effect, and what it saves.

    What starts the rule, what it does and on which data is read from the rule itself, so it
    is never out of date.
    """

    _name = "event_hub.charter"
    _inherit = ["event_hub.guarded", "mail.thread"]
    _description = "Rule Charter"
    _rec_name = "automation_id"

    automation_id = fields.Many2one(
        "base.automation",
        "Rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        context={"active_test": False},
    )
    purpose = fields.Text(
        tracking=True, help="What it is for, in words its readers would use."
    )
    starts = fields.Text("What Starts It", compute="_compute_from_rule")
    does = fields.Text("What It Does", compute="_compute_from_rule")
    data_used = fields.Text("On Which Data", compute="_compute_from_rule")
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
        help="The day on which the owner looks at the rule again.",
    )
    gaps = fields.Text(
        "Missing", compute="_compute_gaps", help="What is missing before it may act."
    )
    complete = fields.Boolean(compute="_compute_gaps", search="_search_complete")

    _automation_uniq = models.Constraint(
        "UNIQUE(automation_id)", "A rule has one charter."
    )

    # -------------------------------------------------------------------- computes

    @api.depends(
        "automation_id.model_id",
        "automation_id.trigger",
        "automation_id.event_pattern",
        "automation_id.event_domain",
        "automation_id.filter_domain",
        "automation_id.event_delay_minutes",
        "automation_id.throttle_hours",
        "automation_id.action_server_ids",
    )
    def _compute_from_rule(self):
        for charter in self:
            rule = charter.sudo().automation_id
            charter.starts = rule._charter_starts()
            charter.does = "\n".join(
                f"{number}. {action._charter_line()}"
                for number, action in enumerate(rule.action_server_ids, 1)
            )
            charter.data_used = rule._charter_data()

    @api.depends(
        "purpose",
        "owner_id.active",
        "approval_path",
        "approval_reason",
        "minutes_saved",
        "estimate_basis",
        "review_at",
        "automation_id.action_server_ids",
    )
    def _compute_gaps(self):
        words = self._gap_words()
        for charter in self:
            found = charter._gap_codes()
            charter.gaps = "\n".join(words[code] for code in found) or False
            charter.complete = not found

    def _gap_codes(self):
        """:return: codes of what is missing, in order"""
        charter = self.sudo()
        facts = governance.Charter(
            purpose=charter.purpose or "",
            owner=bool(charter.owner_id),
            owner_active=charter.owner_id.active,
            approval_path=charter.approval_path or "",
            approval_reason=charter.approval_reason or "",
            minutes_saved=charter.minutes_saved,
            estimate_basis=charter.estimate_basis or "",
            review_at=charter.review_at or None,
            has_actions=bool(charter.automation_id.action_server_ids),
        )
        return governance.gaps(facts, fields.Date.context_today(self))

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
            .filtered(lambda charter: charter.complete in value)
        )
        return [("id", "in", whole.ids)]

    # --------------------------------------------------------------------- the gate

    @api.model
    def _prefill(self, rules):
        """Make the charters of ``rules``, with what can be known of them."""
        review = fields.Date.context_today(self) + REVIEW_AFTER
        return self.create(
            [
                {
                    "automation_id": rule.id,
                    "owner_id": rule.owner_id.id,
                    "review_at": review,
                }
                for rule in rules
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        charters = super().create(vals_list)
        rules = charters.sudo().automation_id
        rules._check_governable()
        rules._record_version()
        return charters

    def write(self, vals):
        if "automation_id" in vals and any(
            charter.automation_id.id != vals["automation_id"] for charter in self
        ):
            raise UserError(self.env._("A charter stays with its rule."))
        before = {charter: set(charter._gap_codes()) for charter in self}
        result = super().write(vals)
        for charter in self:
            charter._check_no_new_gap(before[charter])
        self.sudo().automation_id._record_version()
        return result

    def _check_no_new_gap(self, known):
        """A rule that is on keeps its charter; a gap that opened by itself may stay until it is mended."""
        rule = self.sudo().automation_id
        if rule.governed and rule.active and set(self._gap_codes()) - known:
            rule._check_no_gap(self.env._("left on"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_governed(self):
        governed = self.sudo().automation_id.filtered("governed")
        if governed:
            raise UserError(
                self.env._(
                    "The charter of %(name)s stays as long as the rule is governed.",
                    name=governed[0].name,
                )
            )

    def _snapshot(self):
        """:return: ``{name: value}`` for the versions of the rule"""
        return {
            "charter: purpose": self.purpose,
            "charter: answers for it": self.owner_id.login,
            "charter: approval": self.approval_path,
            "charter: who or why nobody": self.approval_reason,
            "charter: minutes saved": self.minutes_saved,
            "charter: basis": self.estimate_basis,
            "charter: review on": str(self.review_at or ""),
        }
