from odoo import http
from odoo.http import request

from odoo.addons.base_automation.controllers.main import BaseAutomationController

from ..models.base_automation_stock import BEGIN_AGAIN


class Webhook(BaseAutomationController):
    @http.route()
    def call_webhook_http(self, rule_uuid, **kwargs):
        """Stock's route makes a 500 of every error. With another transaction in the way it begins again."""
        found = request.env.cr.cache
        found.pop(BEGIN_AGAIN, None)
        answer = super().call_webhook_http(rule_uuid, **kwargs)
        if error := found.pop(BEGIN_AGAIN, None):
            raise error
        return answer
