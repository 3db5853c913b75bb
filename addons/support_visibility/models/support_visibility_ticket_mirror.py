from odoo import api, fields, models
from odoo.tools import email_normalize

from odoo.addons.event_hub.exceptions import ParkMessage
from odoo.addons.event_hub.tools import gate

from ..const import MAX_TITLE_CHARS
from ..policies import words
from ..policies.contact import match_contact
from ..policies.mirror import Mirror, Report, follow

FILLABLE = (
    "description",
    "category_id",
    "severity",
    "email_from",
)  # an old report may fill these if they are empty

# What both sides may change.
SHARED = ("name", "description", "email_from", "category_id", "priority", "severity")


class SupportVisibilityTicketMirror(models.Model):
    """Follow the tickets of another helpdesk from its events."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    heard_digests = fields.Json(
        readonly=True,
        copy=False,
        help="A mark of what the other helpdesk said last, by field: tells an edit here from one there.",
    )

    # ------------------------------------------------------------------
    # Which ticket an event is about
    # ------------------------------------------------------------------
    @api.model
    def _hub_subjects(self, incoming):
        known = self._known_ids(incoming)
        unknown = {}
        for item in incoming:
            key = self._external_key(item)
            if key not in known:
                # The earliest report of a batch is when the ticket began, whatever their order.
                first = unknown.get(key)
                if not first or item.occurred_at < first.occurred_at:
                    unknown[key] = item
        known.update(self._mirror_new(unknown))
        return [self.browse(known[self._external_key(item)]) for item in incoming]

    @api.model
    def _external_key(self, item):
        return item.source.id, str(item.data["ticket"])

    @api.model
    def _known_ids(self, incoming):
        """:return: ``{(source id, ticket there): ticket id}``"""
        keys = {self._external_key(item) for item in incoming}
        found = (
            self.env["event_hub.external_id"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("source_id", "in", [source_id for source_id, _ref in keys]),
                    ("external_id", "in", [ref for _source_id, ref in keys]),
                ],
                ["source_id", "external_id", "res_id"],
            )
        )
        ids = {(row.source_id.id, row.external_id): row.res_id for row in found}
        self._park_if_gone(ids)
        return ids

    def _park_if_gone(self, ids):
        gone = set(ids.values()) - set(self.browse(ids.values()).exists().ids)
        for (_source_id, ref), ticket_id in ids.items():
            if ticket_id in gone:
                raise ParkMessage(
                    "handler",
                    self.env._(
                        "Ticket %(ref)s was ticket %(id)s here, which is gone. Delete its external id to start anew.",
                        ref=ref,
                        id=ticket_id,
                    ),
                )

    def _mirror_new(self, items):
        """:return: ``{(source id, ticket there): new ticket id}``"""
        if not items:
            return {}
        emails = {self._mirror_email(item) for item in items.values()}
        contacts = self._contacts(emails - {False})
        births = [self._prepare_mirror(item, contacts) for item in items.values()]
        tickets = gate.admit_births(self, births)._quietly().create(births)
        self.env["event_hub.external_id"].sudo().create(
            [
                {
                    "source_id": source_id,
                    "external_id": ref,
                    "res_model": self._name,
                    "res_id": ticket.id,
                }
                for (source_id, ref), ticket in zip(items, tickets, strict=True)
            ]
        )
        return dict(zip(items, tickets.ids, strict=True))

    def _quietly(self):
        """Without chatter lines: the ledger already keeps what the other helpdesk says."""
        return self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )

    def _prepare_mirror(self, item, contacts):
        ref, email = str(item.data["ticket"]), item.data.get("email")
        return {
            "name": self._mirror_name(ref),
            "company_id": item.company.id,
            "partner_id": self._mirror_partner_id(item, contacts),
            "email_from": email or False,
            "source_id": item.source.id,
            "external_ref": ref,
            "opened_at": item.occurred_at,
            "correlation": item.correlation,
        }

    def _mirror_name(self, ref):
        return self.env._("Ticket %(ref)s", ref=ref)

    @api.model
    def _mirror_email(self, item):
        """:return: normalised address of who wrote, False if it is none"""
        return email_normalize(item.data.get("email") or "")

    def _mirror_partner_id(self, item, contacts):
        """The contact who wrote if it belongs to the account the event names, else the account."""
        of_account = [
            c for c in contacts if not item.account or c.account_id == item.account.id
        ]
        return (
            match_contact(self._mirror_email(item) or None, item.company.id, of_account)
            or item.account.id
        )

    # ------------------------------------------------------------------
    # What an event changes
    # ------------------------------------------------------------------
    @api.model
    def _hub_on_ticket_created(self, events):
        return self._follow(events)

    @api.model
    def _hub_on_ticket_updated(self, events):
        return self._follow(events)

    def _follow(self, events):
        """Bring tickets to what their helpdesk reports, in the order in which it happened."""
        tickets = self.browse(dict.fromkeys(events.mapped("case_id")))._quietly()
        categories = self.env["support_visibility.category"]._ids_by_word()
        reports = {ticket.id: [] for ticket in tickets}
        for event in events:
            reports[event.case_id].append(self._report(event, categories))
        outcomes = {
            ticket.id: follow(ticket._mirror(), reports[ticket.id])
            for ticket in tickets
        }
        tickets.filtered(lambda ticket: not ticket.heard_until)._announce()
        tickets._write_heard(outcomes)
        tickets._carry_out_moves(outcomes)
        self.env["support_visibility.conflict"]._follow(tickets, outcomes)
        tickets._give()
        return True

    def _announce(self):
        for ticket in self:
            ticket._tell("support.ticket_opened", "Ticket opened", at=ticket.opened_at)

    def _write_heard(self, outcomes):
        for ticket in self:
            outcome = outcomes[ticket.id]
            vals = {
                **dict(outcome.values),
                "heard_until": outcome.heard_until,
                "heard_digests": dict(outcome.heard),
            }
            ticket._write_guarded(
                {
                    name: value
                    for name, value in vals.items()
                    if value != ticket._plain(name)
                }
            )

    def _plain(self, name):
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    def _carry_out_moves(self, outcomes):
        """Each ticket's moves in order; all first moves, then all second ones."""
        longest = max((len(outcome.moves) for outcome in outcomes.values()), default=0)
        for index in range(longest):
            by_state = {}
            for ticket_id, outcome in outcomes.items():
                if index < len(outcome.moves):
                    move = outcome.moves[index]
                    by_state.setdefault(move.state, {})[ticket_id] = move.at
            for state, moments in by_state.items():
                self.browse(moments)._set_state(state, at=moments)

    def _mirror(self):
        """:return: ``Mirror`` of this ticket"""
        empty = {name for name in FILLABLE if not self[name]}
        if self.name == self._mirror_name(self.external_ref):
            empty.add("name")
        # A ticket nobody has moved may be moved by any report that is not late itself.
        moved = self.state_since if self.state_since != self.opened_at else None
        return Mirror(
            self.state,
            moved or None,
            self.heard_until or None,
            frozenset(empty),
            {name: self._plain(name) for name in SHARED},
            self.heard_digests or {},
        )

    def _report(self, event, categories):
        """:return: ``Report`` of what one event says; only what it says"""
        data = event.attributes or {}
        status, category = data.get("status"), data.get("category")
        values = {
            "name": (data.get("title") or "").strip()[:MAX_TITLE_CHARS],
            "description": data.get("description"),
            "email_from": data.get("email"),
            "priority": words.priority_of(data.get("priority")),
            "severity": words.severity_of(data.get("severity")),
            "category_id": categories.get(words.key(category)),
            "external_category": category,
            "external_status": status,
        }
        named = tuple((name, value) for name, value in values.items() if value)
        return Report(event.occurred_at, words.state_of(status), named)
