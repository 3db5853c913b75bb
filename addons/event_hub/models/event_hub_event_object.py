from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import LooseMany2one


class EventHubEventObject(models.Model):
    _name = "event_hub.event_object"
    _inherit = ["event_hub.append_only"]
    _description = "Object of an Event"
    _log_access = False

    event_id = LooseMany2one(
        "event_hub.event", required=True, index=True, readonly=True
    )
    role = fields.Char(
        required=True,
        readonly=True,
        help="What the record is to the event, such as invoice.",
    )
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )

    _record_idx = models.Index("(res_model, res_id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Objects of events are written together with their event.")
        )
