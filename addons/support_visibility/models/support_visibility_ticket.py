from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.event_hub.tools import trace

from ..policies import priority as priorities
from ..policies import ticket_state


class SupportVisibilityTicket(models.Model):
    """A customer's question or trouble, from the first word to the last.

    State, assignee, numbers and times are moved by methods only, see ``support_visibility_ticket_guard.py``.
    """

    _name = "support_visibility.ticket"
    _description = "Support Ticket"
    _inherit = [
        "event_hub.guarded",
        "mail.thread",
        "mail.activity.mixin",
        "event_hub.subject",
    ]
    _order = "priority desc, opened_at, id"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _hub_case_type = "ticket"
    _primary_email = "email_from"

    name = fields.Char("Title", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False, index="trigram")
    description = fields.Text()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    # who asks
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    email_from = fields.Char("Email", help="Address the customer wrote from.")
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    account_code = fields.Char(related="account_id.account_code")
    account_tier = fields.Selection(
        related="account_id.account_tier", store=True, precompute=True, string="Tier"
    )
    account_owner_id = fields.Many2one(
        related="account_id.account_owner_id", string="Account Owner"
    )
    account_open_ticket_count = fields.Integer(
        "Open Tickets of the Account",
        related="account_id.open_ticket_count",
        related_sudo=False,
        groups="support_visibility.group_support_user",
    )
    # what it is
    category_id = fields.Many2one(
        "support_visibility.category", index=True, tracking=True
    )
    impact = fields.Selection(
        priorities.IMPACTS,
        default=priorities.MEDIUM,
        required=True,
        help="How many are hit.",
    )
    urgency = fields.Selection(
        priorities.URGENCIES,
        default=priorities.MEDIUM,
        required=True,
        help="How long it can wait.",
    )
    priority = fields.Selection(
        priorities.PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        index=True,
        help="Follows from impact and urgency, unless set by hand or by the source.",
    )
    severity = fields.Selection(
        [("1", "Sev 1"), ("2", "Sev 2"), ("3", "Sev 3"), ("4", "Sev 4")],
        tracking=True,
        help="1 is the worst.",
    )
    # who has it
    team_id = fields.Many2one(
        "support_visibility.team", index=True, tracking=True, check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        index=True,
        tracking=True,
        copy=False,
        domain="[('share', '=', False)]",
    )
    held_since = fields.Datetime(
        readonly=True, copy=False, help="When it came to the present person or queue."
    )
    handoff_ids = fields.One2many(
        "support_visibility.handoff", "ticket_id", "Handoffs", readonly=True
    )
    handoff_count = fields.Integer("Handoffs Made", readonly=True, copy=False)
    escalation_ids = fields.One2many(
        "support_visibility.escalation", "ticket_id", "Escalations", readonly=True
    )
    escalation_level = fields.Integer(
        readonly=True, copy=False, help="How often it was escalated."
    )
    is_escalated = fields.Boolean(
        "Escalated", compute="_compute_is_escalated", store=True, precompute=True
    )
    # where it stands
    stage_id = fields.Many2one(
        "support_visibility.stage",
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_group_expand_stage_id",
    )
    state = fields.Selection(
        ticket_state.STATES,
        readonly=True,
        required=True,
        default=ticket_state.NEW,
        copy=False,
        index=True,
        tracking=True,
    )
    state_since = fields.Datetime(readonly=True, copy=False)
    opened_at = fields.Datetime("Opened", readonly=True, copy=False, index=True)
    first_response_at = fields.Datetime("First Response", readonly=True, copy=False)
    solved_at = fields.Datetime("Solved", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    reopen_count = fields.Integer("Times Reopened", readonly=True, copy=False)
    # where it comes from
    source_id = fields.Many2one(
        "event_hub.source",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    external_ref = fields.Char("Ticket There", readonly=True, copy=False)
    external_status = fields.Char("Status There", readonly=True, copy=False)
    external_category = fields.Char("Category There", readonly=True, copy=False)
    heard_until = fields.Datetime(
        "Last Report",
        readonly=True,
        copy=False,
        help="When the newest report happened.",
    )
    correlation = fields.Char(readonly=True, copy=False, index=True)

    _number_uniq = models.Constraint(
        "UNIQUE(company_id, number)", "Another ticket of this company has this number."
    )
    _open_idx = models.Index(
        "(company_id, team_id, user_id) WHERE state IN ('new', 'open', 'waiting')"
    )

    @api.model
    def _open_domain(self):
        """:return: domain of the tickets that still need work"""
        return [("state", "in", ticket_state.OPEN_STATES)]

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        """The columns of the board: of the teams it is narrowed to, else all."""
        teams = [
            condition.value
            for condition in Domain(domain).iter_conditions()
            if condition.field_expr == "team_id" and condition.operator in ("=", "in")
        ]
        ids = {i for value in teams for i in _as_ids(value)}
        wanted = Domain("team_ids", "=", False) | Domain("team_ids", "in", list(ids))
        shown = wanted | Domain("id", "in", stages.ids) if ids else Domain.TRUE
        return stages.search(shown)  # in the order of the board

    @api.depends("partner_id.commercial_partner_id")
    def _compute_account_id(self):
        for ticket in self:
            ticket.account_id = ticket.partner_id.commercial_partner_id

    @api.depends("impact", "urgency")
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = priorities.priority_of(
                ticket.impact or priorities.MEDIUM, ticket.urgency or priorities.MEDIUM
            )

    @api.depends("escalation_level")
    def _compute_is_escalated(self):
        for ticket in self:
            ticket.is_escalated = ticket.escalation_level > 0

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = (
                f"{ticket.number} {ticket.name}" if ticket.number else ticket.name
            )

    @api.constrains(
        "name", "partner_id", "email_from"
    )  # the name is always given, so every birth is checked
    def _check_customer(self):
        for ticket in self:
            if not ticket.partner_id and not email_normalize(ticket.email_from or ""):
                raise ValidationError(
                    self.env._(
                        "Ticket %(ticket)s needs a customer or an email address to answer to.",
                        ticket=ticket.display_name,
                    )
                )

    @api.onchange("category_id")
    def _onchange_category_id(self):
        team = self.category_id._handling_team()
        if team and not self.user_id:
            self.team_id = team

    def _hub_correlation(self):
        """A change made by an event belongs to that event's story, any other to the ticket's own."""
        cause = trace.find(self._name, self.id, self.account_id.id)
        return cause.correlation if cause else super()._hub_correlation()

    def _story(self):
        """:return: attributes that every event of a ticket carries"""
        self.ensure_one()
        return {
            "number": self.number,
            "category": self.sudo().category_id.code or "",
            "priority": dict(priorities.PRIORITIES)[self.priority].lower(),
            "severity": self.severity or "",
            "team": self.sudo().team_id.name or "",
            "tier": self.account_tier or "",
            "state": self.state,
        }

    def _tell(self, event_type, activity, at=None, **attributes):
        """One event per ticket. Reading is done before, in one go; emitting only fills a buffer."""
        for ticket in self:
            ticket._emit(
                event_type,
                activity=activity,
                occurred_at=at,
                **{**ticket._story(), **attributes},
            )

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Being assigned shows in one's queue; only what cannot wait is worth a message."""
        return super(
            SupportVisibilityTicket, self._urgent()
        )._message_auto_subscribe_notify(partner_ids, template)

    def _urgent(self):
        return self.filtered(
            lambda t: t.severity == "1" or t.priority == priorities.PRIORITY_URGENT
        )


def _as_ids(value):
    """:return: the record ids a domain's condition compares with"""
    values = value if isinstance(value, Iterable) else [value]
    return {v for v in values if isinstance(v, int) and not isinstance(v, bool)}
