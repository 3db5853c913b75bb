from odoo import api, models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() - {"name", "active"}:
            self.env["process_intelligence.opening"]._forget(self)
        return done

    @api.ondelete(at_uninstall=False)
    def _forget_openings(self):
        self.env["process_intelligence.opening"]._forget(self)
