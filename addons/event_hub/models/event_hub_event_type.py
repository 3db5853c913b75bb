import re
from collections.abc import Mapping
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import schema_change, type_document
from ..tools import caches, schemas

HANDLER = re.compile(r"_hub_on_[a-z0-9_]+")
NOT_SHIPPED = ("test_", "saas_demo", "__export__", "studio_")  # prefixes of modules
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
    older: Mapping[str, schemas.Validator]  # by retired version

    def validator_for(self, dataschema: str | None) -> schemas.Validator:
        """:param dataschema: of the event; the version it ends in, else the current one, judges"""
        version = schema_change.version_in(dataschema)
        return self.older.get(version, self.validator) if version else self.validator


class EventHubEventType(models.Model):
    """What an event means: its data, the record it is about, the method that carries it out."""

    _name = "event_hub.event_type"
    _inherit = ["event_hub.remembered", "event_hub.described"]
    _description = "Event Type"
    _order = "code"
    _rec_name = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="Such as billing.payment_failed.")
    name = fields.Char(required=True, translate=True)
    version = fields.Char(default="1.0")
    active = fields.Boolean(default=True)
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
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This event type exists already.")

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

    @api.constrains("subject_model", "handler")
    def _check_handler(self):
        for event_type in self.filtered(lambda t: t.subject_model or t.handler):
            model = self.env.get(event_type.subject_model)
            if (
                model is None
                or model._abstract
                or not isinstance(model, self.env.registry["event_hub.subject"])
            ):
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

    # ------------------------------------------------------------------- reading

    @api.model
    @caches.remembered()
    def _known_codes(self):
        """:return: codes of the active types"""
        types = self.sudo().search([("active", "=", True)])
        return frozenset(types.mapped("code"))

    @api.model
    def _definition(self, code):
        """:return: ``TypeDefinition`` of the active type ``code``, None if there is none

        Senders name any type, so one that there is not takes no place in memory.
        """
        return self._definition_of(code) if code in self._known_codes() else None

    @api.model
    @caches.remembered("code")
    def _definition_of(self, code):
        event_type = (
            self.sudo()
            .with_context(active_test=True)
            .search([("code", "=", code)], limit=1)
        )
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
            older=event_type._older_validators(),
        )

    @api.model
    @caches.remembered("self.env.lang")
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

    # ------------------------------------------------------------------ the page

    @api.model
    def _document(self):
        """:return: Markdown about the active types that installed addons ship, in English"""
        event_types = (
            self.sudo().with_context(lang="en_US").search([("active", "=", True)])
        )
        shipped = event_types._shipped()
        return type_document.page(shipped._entry(t) for t in shipped)

    def _shipped(self):
        """:return: those that come from a data file of an addon"""
        owners = self._get_external_ids()
        return self.filtered(
            lambda t: any(not x.startswith(NOT_SHIPPED) for x in owners[t.id])
        )

    def _entry(self, event_type):
        latency = dict(self._fields["latency_class"]._description_selection(self.env))
        definition = self._definition(event_type.code)
        return type_document.TypeEntry(
            code=event_type.code,
            name=event_type.name,
            version=event_type.version,
            inside=event_type.inside,
            case_type=definition.case_type,
            system_of_record=event_type.system_of_record or "",
            latency=latency[event_type.latency_class],
            description=event_type.description or "",
            schema=event_type.data_schema or {},
            sample=event_type.sample or None,
            older=tuple(sorted(definition.older)),
        )
