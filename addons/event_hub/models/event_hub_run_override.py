# One concern a file.
# pylint: disable=consider-merging-classes-inherited
# The gate goes past `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import LooseMany2one
from ..policies.arguments import MAYBE_TEXT
from ..policies.event_run import DONE
from ..tools.arguments import takes

OVERRIDE_FIELDS = ("override_user_id", "override_reason", "overridden_at")


class EventHubRun(models.Model):
    """What a rule would have done, and that a person has done otherwise than it did."""

    _inherit = "event_hub.run"

    note = fields.Text(
        "What It Would Have Done", readonly=True, help="Of a rule that only observes."
    )
    told = fields.Text("What Came of It", compute="_compute_told")
    overridden_at = fields.Datetime("Overridden", readonly=True)
    override_user_id = LooseMany2one("res.users", "Overridden By", readonly=True)
    override_reason = fields.Text("Why Overridden", readonly=True)

    _overridden_idx = models.Index("(automation_id) WHERE overridden_at IS NOT NULL")

    @api.depends("error", "note")
    def _compute_told(self):
        """Why it was not done, or what would have been: one column for both."""
        for run in self:
            run.told = run.error or run.note

    def write(self, vals):
        if any(name in vals for name in OVERRIDE_FIELDS):
            raise UserError(
                self.env._(
                    "An override is noted with Mark as Overridden, with a reason."
                )
            )
        return super().write(vals)

    @takes(reason=MAYBE_TEXT)
    def action_mark_override(self, reason):
        """Note that a person did, or undid, something against what the rule did.

        :param reason: what was changed and why, in a sentence
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_user"):
            raise AccessError(
                self.env._("Only users of the event hub may mark runs as overridden.")
            )
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Say in a sentence what was changed against the rule.")
            )
        runs = self.sudo()
        wrong = runs.filtered(lambda run: run.state != DONE)
        if wrong:
            raise UserError(
                self.env._(
                    "Only what a rule has done can be overridden. Run %(run)s is %(state)s.",
                    run=wrong[0].id,
                    state=wrong[0].state,
                )
            )
        super(EventHubRun, runs).write(
            {
                "overridden_at": fields.Datetime.now(),
                "override_user_id": self.env.uid,
                "override_reason": reason.strip(),
            }
        )
        for rule, marked in runs.grouped("automation_id").items():
            self.env["event_hub.tally"]._override("run_overridden", rule, len(marked))
        return True
