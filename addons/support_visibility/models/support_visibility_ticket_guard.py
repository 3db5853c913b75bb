from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.event_hub.tools import gate, trace

from ..policies import ticket_state
from ..policies.contact import Contact, match_contact
from ..tools.clock import utcnow
from .support_visibility_ticket_followers import FOLLOWED_LATER
from .support_visibility_ticket_sla import MATCHED

# Fields with the value each ticket is born with. Methods move them; nobody writes them.
GUARDED = {
    "number": False,
    "state": ticket_state.NEW,
    "state_since": False,
    "held_since": False,
    "opened_at": False,
    "first_response_at": False,
    "solved_at": False,
    "closed_at": False,
    "reopen_count": 0,
    "handoff_count": 0,
    "escalation_level": 0,
    "source_id": False,
    "external_ref": False,
    "external_status": False,
    "external_category": False,
    "heard_until": False,
    "heard_digests": False,
    "correlation": False,
    "merged_into_id": False,
    "snoozed_until": False,
    "snooze_reason": False,
    "is_spam": False,
    "channel": False,
    "rating_value": 0.0,
    "rated_at": False,
    "severity_state": False,
    "severity_due_at": False,
    "severity_by_id": False,
}
PLACED = ("stage_id", "user_id")  # carried out as moves once the ticket exists
MOVED = (*PLACED, "team_id")
# Who opened it and when stands on the ticket and in the ledger: no line of the chatter repeats it.
# Who opened it follows it together with whoever gets it.
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    FOLLOWED_LATER: True,
}
AHEAD_OF_USERS = ["active", "company_id", "login", "partner_id", "share"]
AHEAD_OF_COMPANIES = ["active", "name", "parent_path"]
AHEAD_OF_PARTNERS = [
    *("name", "active", "company_id", "parent_id", "commercial_partner_id"),
    *("email", "email_normalized", "lang", "tz", "partner_share", "account_tier"),
]
BIRTH = {**GUARDED, "user_id": False}
FIXED = frozenset({"company_id"})  # free at birth, never after
# Figures that follow from other fields; the ORM alone would let a client write them.
DERIVED = frozenset(
    {
        "account_id",
        "account_code",
        "account_tier",
        "account_owner_id",
        "is_escalated",
        "resolution_hours",
        "response_hours",
        "sla_clock_ids",
        "sla_due_at",
        "sla_state",
    }
)


class SupportVisibilityTicketGuard(models.Model):
    """Which doors lead into a ticket: every create and write, whoever calls, goes through here."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super  # in _bear
        if gate.are_births_admitted(self, vals_list):
            tickets = self._bear(self._completed(vals_list))
            tickets._sla_begin()
            tickets._follow_newborn(vals_list)
            return tickets
        for vals in vals_list:
            self._raise_if_guarded(vals)
        moves = [
            {name: self._asked_for(vals, name) for name in PLACED} for vals in vals_list
        ]
        # Each guarded field is given, so that no default of the caller's context slips in.
        births = [
            {**{name: vals[name] for name in vals if name not in PLACED}, **BIRTH}
            for vals in vals_list
        ]
        births = self._completed(births)
        choices = self._choose_at_birth(births, moves)
        tickets = self._bear(
            [
                {**vals, **self._seat_at_birth(vals, choice)}
                for vals, choice in zip(births, choices, strict=True)
            ]
        )
        # Each is opened before somebody has it, although it is written once.
        tickets._tell("support.ticket_opened", "Ticket opened", state=ticket_state.NEW)
        tickets._sla_begin()
        tickets._tell_seats(choices)
        tickets._place(moves)
        tickets._give_later(moves)
        tickets._follow_newborn(births)
        return tickets

    def _bear(self, vals_list):
        quiet = super(SupportVisibilityTicketGuard, self.with_context(**QUIET))
        tickets = self.browse(quiet.create(vals_list).ids)
        self._held_ids().update(tickets.ids)  # nobody else sees them yet
        self._silent_ids().update(tickets.ids)
        self._newborn_ids().update(tickets.ids)
        self._born_ids().update(tickets.ids)
        return tickets

    @api.model
    def _follows(self, field):
        return super()._follows(field) or field.name in {*GUARDED, *DERIVED}

    def _asked_for(self, vals, name):
        """:return: the value of a field for a new ticket: given, or a default of the context"""
        return vals[name] if name in vals else self.env.context.get(f"default_{name}")

    def _completed(self, vals_list):
        """:return: ``vals_list`` with customer, team, number, first stage and times"""
        vals_list = [
            {
                **vals,
                "company_id": self._asked_for(vals, "company_id")
                or self.env.company.id,
            }
            for vals in vals_list
        ]
        self._fill_customers(vals_list)
        self._read_people(vals_list)
        self._fill_teams(vals_list)
        self._fill_births(vals_list)
        return vals_list

    def _place(self, moves):
        """Carry out the stage and assignee that new tickets were asked to have, in groups."""
        by_user, by_stage = {}, {}
        for ticket, move in zip(self, moves, strict=True):
            if move["user_id"]:
                by_user.setdefault(move["user_id"], []).append(ticket.id)
            if move["stage_id"]:
                by_stage.setdefault(move["stage_id"], []).append(ticket.id)
        for user_id, ticket_ids in by_user.items():
            self.browse(ticket_ids)._assign(self._one("res.users", user_id))
        for stage_id, ticket_ids in by_stage.items():
            stage = self._one("support_visibility.stage", stage_id)
            if stage.state != ticket_state.NEW:  # every ticket is born new
                self.browse(ticket_ids)._move_to_stage(stage)

    def write(self, vals):
        if gate.is_admitted(self, vals, vals):
            return super().write(vals)
        self._raise_if_guarded(vals, written=True)
        plain = {name: value for name, value in vals.items() if name not in MOVED}
        if plain:
            super().write(plain)
        if not MATCHED.isdisjoint(plain):
            self._sla_match_open(plain)
        if vals.get("team_id") and vals.get("user_id"):
            self._pass_to(
                self._one("support_visibility.team", vals["team_id"]),
                self._one("res.users", vals["user_id"]),
            )
        elif "team_id" in vals:
            team = self._one("support_visibility.team", vals["team_id"])
            self._pass_to_team(team)
        if "user_id" in vals:
            self._assign(self._one("res.users", vals["user_id"]))
        if "stage_id" in vals:
            stage = self._one("support_visibility.stage", vals["stage_id"])
            self._move_to_stage(stage)
        return True

    def _write_guarded(self, vals):
        """Write ``vals`` although they are guarded; for the methods that move tickets."""
        return gate.admit(self, vals).write(vals)

    def _one(self, model_name, res_id):
        """:return: the record with this id, empty for none; clients send anything"""
        if res_id and (not isinstance(res_id, int) or isinstance(res_id, bool)):
            raise UserError(
                self.env._(
                    "%(value)s is not the id of a %(model)s.",
                    value=str(res_id)[:100],
                    model=self.env[model_name]._description,
                )
            )
        return self.env[model_name].browse(res_id or [])

    def _raise_if_guarded(self, vals, written=False):
        names = [
            name for name in vals if name in DERIVED or (written and name in FIXED)
        ]
        names += [
            name
            for name, birth in GUARDED.items()
            if name in vals and (written or (vals[name] or False) != (birth or False))
        ]
        if not names:
            return
        labels = [
            self._fields[name]._description_string(self.env) or name for name in names
        ]
        raise UserError(
            self.env._(
                "%(labels)s of a ticket cannot be set directly. Use Assign, Wait, Escalate, Solve, Reopen or Close, "
                "or move the ticket to another stage.",
                labels=", ".join(labels),
            )
        )

    # ------------------------------------------------------------------
    # What a new ticket gets, for a whole batch
    # ------------------------------------------------------------------
    def _fill_customers(self, vals_list):
        """Find who wrote, by exact address among the contacts of the ticket's company."""
        emails = {
            index: email_normalize(vals["email_from"])
            for index, vals in enumerate(vals_list)
            if vals.get("email_from") and not self._asked_for(vals, "partner_id")
        }
        if not emails:
            return
        contacts = self._contacts(set(emails.values()) - {False})
        for index, email in emails.items():
            vals = vals_list[index]
            found = match_contact(email or None, vals["company_id"], contacts)
            vals["partner_id"] = found or False

    def _read_people(self, vals_list):
        """Have in memory what a birth asks of customers, accounts, companies and who is asking, and no more."""
        self.env.user.sudo().fetch(AHEAD_OF_USERS)
        companies = self.env["res.company"].browse({v["company_id"] for v in vals_list})
        companies.sudo().fetch(AHEAD_OF_COMPANIES)
        ids = {self._asked_for(vals, "partner_id") for vals in vals_list}
        ids.add(self.env.user.partner_id.id)
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        known = [i for i in ids if isinstance(i, int) and i]
        accounts = partners._search([("id", "in", known)])
        partners.search_fetch(
            Domain("id", "in", known)
            | Domain("id", "in", accounts.subselect("commercial_partner_id")),
            AHEAD_OF_PARTNERS,
        )

    @api.model
    def _contacts(self, emails):
        partners = self.env["res.partner"].search_fetch(
            [("email_normalized", "in", sorted(emails))],
            ["email_normalized", "commercial_partner_id", "company_id"],
        )
        return [
            Contact(
                p.id,
                p.email_normalized,
                p.commercial_partner_id.id,
                p.company_id.id or None,
            )
            for p in partners
        ]

    def _fill_teams(self, vals_list):
        missing = [vals for vals in vals_list if not self._asked_for(vals, "team_id")]
        if not missing:
            return
        category_ids = {self._asked_for(vals, "category_id") for vals in missing}
        categories = self.env["support_visibility.category"].browse(
            category_ids - {None, False}
        )
        by_category = {
            category.id: category._handling_team() for category in categories
        }
        teams = self.env["support_visibility.team"].search(Domain.TRUE)
        for vals in missing:
            special = by_category.get(self._asked_for(vals, "category_id"), teams[:0])
            usable = (special + teams)._of_company(vals["company_id"])
            vals["team_id"] = usable[:1].id

    def _fill_births(self, vals_list):
        now = utcnow()
        cause = trace.current()
        Stages = self.env["support_visibility.stage"]
        numbers = self._numbers(vals_list)
        for vals in vals_list:
            opened_at = vals.get("opened_at") or now
            vals.update(
                {
                    "number": numbers[vals["company_id"]].pop(0),
                    "stage_id": Stages._first_id(
                        ticket_state.NEW, self._asked_for(vals, "team_id")
                    ),
                    "channel": self._birth_channel(vals),
                    "opened_at": opened_at,
                    "state_since": opened_at,
                    "held_since": opened_at,
                    "correlation": vals.get("correlation")
                    or (cause and cause.correlation)
                    or trace.new_correlation(),
                }
            )

    def _numbers(self, vals_list):
        """:return: ``{company id: [numbers]}``, as many as there are tickets of that company"""
        counts = Counter(vals["company_id"] for vals in vals_list)
        companies = self.env["res.company"].browse(counts)
        return {
            company.id: company._next_ticket_numbers(counts[company.id])
            for company in companies
        }
