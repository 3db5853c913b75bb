from odoo import api, models


class IapAutocompleteApi(models.AbstractModel):
    _inherit = "iap.autocomplete.api"

    @api.model
    def _contact_iap(self, local_endpoint, action, params, timeout=15):
        """The demo's companies are invented and its server talks to nobody outside.

        :raises ValueError: always; the caller takes it as "the service is not set up", silently
        """
        raise ValueError(f"The demo does not look up companies: {action}")
