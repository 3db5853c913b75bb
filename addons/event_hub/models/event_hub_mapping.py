import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import mapping
from ..policies.cloudevents import BadEnvelope, BadJson, parse_json

SAMPLE = """{
  "event": "ticket.opened",
  "id": 9001,
  "account": "ACC-001",
  "at": "2026-01-01T09:00:00Z",
  "ticket": {"number": 42, "title": "Export fails"}
}"""


class EventHubMapping(models.Model):
    """How a source's own JSON becomes an event, in JMESPath."""

    _name = "event_hub.mapping"
    _inherit = ["event_hub.remembered"]
    _description = "Mapping"
    _order = "source_id, sequence, id"

    source_id = fields.Many2one(
        "event_hub.source", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="source_id.company_id")
    sequence = fields.Integer(
        default=10, help="The first mapping that takes a request reads it."
    )
    name = fields.Char(required=True)
    when_expr = fields.Char(
        "Takes It When",
        help="An expression that is true for the requests this mapping reads, such as event == 'ticket.opened'. "
        "Empty: it reads all.",
    )
    type_expr = fields.Char(
        "Event Type",
        required=True,
        help="Fixed text is in single quotes: 'support.ticket_created'.",
    )
    id_expr = fields.Char(
        "Event Id",
        help="The sender's own id of the event. Empty: the same content is the same event.",
    )
    subject_expr = fields.Char(
        "Account",
        help="The external id of the account at this source, or its account code.",
    )
    time_expr = fields.Char(
        "Happened At",
        help="ISO 8601 with a zone, or seconds or milliseconds since 1970. Empty: when it was received.",
    )
    data_expr = fields.Text(
        "Data",
        help="An object, such as {ticket: to_string(ticket.number), title: ticket.title}. Empty: the whole JSON.",
    )
    sample = fields.Text(
        default=SAMPLE, help="A body as the source sends it, to try the mapping on."
    )
    preview = fields.Text(compute="_compute_preview")
    preview_good = fields.Boolean(compute="_compute_preview")

    @api.depends(
        "sample", *(f"{name}_expr" for name in ("when", "type", "id")),
        *(f"{name}_expr" for name in ("subject", "time", "data")),
    )  # fmt: skip
    def _compute_preview(self):
        for record in self:
            record.preview_good, record.preview = record._preview()

    def _preview(self):
        """:return: ``(good, text)``: the event the sample becomes, or what is wrong"""
        mapped = self._mapping()
        problems = mapping.problems(mapped)
        if problems:
            labels = self._labels()
            return False, "\n".join(f"{labels[f]}: {p}" for f, p in problems.items())
        try:
            value = parse_json((self.sample or "").encode())
            if not isinstance(value, list) and not mapping.takes(mapped, value):
                return False, self.env._("This mapping does not take the sample.")
            items = mapping.read([mapped], value)
        except (BadJson, BadEnvelope) as error:
            return False, str(error)
        told = [_told(item) for item in items]
        text = json.dumps(
            told if isinstance(value, list) else told[0], indent=2, ensure_ascii=False
        )
        return all(item.event for item in items), text

    def _mapping(self):
        """:return: ``policies.mapping.Mapping``"""
        self.ensure_one()
        names = ("when", "type", "id", "subject", "time", "data")
        return mapping.Mapping(**{name: self[f"{name}_expr"] or "" for name in names})

    def _labels(self):
        names = ("when", "type", "id", "subject", "time", "data")
        described = self.fields_get([f"{name}_expr" for name in names], ["string"])
        return {name: described[f"{name}_expr"]["string"] for name in names}

    @api.constrains(
        "when_expr", "type_expr", "id_expr", "subject_expr", "time_expr", "data_expr"
    )
    def _check_expressions(self):
        for record in self:
            problems = mapping.problems(record._mapping())
            for field, problem in problems.items():
                raise ValidationError(
                    self.env._(
                        "Mapping %(name)s, %(field)s: %(problem)s",
                        name=record.name,
                        field=record._labels()[field],
                        problem=problem,
                    )
                )


def _told(item):
    """:return: an event as its sender would see it, or why there is none"""
    if not item.event:
        return {"error": item.error}
    event = item.event
    told = {
        "type": event.type,
        "id": event.id,
        "subject": event.subject,
        "time": event.time and f"{event.time.isoformat()}Z",
        "data": event.data,
    }
    return {name: value for name, value in told.items() if value is not None}
