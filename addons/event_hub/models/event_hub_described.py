import json
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import schemas

VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,2}")
TEXTS = {"data_schema_text": "data_schema", "sample_text": "sample"}


class EventHubDescribed(models.AbstractModel):
    """Data that a JSON Schema describes, with a sample; both can be edited as text."""

    _name = "event_hub.described"
    _description = "Described by a Schema"

    version = fields.Char(
        required=True,
        help="Of the data schema, such as 1.2. What refuses data that was accepted needs a new first number.",
    )
    data_schema = fields.Json(help="JSON Schema 2020-12 of the event's data.")
    data_schema_text = fields.Text(
        "Data Schema (JSON)",
        compute="_compute_json_texts",
        inverse="_inverse_data_schema_text",
    )
    sample = fields.Json(help="An example of data that fits the schema.")
    sample_text = fields.Text(
        "Sample (JSON)", compute="_compute_json_texts", inverse="_inverse_sample_text"
    )

    @api.depends("data_schema", "sample")
    def _compute_json_texts(self):
        for described in self:
            described.data_schema_text = _dump(described.data_schema)
            described.sample_text = _dump(described.sample)

    def _inverse_data_schema_text(self):
        for described in self:
            described.data_schema = described._load(
                described.data_schema_text, "data_schema_text"
            )

    def _inverse_sample_text(self):
        for described in self:
            described.sample = described._load(described.sample_text, "sample_text")

    def _parsed(self, vals):
        """:return: ``vals`` with what was typed as text as the value it means, so that
        schema, sample and version change in one step
        """
        parsed = {name: value for name, value in vals.items() if name not in TEXTS}
        for text, target in TEXTS.items():
            if text in vals:
                parsed[target] = self[:1]._load(vals[text], text)
        return parsed

    def _load(self, text, field_name):
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(field)s of %(type)s is not JSON: %(error)s",
                    type=self.display_name or self.env._("the new event type"),
                    error=error,
                    field=self._fields[field_name].string,
                )
            ) from None

    @api.constrains("version")
    def _check_version(self):
        for described in self:
            if not VERSION.fullmatch(described.version):
                raise ValidationError(
                    self.env._(
                        "%(version)s is no version of %(type)s: use numbers, such as 1.0 or 2.1.",
                        version=described.version,
                        type=described.display_name,
                    )
                )

    @api.constrains("data_schema", "sample")
    def _check_schema(self):
        for described in self:
            schema = described.data_schema or {}
            problem = schemas.schema_problem(schema)
            if not problem and described.sample:
                problem = schemas.data_problem(
                    schemas.compile_schema(schema), described.sample
                )
            if problem:
                raise ValidationError(
                    self.env._(
                        "The data schema or the sample of %(type)s is wrong. %(problem)s",
                        type=described.display_name,
                        problem=problem,
                    )
                )


def _dump(value):
    return json.dumps(value, indent=2, ensure_ascii=False) if value else False
