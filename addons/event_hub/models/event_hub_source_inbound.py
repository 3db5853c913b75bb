import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import const
from ..policies import explain, mapping, networks, shared_secret, signatures
from ..policies.arguments import MAYBE_TEXT, MAYBE_TEXT_OR_OBJECT
from ..tools import outside_secret
from ..tools.arguments import takes


class EventHubSource(models.Model):
    """What a source may send, from where, and how it is read."""

    _inherit = "event_hub.source"

    allowed_ips = fields.Char(
        "Allowed Addresses",
        tracking=True,
        help="Networks that may send, such as 203.0.113.0/24, 2001:db8::/32; empty: any. Behind a proxy, "
        "this needs proxy_mode in odoo.conf.",
    )
    secret_origin = fields.Selection(
        [
            ("database", "This database"),
            ("environment", "Environment of the server"),
            ("file", "File on the server"),
        ],
        "Secret Kept In",
        required=True,
        default="database",
        tracking=True,
    )
    secret_ref = fields.Char(
        "Secret Name",
        tracking=True,
        help="Environment: NAME reads EVENT_HUB_SECRET_NAME. File: its name below secrets_dir of the section "
        "[event_hub] in odoo.conf. A second line is the secret before, which is still good.",
    )
    payload_retention_days = fields.Integer(
        "Keep Contents (days)",
        required=True,
        default=const.PAYLOAD_RETENTION_DAYS,
        tracking=True,
        help="Body and headers of a processed message are forgotten after that; its identity and digest stay. "
        "0: kept for good. What waits for a person is kept in any case.",
    )
    mapping_ids = fields.One2many("event_hub.mapping", "source_id", "Mappings")
    is_mapped = fields.Boolean(compute="_compute_is_mapped")

    _payload_retention_positive = models.Constraint(
        "CHECK(payload_retention_days >= 0)",
        "Contents are kept for a number of days; 0 keeps them for good.",
    )

    @api.depends("adapter_ids")
    def _compute_is_mapped(self):
        for source in self:
            source.is_mapped = any(a.is_mapped for a in source.adapter_ids)

    @api.constrains("secret_origin", "secret_ref")
    def _check_secret_place(self):
        for source in self.filtered(lambda s: s.secret_origin != "database"):
            problem = shared_secret.place_problem(
                source.secret_origin, source.secret_ref or ""
            )
            if problem:
                raise ValidationError(
                    self.env._(
                        "Secret name of %(sender)s: %(problem)s.",
                        sender=source.name,
                        problem=problem,
                    )
                )

    @api.constrains("payload_retention_days")
    def _check_payload_retention(self):
        for source in self:
            if source.payload_retention_days > const.MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(sender)s keeps contents for at most %(most)s days; 0 keeps them for good.",
                        sender=source.name,
                        most=const.MOST_DAYS,
                    )
                )

    @api.constrains("allowed_ips")
    def _check_allowed_ips(self):
        for source in self:
            problem = networks.problem(source.allowed_ips or "")
            if problem:
                raise ValidationError(
                    self.env._(
                        "Allowed addresses of %(sender)s: %(problem)s",
                        sender=source.name,
                        problem=problem,
                    )
                )

    def _door_values(self):
        """:return: what the door keeps in memory, beside what it always had"""
        kept_here = self.secret_origin == "database"
        return {
            "outside": None
            if kept_here
            else (self.secret_origin, self.secret_ref or ""),
            "networks": networks.parse(self.allowed_ips or ""),
            "mappings": tuple(m._mapping() for m in self.mapping_ids),
        }

    # ------------------------------------------------------------------- secret

    def _live_secrets(self, now):
        self.ensure_one()
        if self.secret_origin != "database":
            return list(outside_secret.live(self.secret_origin, self.secret_ref or ""))
        return super()._live_secrets(now)

    def _replace_secret(self, secret):
        if self.secret_origin != "database":
            raise ValidationError(
                self.env._(
                    "The secret of %(sender)s is kept outside this database: change it there.",
                    sender=self.name,
                )
            )
        return super()._replace_secret(secret)

    def _secret_is_standard(self):
        return set(self.adapter_ids.mapped("scheme")) == {"standard"}

    # ------------------------------------------------------------------ reading

    def _mapped(self):
        """:return: reads JSON by the mappings of this source, as ``adapters.adapt`` wants it"""
        mappings = [m._mapping() for m in self.sudo().mapping_ids]
        return lambda value: mapping.read(mappings, value)

    def action_check_request(self):
        """:return: action that opens *Check a request* for this source"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check a Request"),
            "res_model": "event_hub.request_check",
            "view_mode": "form",
            "target": "new",
            "context": {"default_source_id": self.id},
        }

    @takes(
        headers=MAYBE_TEXT_OR_OBJECT,
        body=MAYBE_TEXT,
        method=MAYBE_TEXT,
        url=MAYBE_TEXT,
    )
    def check_request(self, headers, body, method="POST", url=None):
        """What each check of the door would say to a request; nothing is stored.

        :param headers: ``{name: value}``, or text with a ``name: value`` in each line
        :param body: text, as it was sent
        :param url: as the sender called it; only some signatures cover it
        :return: ``[{"check", "ok": true|false|null, "detail"}]``; null: not reached
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can check requests.")
            )
        self.check_access("read")
        steps = self._check_request(headers, body, method, url)
        return [{"check": s.check, "ok": s.ok, "detail": s.detail} for s in steps]

    def _check_request(self, headers, body, method, url):
        """:return: ``explain.Step`` of each check"""
        source = self.sudo()
        sent = signatures.Request(
            str(method or "POST").upper(),
            str(url or source.endpoint_url or ""),
            explain.headers_of(headers),
            str(body or "").encode("utf-8", "surrogatepass"),
        )
        return explain.explain(
            sent,
            source.adapter_ids.mapped("code"),
            source._live_secrets(fields.Datetime.now()),
            now=time.time(),
            limits=explain.Limits(source.max_body_bytes, source.allow_binary),
            mapped=source._mapped(),
        )
