from odoo import models


class EventHubEndpoint(models.Model):
    _name = "event_hub.endpoint"
    _description = "Endpoint"
