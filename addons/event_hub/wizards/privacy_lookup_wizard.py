from odoo import models

from ..fields import LooseMany2one


class PrivacyLookupWizard(models.TransientModel):
    """Leaves what the hub remembers to its own erasure (``partner.hub_erase``)."""

    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        """The lookup would offer rows of history for deletion, one by one."""
        remembered = [
            name
            for name, model in self.env.registry.items()
            if any(
                isinstance(field, LooseMany2one) and field.comodel_name == "res.partner"
                for field in model._fields.values()
            )
        ]
        return [*super()._get_query_models_blacklist(), *remembered]
