from datetime import timedelta

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
    def tell(cls, ticket, *activities):
        begin = fields.Datetime.now()
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
