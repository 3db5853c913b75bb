from datetime import datetime, timedelta

from odoo.tests import TransactionCase

from odoo.addons.event_hub.tests.people import people
from odoo.addons.event_hub.tools.event_row import EventRow
from odoo.addons.event_hub.tools.incoming import Incoming
from odoo.addons.event_hub.tools.trace import new_correlation, use

NOON = datetime(2026, 3, 2, 12, 0, 0, 250)


class TicketCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.agent, cls.colleague, cls.lead, cls.employee, cls.service = people(
            cls.env,
            {"login": "sv_agent", "groups": "support_visibility.group_support_user"},
            {
                "login": "sv_colleague",
                "groups": "support_visibility.group_support_user",
            },
            {"login": "sv_lead", "groups": "support_visibility.group_support_manager"},
            {"login": "sv_employee"},
            {
                "login": "sv_service",
                "groups": "support_visibility.group_support_service",
            },
        )
        cls.account = cls.env["res.partner"].create(
            {
                "name": "Borealis",
                "is_company": True,
                "account_code": "SV-1",
                "account_tier": "strategic",
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Anna",
                "parent_id": cls.account.id,
                "email": "anna@borealis.example",
            }
        )
        cls.upper = cls.env["support_visibility.team"].create(
            {"name": "SV Specialists", "leader_id": cls.lead.id}
        )
        cls.team = cls.env["support_visibility.team"].create(
            {
                "name": "SV Desk",
                "escalation_team_id": cls.upper.id,
                "sequence": 1,
                "member_ids": [(6, 0, cls.agent.ids)],
            }
        )
        cls.source = cls.env["event_hub.source"].create(
            {
                "code": "sv_helpdesk",
                "name": "Helpdesk",
                "user_id": cls.service.id,
                "company_id": cls.env.company.id,
            }
        )

    def _ticket(self, user=None, **vals):
        tickets = self.env["support_visibility.ticket"].with_user(user or self.agent)
        return tickets.create(
            {
                "name": "Export fails",
                "partner_id": self.contact.id,
                "team_id": self.team.id,
                **vals,
            }
        )

    def _stage(self, state):
        return self.env["support_visibility.stage"].search(
            [("state", "=", state)], limit=1
        )

    def _events(self, tickets):
        self.env["event_hub.event"]._flush_emitted()
        return self.env["event_hub.event"].search(
            [("case_model", "=", tickets._name), ("case_id", "in", tickets.ids)],
            order="occurred_at, id",
        )

    def _activities(self, tickets):
        return self._events(tickets).mapped("activity")

    # ------------------------------------------------------------------ events from outside
    def _incoming(
        self, ticket="HD-1", minutes=0, event_type="support.ticket_created", **data
    ):
        return Incoming(
            type=event_type,
            data={"ticket": ticket, **data},
            account=self.account,
            company=self.env.company,
            source=self.source,
            occurred_at=NOON + timedelta(minutes=minutes),
            correlation=new_correlation(),
            ce_source="/helpdesk",
            ce_id=new_correlation(),
        )

    def _hear(self, *incoming):
        """Do with events what the hub does: find the tickets, write the ledger, call the handler of the type.

        :return: the ticket of each, in order
        """
        model = self.env["support_visibility.ticket"].with_user(self.service)
        subjects = model._hub_subjects(list(incoming))
        ledger = self.env["event_hub.event"]
        events = ledger._append(
            [
                EventRow(
                    type=item.type,
                    correlation=item.correlation,
                    occurred_at=item.occurred_at,
                    case_type="ticket",
                    case_model=subject._name,
                    case_id=subject.id,
                    account_id=item.account.id,
                    company_id=item.company.id,
                    attributes=item.data,
                    source_id=item.source.id,
                    ce_source=item.ce_source,
                    ce_id=item.ce_id,
                )
                for item, subject in zip(incoming, subjects, strict=True)
            ]
        )
        for event_type, of_type in events.grouped("type").items():
            handler = (
                self.env["event_hub.event_type"]
                .search([("code", "=", event_type)])
                .handler
            )
            with use(of_type._trace_map()):
                getattr(model, handler)(of_type.with_user(self.service))
        return self.env["support_visibility.ticket"].browse(
            [subject.id for subject in subjects]
        )
