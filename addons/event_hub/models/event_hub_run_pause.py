# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import api, models


class EventHubRun(models.Model):
    """Runs of paused rules wait: they are neither picked up nor locked, and stay pending."""

    _inherit = "event_hub.run"

    @api.model
    def _due_domain(self):
        rules = self.env["base.automation"]
        if rules._pause_all_state():
            return [(0, "=", 1)]
        held = rules._paused_ids()
        domain = super()._due_domain()
        return [*domain, ("automation_id", "not in", held)] if held else domain

    def _lock_due(self, ids):
        """In the transaction that carries them out, once more: a switch pressed meanwhile counts."""
        runs = super()._lock_due(ids)
        if not runs:
            return runs
        rules = self.env["base.automation"]
        if rules._pause_all_state():
            return runs.browse()
        held = set(rules._paused_ids())
        return runs.filtered(lambda run: run.automation_id.id not in held)
