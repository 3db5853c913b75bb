import json

from odoo import api, fields, models

from ..const import ECHO_KEEP, ECHO_PATH
from ..policies import signing


class SaasDemoEcho(models.Model):
    """What an outside system got from us, as it arrived, with its own check of the signature."""

    _name = "saas_demo.echo"
    _description = "Delivery received by the demo's echo"
    _order = "id desc"
    _rec_name = "webhook_id"

    webhook_id = fields.Char("Webhook id", required=True, index=True, readonly=True)
    type = fields.Char("Event type", readonly=True)
    correlation = fields.Char(index="btree_not_null", readonly=True)
    account = fields.Char(readonly=True)
    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    headers = fields.Json(readonly=True)
    body = fields.Text(readonly=True, help="Exactly as received.")
    verified = fields.Boolean(readonly=True)
    verdict = fields.Char("Check", readonly=True)
    times = fields.Integer("Times received", readonly=True, default=1)

    _webhook_id_uniq = models.Constraint("UNIQUE(webhook_id)", "One row per delivery.")

    @api.model
    def _receive(self, headers, body):
        """Store one delivery and its verification.

        :param dict headers: lower-case names to values
        :param bytes body: raw
        :return: the row; the same `webhook-id` again only counts up
        """
        verdict = signing.verify(
            self._secret(), headers, body, int(fields.Datetime.now().timestamp())
        )
        known = self.search(
            [("webhook_id", "=", headers.get("webhook-id", ""))], limit=1
        )
        if known:
            known.times += 1
            return known
        event = self._parse(body)
        row = self.create(
            {
                "webhook_id": headers.get("webhook-id") or "none",
                "type": event.get("type"),
                "correlation": event.get("correlationid"),
                "account": event.get("subject"),
                "headers": {
                    name: headers[name]
                    for name in sorted(headers)
                    if name.startswith(("webhook-", "content-"))
                },
                "body": body.decode(errors="replace"),
                "verified": verdict.ok,
                "verdict": verdict.reason,
            }
        )
        self.search([("id", "<", row.id)], offset=ECHO_KEEP - 1).unlink()
        return row

    @api.model
    def _parse(self, body):
        """:return: the JSON object in `body`, {} if it holds none (the row shows the body anyway)"""
        try:
            event = json.loads(body)
        except ValueError:
            return {}
        return event if isinstance(event, dict) else {}

    @api.model
    def _secret(self):
        """The secret that the owner of the endpoint was given when it was made."""
        endpoint = (
            self.env["event_hub.endpoint"]
            .sudo()
            .search([("url", "=like", f"%{ECHO_PATH}")], limit=1)
        )
        return endpoint.secret_current or ""
