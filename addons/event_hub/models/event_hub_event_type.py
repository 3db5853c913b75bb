from odoo import api, fields, models


class EventHubEventType(models.Model):
    _name = "event_hub.event_type"
    _description = "Event Type"
    _order = "code"

    code = fields.Char(required=True, help="Such as billing.payment_failed.")
    name = fields.Char(required=True, translate=True)
    version = fields.Char(default="1.0", required=True)
    active = fields.Boolean(default=True)
    data_schema = fields.Json("Data Schema", help="JSON Schema 2020-12 of the event's data.")
    case_type = fields.Char(help="Kind of case, such as subscription. Default: account.")
    subject_model = fields.Char(help="Model the event is about. Empty: the account itself.")
    handler = fields.Char(help="Method of the subject model that carries out the effect, named _hub_on_…")
    activity = fields.Char(translate=True, help="The step's name in process maps. Default: the name.")
    account_required = fields.Boolean(
        default=True, help="Set messages aside when the account of the event is not known.")
    latency_class = fields.Selection(
        [("realtime", "Seconds"), ("hour", "Within an hour"), ("day", "Within a day")],
        default="realtime", required=True)
    system_of_record = fields.Char(help="The system whose word counts, such as billing.")
    owner_id = fields.Many2one("res.users", "Owner")
    sample = fields.Json(help="An example of data that fits the schema.")
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This event type exists already.")

    @api.model
    def _labels(self, codes):
        """:return: ``{code: activity}`` of the known among ``codes``"""
        types = self.sudo().search_fetch([("code", "in", sorted(codes))], ["code", "name", "activity"])
        return {t.code: t.activity or t.name for t in types}
