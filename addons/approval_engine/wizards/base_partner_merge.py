from odoo import models

from odoo.addons.event_hub.tools import caches


class MergePartner(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, *args, **kwargs):
        """Contacts are merged in the database itself: nothing is told that logins became those of one."""
        result = super()._merge(*args, **kwargs)
        caches.forget(self.env, caches.STABLE)
        return result
