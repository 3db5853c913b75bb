from dataclasses import replace

from odoo import api, fields, models

from ..policies import seats


class ApprovalEngineRequestStep(models.Model):
    """Steps know since when they are open, and until when they were."""

    _inherit = "approval_engine.request_step"  # pylint: disable=consider-merging-classes-inherited

    opened_at = fields.Datetime(help="Since when it is to be decided.")
    closed_at = fields.Datetime()

    def _write_guarded(self, vals):
        if "state" in vals:
            vals = vals | self._times_of(vals["state"])
        return super()._write_guarded(vals)

    def _times_of(self, state):
        """:return: both moments in any case, so that all rows are written by one statement"""
        now = fields.Datetime.now()
        if state == seats.PENDING:
            return {"opened_at": now, "closed_at": False}
        if state == seats.WAITING:
            return {"opened_at": False, "closed_at": False}
        return {"opened_at": self[:1].opened_at, "closed_at": now}

    @api.model
    def _born_of(self, request, step, barred):
        """A step that is none of the policy has a key that is no id; whoever is barred from any is from it."""
        anywhere = {user: why for bars in barred.values() for user, why in bars.items()}
        barred = {0: anywhere, **barred}
        values = super()._born_of(request, replace(step, key=max(step.key, 0)), barred)
        return values | self.browse()._times_of(step.state)
