from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import STALE_DAYS
from ..policies import ticket_state
from ..policies.durations import age_words, elapsed_hours, elapsed_seconds

# An average counts only tickets where the second time exists: a ticket still open did not take 0 hours.
AVERAGED = {
    "resolution_hours": "solved_at",
    "response_hours": "first_response_at",
    "rating_value": "rated_at",
}


class SupportVisibilityTicketFigures(models.Model):
    """How old tickets are and how long they took."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    resolution_hours = fields.Float(
        "Hours to Solve",
        compute="_compute_resolution_hours",
        store=True,
        aggregator="avg",
        help="From opened to solved.",
    )
    response_hours = fields.Float(
        "Hours to First Response",
        compute="_compute_response_hours",
        store=True,
        aggregator="avg",
    )
    age_days = fields.Float(
        "Age (Days)",
        compute="_compute_age_days",
        help="From opened until solved or now.",
    )
    age_text = fields.Char("Age", compute="_compute_age_days")
    is_stale = fields.Boolean(
        "Overdue by Age", compute="_compute_age_days", search="_search_is_stale"
    )

    @api.depends("opened_at", "solved_at")
    def _compute_resolution_hours(self):
        for ticket in self:
            ticket.resolution_hours = elapsed_hours(
                ticket.opened_at or None, ticket.solved_at or None
            )

    @api.depends("opened_at", "first_response_at")
    def _compute_response_hours(self):
        for ticket in self:
            ticket.response_hours = elapsed_hours(
                ticket.opened_at or None, ticket.first_response_at or None
            )

    @api.depends("opened_at", "solved_at", "closed_at", "state")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for ticket in self:
            end = ticket.solved_at or ticket.closed_at or now
            ticket.age_days = elapsed_seconds(ticket.opened_at or None, end) / 86400
            is_open = ticket.state in ticket_state.OPEN_STATES
            ticket.is_stale = is_open and ticket.age_days > STALE_DAYS
            ticket.age_text = age_words(
                ticket.age_days, is_open=is_open, is_stale=ticket.is_stale
            )

    @api.model
    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = fields.Datetime.now() - timedelta(days=STALE_DAYS)
        stale = Domain(self._open_domain()) & Domain("opened_at", "<", limit)
        return Domain.OR([stale if wanted else ~stale for wanted in value])

    def _read_group_select(self, aggregate_spec, query):
        name, _sep, function = aggregate_spec.partition(":")
        if function != "avg" or name not in AVERAGED:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "AVG(%s) FILTER (WHERE %s IS NOT NULL)",
            self._field_to_sql(self._table, name, query),
            self._field_to_sql(self._table, AVERAGED[name], query),
        )
