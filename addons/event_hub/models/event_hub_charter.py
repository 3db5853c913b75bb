from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

REVIEW_AFTER = timedelta(days=180)  # proposed; a person may choose another day


class EventHubCharter(models.Model):
    """Who answers for a governed rule, who decides before it takes effect, and what it saves.

    What starts the rule, what it does and on which data is read from the rule itself, so it
    is never out of date.
    """

    _name = "event_hub.charter"
    _inherit = ["event_hub.guarded", "event_hub.chartered", "mail.thread"]
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
    starts = fields.Text("What Starts It", compute="_compute_from_rule")
    does = fields.Text("What It Does", compute="_compute_from_rule")
    data_used = fields.Text("On Which Data", compute="_compute_from_rule")

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

    @api.depends("automation_id.action_server_ids")
    def _compute_gaps(self):
        return super()._compute_gaps()

    def _has_actions(self):
        return bool(self.automation_id.action_server_ids)

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
