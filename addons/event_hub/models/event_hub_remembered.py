from odoo import api, models

from ..tools import caches


class EventHubRemembered(models.AbstractModel):
    """For models that every server process keeps in memory: any change makes all of them read anew."""

    _name = "event_hub.remembered"
    _description = "Kept in memory by every process"
    _hub_cache = "default"  # Odoo's name of the cache that its rows are kept in

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        caches.forget(self.env, self._hub_cache)
        return records

    def write(self, vals):
        result = super().write(vals)
        caches.forget(self.env, self._hub_cache)
        return result

    def unlink(self):
        result = super().unlink()
        caches.forget(self.env, self._hub_cache)
        return result

    def _update_field_translations(self, *args, **kwargs):
        """Odoo writes translations without ``write``."""
        result = super()._update_field_translations(*args, **kwargs)
        caches.forget(self.env, self._hub_cache)
        return result
