# The gates go past their own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..const import TEST_TYPE
from ..policies import delivery as delivery_policy
from ..policies import net_address, outgoing, patterns
from ..tools import caches, settings, trace
from ..tools.event_row import EventRow

LIVE, DISABLED = "live", "disabled"
TRANSITIONS = {LIVE: frozenset({DISABLED}), DISABLED: frozenset({LIVE})}
TABLE_FIELDS = {
    "active",
    "state",
    "event_pattern",
    "company_id",
}  # what `_targets` is made of


class EventHubEndpoint(models.Model):
    """A receiver outside that is told about events."""

    _name = "event_hub.endpoint"
    _description = "Webhook Endpoint"
    _inherit = [
        "event_hub.secret.mixin",
        "event_hub.owned",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    url = fields.Char(
        "URL",
        required=True,
        tracking=True,
        help="Where events are posted to. Redirects are not followed.",
    )
    event_pattern = fields.Char(
        "Event Types",
        required=True,
        default="*",
        tracking=True,
        help="Types of events to send, such as approval.* or risk.health_changed; several are separated by commas.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        tracking=True,
        ondelete="restrict",  # or it would hear all the others
        help="Only events of this company are sent. Without a company, those of all companies.",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told when deliveries are given up or the receiver says it is gone.",
    )
    active = fields.Boolean(default=True, tracking=True)
    state = fields.Selection(
        [(LIVE, "Live"), (DISABLED, "Disabled")],
        required=True,
        readonly=True,
        default=LIVE,
        copy=False,
        tracking=True,
    )
    disabled_reason = fields.Char(readonly=True, copy=False)
    is_encrypted = fields.Boolean(compute="_compute_is_encrypted")
    delivery_ids = fields.One2many(
        "event_hub.delivery", "endpoint_id", "Deliveries", readonly=True
    )
    pending_count = fields.Integer("Pending", compute="_compute_figures")
    delivered_count = fields.Integer("Delivered", compute="_compute_figures")
    dead_count = fields.Integer("Dead", compute="_compute_figures")
    last_delivered_at = fields.Datetime("Last Delivered", compute="_compute_figures")

    # ---------------------------------------------------------------- what is shown

    @api.depends("url")
    def _compute_is_encrypted(self):
        for endpoint in self:
            endpoint.is_encrypted = (endpoint.url or "").startswith("https:")

    def _compute_figures(self):
        counts, last = {}, {}
        for endpoint, state, count, at in self.env["event_hub.delivery"]._read_group(
            [("endpoint_id", "in", self.ids)],
            ["endpoint_id", "state"],
            ["__count", "delivered_at:max"],
        ):
            counts[endpoint.id, state] = count
            last[endpoint.id] = max(
                filter(None, (at, last.get(endpoint.id))), default=False
            )
        for endpoint in self:
            own = endpoint._origin.id
            endpoint.pending_count = counts.get((own, delivery_policy.PENDING), 0)
            endpoint.delivered_count = counts.get((own, delivery_policy.DELIVERED), 0)
            endpoint.dead_count = counts.get((own, delivery_policy.DEAD), 0)
            endpoint.last_delivered_at = last.get(own, False)

    def action_open_deliveries(self):
        """:return: action that opens the deliveries to this endpoint"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_delivery_action"
        )
        action["domain"] = [("endpoint_id", "=", self.id)]
        action["display_name"] = self.env._("Deliveries to %(name)s", name=self.name)
        chosen = self.env.context.get("delivery_filter")
        action["context"] = {f"search_default_{chosen}": 1} if chosen else {}
        return action

    # ----------------------------------------------------------------- what is valid

    @api.constrains("event_pattern")
    def _check_event_pattern(self):
        for endpoint in self:
            wrong = patterns.problem(endpoint.event_pattern)
            if wrong is not None:
                raise ValidationError(
                    self.env._(
                        "“%(part)s” in Event Types of endpoint %(name)s is no event type. Use lower-case letters,"
                        " digits, dots, underscores and *, such as approval.* or risk.health_changed.",
                        part=wrong,
                        name=endpoint.name,
                    )
                )

    @api.constrains("url")
    def _check_url(self):
        allowed = settings.allow_hosts()
        for endpoint in self:
            try:
                target = net_address.parse_target(endpoint.url)
            except net_address.BadTarget as error:
                raise ValidationError(endpoint._url_words(error.code)) from error
            inner = net_address.literal_refusal(target, allowed)
            if inner:
                raise ValidationError(self._refusal_words(target, inner))

    def _url_words(self, code):
        reasons = {
            "too_long": self.env._(
                "it is longer than %(limit)s characters",
                limit=net_address.MAX_URL_LENGTH,
            ),
            "characters": self.env._("it contains spaces, line breaks or backslashes"),
            "scheme": self.env._("it must start with https:// or http://"),
            "userinfo": self.env._(
                "it must not contain a user name or password; deliveries are signed instead"
            ),
            "host": self.env._("it names no host"),
            "port": self.env._("its port is no number from 1 to 65535"),
        }
        return self.env._(
            "The URL of endpoint %(name)s cannot be used: %(why)s.",
            name=self.name,
            why=reasons[code],
        )

    @api.model
    def _refusal_words(self, target, address):
        """:return: why an inner address is not reached, and which setting would allow it"""
        return self.env._(
            "%(host)s leads to %(address)s, which is not on the public internet, so nothing is sent there. If this"
            " receiver is meant, the operator of this server lists %(key)s under %(setting)s in odoo.conf.",
            host=target.host,
            address=address,
            key=target.key,
            setting=net_address.SETTING,
        )

    # ------------------------------------------------------------ the table of targets

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["company_id"])
        for vals in vals_list:
            self._check_may_hear_all({**defaults, **vals})
            if vals.get("state", LIVE) != LIVE or vals.get("disabled_reason"):
                raise UserError(
                    self.env._(
                        "An endpoint starts out live. Press Disable to switch it off."
                    )
                )
        endpoints = super().create(vals_list)
        for endpoint in endpoints.sudo():
            endpoint._rotate_secret()  # nobody has seen it; rotating shows the next one
        caches.forget(self.env)
        return endpoints

    def write(self, vals):
        if "state" in vals or "disabled_reason" in vals:
            raise UserError(
                self.env._("Use Enable and Disable to change the state of an endpoint.")
            )
        self._check_may_hear_all(vals)
        return self._write_and_forget(vals)

    def _check_may_hear_all(self, vals):
        """An endpoint without a company is told the events of all: not for who looks after one of them."""
        if vals.get("company_id", True) and all(e.company_id for e in self.sudo()):
            return
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Endpoint %(name)s has no company, so it is sent the events of all companies. Only an"
                    " administrator of the settings may do that. Set its company.",
                    name=vals.get("name") or ", ".join(self.mapped("name")),
                )
            )

    def _write_and_forget(self, vals):
        result = super().write(vals)
        if TABLE_FIELDS & set(vals):
            caches.forget(self.env)
        if vals.get("active") is False:
            self._give_up_pending(self.env._("The endpoint was archived."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_deliveries(self):
        told = self.filtered(
            lambda endpoint: (
                endpoint.sudo().with_context(active_test=False).delivery_ids
            )
        )
        if told:
            raise UserError(
                self.env._(
                    "%(names)s: deliveries are on record, so it cannot be deleted. Archive it instead.",
                    names=", ".join(told.mapped("name")),
                )
            )

    def unlink(self):
        result = super().unlink()
        caches.forget(self.env)
        return result

    @api.model
    @caches.remembered()
    def _targets(self):
        """:return: tuple of ``(id, event_pattern, company id | None)`` of every live endpoint"""
        live = (
            self.sudo()
            .with_context(active_test=True)
            .search([("state", "=", LIVE)], order="id")
        )
        return tuple(
            (endpoint.id, endpoint.event_pattern, endpoint.company_id.id or None)
            for endpoint in live
        )

    # -------------------------------------------------------------------- the gate

    def _set_state(self, state, reason=False):
        """:return: the endpoints that moved to ``state``"""
        moved = self.filtered(lambda endpoint: state in TRANSITIONS[endpoint.state])
        super(EventHubEndpoint, moved).write(
            {"state": state, "disabled_reason": reason}
        )
        caches.forget(self.env)
        return moved

    def action_enable(self):
        """Send to these endpoints again. What was given up meanwhile can be retried from the deliveries."""
        self._check_may_change()
        self._set_state(LIVE)
        return True

    def action_disable(self):
        """Send nothing more to these endpoints; what waits is given up and can be retried later."""
        self._check_may_change()
        why = self.env._("Disabled by %(user)s.", user=self.env.user.name)
        self._set_state(DISABLED, why)._give_up_pending(why)
        return True

    def _disable(self, reason):
        """Switch off because the receiver said so, and tell the owner."""
        moved = self._set_state(DISABLED, reason)
        moved._give_up_pending(reason)
        moved._tell_owner(self.env._("Endpoint disabled"), reason)
        return moved

    def _give_up_pending(self, why):
        pending = (
            self.env["event_hub.delivery"]
            .sudo()
            .search(
                [
                    ("endpoint_id", "in", self.ids),
                    ("state", "=", delivery_policy.PENDING),
                ],
            )
        )
        return pending._give_up(why)

    def _check_may_change(self):
        self.check_access("write")

    # ------------------------------------------------------------------------ test

    def action_send_test(self):
        """Record a test event and send it to this endpoint, whatever its pattern is."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only administrators of the event hub may send test events.")
            )
        self.check_access("write")
        if self.state != LIVE or not self.active:
            raise UserError(
                self.env._(
                    "Endpoint %(name)s is switched off. Enable it, then test it.",
                    name=self.name,
                )
            )
        event = self.env["event_hub.event"]._append([self._test_row()])
        self.env["event_hub.delivery"].sudo()._queue([(event.sudo(), self.id)])
        return True

    def _test_row(self):
        return EventRow(
            type=TEST_TYPE,
            activity="Test event",
            correlation=trace.new_correlation(),
            occurred_at=fields.Datetime.now(),
            case_type="endpoint",
            case_model=self._name,
            case_id=self.id,
            company_id=(self.company_id or self.env.company).id,
            actor=self.env.user.login,
            actor_id=self.env.uid,
            attributes={"endpoint": self.name, "nonce": uuid.uuid4().hex},
        )

    # ---------------------------------------------------------------------- alerts

    # -------------------------------------------------------------------- the wire

    @api.model
    def _wire_body(self, event):
        """:return: bytes that tell ``event``, the same for each try and receiver"""
        return outgoing.body(
            outgoing.OutgoingEvent(
                id=str(event.id),
                source="urn:uuid:"
                + (
                    self.env["ir.config_parameter"].sudo().get_param("database.uuid")
                    or ""
                ),
                type=event.type,
                time=event.occurred_at,
                subject=event.account_id.exists().account_code or "",
                correlation=event.correlation or "",
                case={
                    "type": event.case_type or "",
                    "model": event.case_model or "",
                    "id": event.case_id or 0,
                },
                attributes=event.attributes or {},
            )
        )
