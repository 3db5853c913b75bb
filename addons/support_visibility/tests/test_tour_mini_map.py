from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.tools.event_row import EventRow


@tagged("post_install", "-at_install")
class TestTourMiniMap(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Tour Company"})
        cls.agent = new_test_user(
            cls.env,
            login="tour_mini_agent",
            groups="support_visibility.group_support_user,process_intelligence.group_process_reader",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        partner = cls.env["res.partner"].create({"name": "Tour Ltd"})
        cls.tickets = cls.env["support_visibility.ticket"].create(
            [
                {"name": name, "company_id": cls.company.id, "partner_id": partner.id}
                for name in ("Tour done", "Tour export fails")
            ]
        )
        cls.env["event_hub.event"]._flush_emitted()
        cls.tell(cls.tickets[0], "Ticket assigned", "Ticket solved")
        definition = cls.env["process_intelligence.definition"].create(
            {
                "name": "Tour tickets",
                "source": "ledger",
                "case_type": "ticket",
                "company_id": cls.company.id,
                "owner_id": False,
            }
        )
        definition._note_names(definition._every_row())
        definition.end_activity_ids = definition.activity_ids.filtered(
            lambda a: a.name == "Ticket solved"
        )

    @classmethod
    def tell(cls, ticket, *activities, after=0):
        begin = fields.Datetime.now() + timedelta(seconds=after)
        cls.env["event_hub.event"]._append([
            EventRow(
                type="ticket.test", correlation="0" * 32, occurred_at=begin + timedelta(seconds=n + 1),
                company_id=cls.company.id, case_type="ticket", case_model=ticket._name, case_id=ticket.id,
                activity=activity, actor="ann", attributes={}, history=True,
            )
            for n, activity in enumerate(activities)
        ])  # fmt: skip

    def test_a_ticket_says_how_it_goes_against_the_usual_way(self):
        self.start_tour(
            f"/odoo/support_visibility.ticket/{self.tickets[1].id}",
            "support_visibility_mini_map",
            login=self.agent.login,
        )

    def test_it_is_asked_again_when_the_form_is_saved_or_looked_at_again(self):
        ticket, asked = self.tickets[1], []
        model = self.env.registry["process_intelligence.definition"]
        against_usual = model._against_usual

        def told(definition, record):
            asked.append(record.id)
            if len(asked) > 1:
                name = ("Ticket assigned", "Ticket waits", "Ticket forgotten")[
                    len(asked) - 2
                ]
                self.tell(ticket, name, after=100 * len(asked))
            return against_usual(definition, record)

        with patch.object(model, "_against_usual", told):
            self.start_tour(
                f"/odoo/support_visibility.ticket/{ticket.id}",
                "support_visibility_mini_map_again",
                login=self.agent.login,
            )
        self.assertEqual(asked, [ticket.id] * 3)
