import re
from dataclasses import dataclass
from datetime import datetime

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from ..const import (
    DEFAULT_MAX_BODY_BYTES,
    DEFAULT_RATE_BURST,
    DEFAULT_RATE_PER_SECOND,
    MAX_BODY_BYTES,
    ROUTE,
)
from ..policies import example
from ..policies.mapping import Mapping
from ..policies.networks import Network
from ..tools import caches, outside_secret

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
WAITING_ACTIVITY = "event_hub.mail_activity_waiting"


@dataclass(frozen=True)
class DoorConfig:
    """What the door must know of a source; kept in memory, so no request reads it again."""

    id: int
    secrets: tuple[
        tuple[str, datetime | None], ...
    ]  # (secret, good until in naive UTC, None: for good)
    adapters: tuple[tuple[str, str], ...]  # (scheme, adapter code)
    allow_binary: bool
    rate_per_second: int
    rate_burst: int
    max_body_bytes: int
    outside: tuple[str, str] | None = None  # (origin, name) of a secret kept outside
    networks: tuple[Network, ...] = ()  # that may send; none: any
    mappings: tuple[Mapping, ...] = ()

    @property
    def schemes(self) -> tuple[str, ...]:
        return tuple(scheme for scheme, _adapter in self.adapters)

    def live_secrets(self, now: datetime) -> list[str]:
        if self.outside:
            return outside_secret.live(*self.outside)
        return [
            secret for secret, until in self.secrets if until is None or now < until
        ]


class EventHubSource(models.Model):
    """A system that sends us signed events."""

    _name = "event_hub.source"
    _inherit = [
        "event_hub.remembered",
        "event_hub.secret.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Event Source"
    _order = "name"

    code = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        help="Last part of the endpoint's address.",
    )
    name = fields.Char(required=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Service User",
        required=True,
        tracking=True,
        domain=[("share", "=", False)],
        help="Events are handled with the rights of this user, in the company of the source. "
        "Give it what the handlers need and no more.",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self._default_owner(),
        tracking=True,
        domain=[("share", "=", False)],
        help="Gets an activity when messages wait for a person.",
    )
    adapter_ids = fields.Many2many(
        "event_hub.adapter",
        string="May Send",
        default=lambda self: self._default_adapters(),
        tracking=True,
        help="Whose messages are understood here. Each must be signed in a way of its own.",
    )
    allow_binary = fields.Boolean(
        "Attributes in Headers",
        tracking=True,
        help="Accept CloudEvents in binary mode. The signature does not cover the headers, "
        "so whoever can change a request on its way can change what the event means.",
    )
    rate_per_second = fields.Integer(
        "Messages per Second", default=DEFAULT_RATE_PER_SECOND
    )
    rate_burst = fields.Integer(
        "Burst",
        default=DEFAULT_RATE_BURST,
        help="Messages taken at once before the rate rules.",
    )
    max_body_bytes = fields.Integer(
        "Largest Body (bytes)", default=DEFAULT_MAX_BODY_BYTES
    )
    endpoint_url = fields.Char("Endpoint", compute="_compute_endpoint_url")
    example_curl = fields.Text("Try It", compute="_compute_endpoint_url")
    example_account = fields.Char(compute="_compute_example_account")
    has_secret = fields.Boolean(compute="_compute_has_secret")
    message_waiting_count = fields.Integer(
        "Waiting for a Person", compute="_compute_message_waiting_count"
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another source has this code already."
    )
    _limits_positive = models.Constraint(
        f"CHECK(rate_per_second > 0 AND rate_burst > 0 AND max_body_bytes BETWEEN 1 AND {MAX_BODY_BYTES})",
        "Rate, burst and largest body must be above zero; a body has at most 64 MiB.",
    )

    # ----------------------------------------------------------------- computes

    @api.model
    def _default_owner(self):
        """:return: who creates the source; the administrator where the system does"""
        user = self.env.user
        return (
            self.env.ref("base.user_admin", raise_if_not_found=False)
            if user.id == SUPERUSER_ID
            else user
        )

    @api.model
    def _default_adapters(self):
        return self.env.ref("event_hub.adapter_standard", raise_if_not_found=False)

    @api.depends("company_id", "adapter_ids")
    def _compute_example_account(self):
        """An account code that a CloudEvent of this source may name as it is; none yet: false."""
        first = dict(
            self.env["res.partner"]
            .sudo()
            ._read_group(
                [
                    ("account_code", "!=", False),
                    ("company_id", "in", [*self.company_id.ids, False]),
                ],
                ["company_id"],
                ["account_code:min"],
            )
        )
        nobody = self.env["res.company"]
        for source in self:
            speaks = source.adapter_ids.sorted("sequence")[:1].code == "standard"
            code = first.get(source.company_id) or first.get(nobody)
            source.example_account = speaks and code

    @api.depends("code", "adapter_ids", "mapping_ids.sample", "example_account")
    def _compute_endpoint_url(self):
        for source in self:
            source.endpoint_url = (
                f"{source.get_base_url()}{ROUTE}/{source.code}"
                if source.code
                else False
            )
            adapter = source.adapter_ids.sorted("sequence")[:1]
            source.example_curl = bool(source.code and adapter) and example.curl(
                adapter.code,
                source.endpoint_url,
                source._own_sample(adapter),
                source.example_account,
            )

    def _compute_has_secret(self):
        for source in self:
            source.has_secret = bool(source._live_secrets(fields.Datetime.now()))

    def _compute_message_waiting_count(self):
        counts = dict(
            self.env["event_hub.message"]
            .sudo()
            ._read_group(
                [("source_id", "in", self.ids), ("state", "in", ("parked", "dead"))],
                ["source_id"],
                ["__count"],
            )
        )
        for source in self:
            source.message_waiting_count = counts.get(source, 0)

    # -------------------------------------------------------------- constraints

    @api.constrains("code")
    def _check_code(self):
        for source in self:
            if not CODE.fullmatch(source.code or ""):
                raise ValidationError(
                    self.env._(
                        "The code %(code)s becomes part of an address: use lower-case letters, digits, - and _.",
                        code=source.code,
                    )
                )

    @api.constrains("adapter_ids")
    def _check_adapters(self):
        for source in self:
            for scheme, adapters in source.adapter_ids.grouped("scheme").items():
                if len(adapters) > 1:
                    raise ValidationError(
                        self.env._(
                            "%(sender)s may send %(adapters)s, which are signed alike, so nobody could tell them"
                            " apart. Make a source for each.",
                            sender=source.name,
                            adapters=", ".join(adapters.mapped("name")),
                            scheme=scheme,
                        )
                    )

    @api.constrains("user_id", "company_id")
    def _check_service_user(self):
        for source in self:
            user = source.user_id
            if user.id == SUPERUSER_ID or user.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be the service user of %(sender)s: choose an internal user with few rights.",
                        user=user.name,
                        sender=source.name,
                    )
                )
            if source.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "The service user %(user)s has no access to %(company)s. Add the company to the user first.",
                        user=user.name,
                        company=source._company_words(),
                    )
                )
            if not user.has_group("event_hub.group_hub_service") and not user.has_group(
                "event_hub.group_hub_user"
            ):
                raise ValidationError(
                    self.env._(
                        "The service user %(user)s cannot read events. Add it to the group Hub Service.",
                        user=user.name,
                    )
                )

    def _company_words(self):
        """:return: the name of the company, if who asks may know it"""
        company = self.company_id
        if self.env.uid == SUPERUSER_ID or company in self.env.user.company_ids:
            return company.name
        return self.env._("that company")

    # --------------------------------------------------------------------- door

    @api.model
    @caches.remembered()
    def _known_codes(self):
        """:return: codes of the active sources"""
        sources = self.sudo().search([("active", "=", True)])
        return frozenset(sources.mapped("code"))

    @api.model
    def _door_config(self, code):
        """:return: ``DoorConfig`` of the active source ``code``, None if there is none

        Anybody may ask for any code, so one that there is not takes no place in memory.
        """
        return self._config_of(code) if code in self._known_codes() else None

    @api.model
    @caches.remembered("code")
    def _config_of(self, code):
        source = (
            self.sudo()
            .with_context(active_test=True)
            .search([("code", "=", code)], limit=1)
        )
        if not source:
            return None
        secrets = [
            (source.secret_current, None),
            (source.secret_previous, source.secret_previous_until or datetime.min),
        ]
        return DoorConfig(
            id=source.id,
            secrets=tuple((secret, until) for secret, until in secrets if secret),
            adapters=tuple((a.scheme, a.code) for a in source.adapter_ids),
            allow_binary=source.allow_binary,
            rate_per_second=source.rate_per_second,
            rate_burst=source.rate_burst,
            max_body_bytes=source.max_body_bytes,
            **source._door_values(),
        )

    def _door_values(self):
        """:return: further values of ``DoorConfig``"""
        return {}

    def _service_env(self):
        """:return: the environment events of this source are handled in: its user, its company, nothing else"""
        self.ensure_one()
        user = self.sudo().user_id
        context = {
            "allowed_company_ids": [self.sudo().company_id.id],
            "lang": user.lang,
            "tz": user.tz,
        }
        return api.Environment(self.env.cr, user.id, context)

    # --------------------------------------------------------------- activities

    def _ask_owner(self):
        """Tell the owner once that messages wait; no second activity while the first is open."""
        asked = self.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(WAITING_ACTIVITY)
        ).mapped("res_id")
        silent = self.filtered(lambda s: s.owner_id.active and s.id not in asked)
        silent._touch()
        for source in silent:
            source.activity_schedule(
                WAITING_ACTIVITY,
                user_id=source.owner_id.id,
                summary=self.env._(
                    "Messages of %(sender)s wait for a person", sender=source.name
                ),
            )

    def _touch(self):
        """Make whoever does the same in another transaction collide with this one, and start again."""
        self.env.cr.execute(
            "UPDATE event_hub_source SET owner_id = owner_id WHERE id = ANY(%s)",
            [self.ids],
        )

    def _close_question(self):
        """Nothing of these sources waits any more."""
        waiting = (
            self.env["event_hub.message"]
            .sudo()
            ._read_group(
                [("source_id", "in", self.ids), ("state", "in", ("parked", "dead"))],
                ["source_id"],
            )
        )
        settled = self - self.browse([source.id for (source,) in waiting])
        settled.activity_feedback([WAITING_ACTIVITY])

    # ------------------------------------------------------------------ actions

    def action_open_messages(self):
        """:return: action that opens the inbox on what waits for a person"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_message_action"
        )
        action["domain"] = [("source_id", "=", self.id)]
        action["context"] = {"search_default_waiting": 1}
        return action
