from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.event_hub.policies.arguments import is_whole

from ..const import MANAGER_GROUP
from ..tools.clock import utcnow

MAX_MINUTES = 24 * 60
MAX_CHARS = 200
NOTED = frozenset(
    {"ticket_id", "minutes", "what"}
)  # the rest follows from who notes it, and when


class SupportVisibilityTimeLine(models.Model):
    """Minutes that somebody spent on a ticket, and what they cost.

    Everybody notes their own time. The cost is that of the hour of whoever noted it, at that moment; a later change of
    the hourly cost leaves it alone.
    """

    _name = "support_visibility.time_line"
    _description = "Time Spent on a Ticket"
    _inherit = ["event_hub.guarded"]
    _order = "at desc, id desc"
    _rec_name = "what"

    ticket_id = fields.Many2one(
        "support_visibility.ticket", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", "Who", required=True, readonly=True, index=True
    )
    at = fields.Datetime("When", required=True, readonly=True)
    minutes = fields.Integer(required=True)
    what = fields.Char("What Was Done", size=MAX_CHARS)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary(readonly=True, groups=MANAGER_GROUP)

    _minutes_fit = models.Constraint(
        f"CHECK(minutes BETWEEN 1 AND {MAX_MINUTES})",
        "Note between one minute and a day (1,440 minutes).",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Notes are of the person who writes them, now, at their present cost.

        :raises AccessError: a note for somebody else, or at a cost of one's own
        """
        self.check_access("create")
        tickets = self.env["support_visibility.ticket"].browse(
            [vals.get("ticket_id") or 0 for vals in vals_list]
        )
        tickets.filtered("id").check_access("read")
        costs = self._hourly_costs(tickets.filtered("id").company_id)
        births = [
            self._birth(vals, ticket, costs)
            for vals, ticket in zip(vals_list, tickets, strict=True)
        ]
        # Who notes time may not see the cost that is kept with it.
        noted = super(SupportVisibilityTimeLine, self.sudo()).create(births)
        return noted.with_env(self.env)

    def _birth(self, vals, ticket, costs):
        if set(vals) - NOTED:
            self._refuse()
        if not ticket.id:
            raise ValidationError(
                self.env._("Ticket: say which one the time was spent on.")
            )
        minutes = vals.get("minutes") or 0
        if not is_whole(minutes) or not 1 <= minutes <= MAX_MINUTES:
            raise ValidationError(
                self.env._(
                    "Minutes: note between 1 and %(most)s, not %(given)s.",
                    most=MAX_MINUTES,
                    given=minutes,
                )
            )
        hourly = costs.get(ticket.company_id.id, 0.0)
        return {
            **vals,
            "company_id": ticket.company_id.id,
            "user_id": self.env.uid,
            "at": utcnow(),
            "cost": hourly * minutes / 60,
        }

    @api.model
    def _hourly_costs(self, companies):
        """:return: ``{company id: hourly cost of the user}``"""
        agents = (
            self.env["support_visibility.agent"]
            .sudo()
            .search(
                [("user_id", "=", self.env.uid), ("company_id", "in", companies.ids)]
            )
        )
        return {agent.company_id.id: agent.hourly_cost for agent in agents}

    def write(self, vals):
        if set(vals) - {"what"}:
            self._refuse()
        return super().write(vals)

    def _refuse(self):
        raise AccessError(
            self.env._(
                "Who noted time, when, how much and at which cost is fixed. Delete the note and write another."
            )
        )
