from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..policies import delivery as policy
from ..policies.delivery import DELIVERED

OURS = "ours"  # the try failed on our side: it says nothing about the receiver
KEPT = timedelta(days=90)
DROP_AT_ONCE = 10_000  # rows


class EventHubDeliveryAttempt(models.Model):
    """One try: what was sent, without signature, and what came back. Written once, kept for 90 days."""

    _name = "event_hub.delivery.attempt"
    _inherit = ["event_hub.guarded"]
    _description = "Delivery Try"
    _order = "id desc"
    _rec_name = "number"
    _log_access = False

    delivery_id = LooseMany2one(
        "event_hub.delivery", "Delivery", required=True, readonly=True, index=True
    )
    endpoint_id = LooseMany2one("event_hub.endpoint", "Endpoint", readonly=True)
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    number = fields.Integer("Try", readonly=True, aggregator=None)
    tried_at = fields.Datetime("When", required=True, readonly=True)
    ok = fields.Boolean("Arrived", readonly=True)
    status = fields.Integer("HTTP Status", readonly=True, aggregator=None)
    problem = fields.Char(readonly=True)
    error = fields.Text("What Was Wrong", readonly=True)
    duration_ms = fields.Integer("Took (ms)", readonly=True, aggregator="avg")
    request_headers = fields.Json(
        "Headers Sent",
        readonly=True,
        groups="event_hub.group_hub_admin",
        help="Without the signature.",
    )
    response_headers = fields.Json(
        "Headers Received", readonly=True, groups="event_hub.group_hub_admin"
    )
    response_body = fields.Text(
        "Answer",
        readonly=True,
        groups="event_hub.group_hub_admin",
        help="Its first 2,000 characters.",
    )
    request_headers_text = fields.Text(
        "Request Headers",
        compute="_compute_headers_text",
        groups="event_hub.group_hub_admin",
    )
    response_headers_text = fields.Text(
        "Answer Headers",
        compute="_compute_headers_text",
        groups="event_hub.group_hub_admin",
    )

    _endpoint_idx = models.Index("(endpoint_id, tried_at)")
    _arrived_idx = models.Index("(endpoint_id, tried_at) WHERE ok")
    _time_idx = models.Index("(tried_at)")

    def _compute_headers_text(self):
        for attempt in self:
            attempt.request_headers_text = _lines(attempt.request_headers)
            attempt.response_headers_text = _lines(attempt.response_headers)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Tries are written down when they are made."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What a try led to is not changed."))

    @api.model
    def _note(self, delivery, tries, reply, outcome, ours):
        """Write one try down.

        :param ours: whether it failed on our side
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO event_hub_delivery_attempt (
                    delivery_id, endpoint_id, company_id, number, tried_at, ok, status, problem, error,
                    duration_ms, request_headers, response_headers, response_body)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                """,
                delivery.id,
                delivery.endpoint_id.id,
                delivery.company_id.id or None,
                tries,
                fields.Datetime.now(),
                outcome.state == DELIVERED,
                reply.status or None,
                OURS if ours else outcome.problem,
                delivery.error or None,
                reply.duration_ms,
                Json(reply.sent or None),
                Json(reply.headers or None),
                reply.body or None,
            )
        )
        return True

    @api.model
    def _failing_days(self, endpoint, today):
        """:param today: date, UTC
        :return: ``{date: whether any try arrived}`` of the last days on which the receiver was tried

        One look into an index if something arrived lately.
        """
        since = today - timedelta(days=policy.FAILING_DAYS - 1)
        arrived = self.search(
            [
                ("endpoint_id", "=", endpoint.id),
                ("ok", "=", True),
                ("tried_at", ">=", since),
            ],
            limit=1,
        )
        if arrived:
            return {arrived.tried_at.date(): True}
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT tried_at::date FROM event_hub_delivery_attempt"
                " WHERE endpoint_id = %s AND tried_at >= %s AND problem IS DISTINCT FROM %s",
                endpoint.id,
                since,
                OURS,
            )
        )
        return {row[0]: False for row in rows}

    @api.autovacuum
    def _gc_attempts(self):
        """Forget tries after 90 days; the delivery itself stays."""
        self.env.cr.execute(
            "DELETE FROM event_hub_delivery_attempt WHERE id = ANY(ARRAY("
            "SELECT id FROM event_hub_delivery_attempt WHERE tried_at < %s LIMIT %s))",
            [fields.Datetime.now() - KEPT, DROP_AT_ONCE],
        )
        return self.env.cr.rowcount, self.env.cr.rowcount == DROP_AT_ONCE


def _lines(headers):
    return "\n".join(f"{name}: {value}" for name, value in (headers or {}).items())
