from odoo import api, fields, models


class EventHubExceptionMark(models.Model):
    """What people decided about one thing that waits: who looks after it, or that nothing will be done.

    A mark ends when the thing is tried again, by whatever button.
    """

    _name = "event_hub.exception_mark"
    _inherit = ["event_hub.guarded"]
    _description = "Exception Mark"
    _log_access = False

    kind = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record Id", required=True, readonly=True)
    owner_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    discarded_at = fields.Datetime(readonly=True)
    discarded_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    reason = fields.Text(readonly=True)

    _place_uniq = models.UniqueIndex("(kind, res_id)")

    @api.model
    def _put(self, kind, ids, vals):
        """Note ``vals`` about each of ``ids``; two queries however many."""
        known = self.search([("kind", "=", kind), ("res_id", "in", ids)])
        known.write(vals)
        missing = set(ids) - set(known.mapped("res_id"))
        self.create(
            [{"kind": kind, "res_id": res_id, **vals} for res_id in sorted(missing)]
        )

    @api.model
    def _forget(self, kind, ids):
        """Whatever was decided about ``ids`` no longer counts."""
        if ids:
            self.search([("kind", "=", kind), ("res_id", "in", ids)]).unlink()
