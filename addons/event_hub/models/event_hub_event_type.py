import json
import re
from dataclasses import dataclass

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools import caches, schemas

HANDLER = re.compile(r"_hub_on_[a-z0-9_]+")
CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")


@dataclass(frozen=True)
class TypeDefinition:
    """What the worker must know of an event type; kept in memory."""

    code: str
    validator: schemas.Validator
    case_type: str
    subject_model: str | None
    handler: str | None
    account_required: bool
    inside: bool  # told by this database only: no sender may claim it


class EventHubEventType(models.Model):
    """What an event means: its data, the record it is about, the method that carries it out."""

    _name = "event_hub.event_type"
    _description = "Event Type"
    _order = "code"
    _rec_name = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="Such as billing.payment_failed.")
    name = fields.Char(required=True, translate=True)
    version = fields.Char(default="1.0", required=True)
    active = fields.Boolean(default=True)
    data_schema = fields.Json(help="JSON Schema 2020-12 of the event's data.")
    data_schema_text = fields.Text(
        "Data Schema (JSON)",
        compute="_compute_json_texts",
        inverse="_inverse_data_schema_text",
    )
    case_type = fields.Char(
        help="Kind of case, such as subscription. Default: what the subject model says, or account."
    )
    subject_model = fields.Char(
        help="Model the event is about. Empty: the account itself."
    )
    handler = fields.Char(
        help="Method of the subject model that carries out the effect, named _hub_on_…"
    )
    activity = fields.Char(
        translate=True, help="The step's name in process maps. Default: the name."
    )
    account_required = fields.Boolean(
        default=True,
        help="Set messages aside when the account of the event is not known.",
    )
    inside = fields.Boolean(
        "Told From Inside Only",
        help="Only records of this database tell it; a sender that claims it is set aside.",
    )
    latency_class = fields.Selection(
        [("realtime", "Seconds"), ("hour", "Within an hour"), ("day", "Within a day")],
        default="realtime",
        required=True,
        help="How late an event may be understood before it matters.",
    )
    system_of_record = fields.Char(
        help="The system whose word counts, such as billing."
    )
    owner_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    sample = fields.Json(help="An example of data that fits the schema.")
    sample_text = fields.Text(
        "Sample (JSON)", compute="_compute_json_texts", inverse="_inverse_sample_text"
    )
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This event type exists already.")

    # ----------------------------------------------------------------- computes

    @api.depends("data_schema", "sample")
    def _compute_json_texts(self):
        for event_type in self:
            event_type.data_schema_text = _dump(event_type.data_schema)
            event_type.sample_text = _dump(event_type.sample)

    def _inverse_data_schema_text(self):
        for event_type in self:
            event_type.data_schema = event_type._load(
                event_type.data_schema_text, "data_schema_text"
            )

    def _inverse_sample_text(self):
        for event_type in self:
            event_type.sample = event_type._load(event_type.sample_text, "sample_text")

    def _load(self, text, field_name):
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(field)s of %(type)s is not JSON: %(error)s",
                    type=self.code,
                    error=error,
                    field=self._fields[field_name].string,
                )
            ) from None

    # -------------------------------------------------------------- constraints

    @api.constrains("code")
    def _check_code(self):
        for event_type in self:
            if not CODE.fullmatch(event_type.code):
                raise ValidationError(
                    self.env._(
                        "%(code)s is no event type: use letters, digits and . _ : / -, such as billing.payment_failed.",
                        code=event_type.code,
                    )
                )

    @api.constrains("data_schema", "sample")
    def _check_schema(self):
        for event_type in self:
            schema = event_type.data_schema or {}
            problem = schemas.schema_problem(schema)
            if not problem and event_type.sample:
                problem = schemas.data_problem(
                    schemas.compile_schema(schema), event_type.sample
                )
            if problem:
                raise ValidationError(
                    self.env._(
                        "The data schema or the sample of %(type)s is wrong. %(problem)s",
                        type=event_type.code,
                        problem=problem,
                    )
                )

    @api.constrains("subject_model", "handler")
    def _check_handler(self):
        for event_type in self.filtered(lambda t: t.subject_model or t.handler):
            model = self.env.get(event_type.subject_model)
            if not isinstance(model, self.env.registry["event_hub.subject"]):
                raise ValidationError(
                    self.env._(
                        "%(type)s: %(model)s is not a model that events can be about.",
                        type=event_type.code,
                        model=event_type.subject_model or self.env._("(no model)"),
                    )
                )
            handler = event_type.handler
            if handler and not (
                HANDLER.fullmatch(handler) and callable(getattr(model, handler, None))
            ):
                raise ValidationError(
                    self.env._(
                        "%(type)s: %(model)s has no method %(handler)s; handlers are named _hub_on_….",
                        type=event_type.code,
                        model=event_type.subject_model,
                        handler=handler,
                    )
                )

    # --------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        caches.forget(self.env)
        return super().create(vals_list)

    def write(self, vals):
        caches.forget(self.env)
        return super().write(vals)

    def unlink(self):
        caches.forget(self.env)
        return super().unlink()

    # ------------------------------------------------------------------- reading

    @api.model
    @tools.ormcache("code")
    def _definition(self, code):
        """:return: ``TypeDefinition`` of the active type ``code``, None if there is none"""
        event_type = self.sudo().search([("code", "=", code)], limit=1)
        if not event_type:
            return None
        subject_model = event_type.subject_model or None
        subject = self.env.get(subject_model) if subject_model else None
        return TypeDefinition(
            code=event_type.code,
            validator=schemas.compile_schema(event_type.data_schema or None),
            case_type=event_type.case_type
            or getattr(subject, "_hub_case_type", None)
            or subject_model
            or "account",
            subject_model=subject_model,
            handler=event_type.handler or None,
            account_required=event_type.account_required,
            inside=event_type.inside,
        )

    @api.model
    @tools.ormcache("self.env.lang")
    def _all_labels(self):
        types = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch([], ["code", "name", "activity"])
        )
        return {t.code: t.activity or t.name for t in types}

    @api.model
    def _labels(self, codes):
        """:return: ``{code: activity}`` of the known among ``codes``"""
        labels = self._all_labels()
        return {code: labels[code] for code in codes if code in labels}


def _dump(value):
    return json.dumps(value, indent=2, ensure_ascii=False) if value else False
