# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import api, models

from ..tools import caches
from .event_hub_field_owner import STABLE

SPEAKS = {"user_id", "company_id", "active"}  # what makes a user speak for a source


class EventHubSource(models.Model):
    """Who speaks for which source is part of what the gate of owned fields remembers."""

    _inherit = "event_hub.source"

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        caches.forget(self.env, STABLE)
        return sources

    def write(self, vals):
        result = super().write(vals)
        if SPEAKS & set(vals):
            caches.forget(self.env, STABLE)
        return result

    def unlink(self):
        result = super().unlink()
        caches.forget(self.env, STABLE)
        return result
