from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTourSupport(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: the board shows only the tickets of this test.
        cls.company = cls.env["res.company"].create({"name": "Tour Company"})
        cls.agent = new_test_user(
            cls.env,
            login="tour_agent",
            groups="support_visibility.group_support_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.account = cls.env["res.partner"].create(
            {"name": "Tour Ltd", "is_company": True, "account_tier": "strategic"}
        )
        cls.ticket = cls._ticket("Tour export fails")
        cls.script = cls._ticket("<img src=x onerror=console.error('fired')>")

    @classmethod
    def _ticket(cls, name):
        return cls.env["support_visibility.ticket"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "partner_id": cls.account.id,
                "description": "<script>console.error('fired')</script>",
            }
        )

    def test_an_agent_takes_escalates_and_solves_a_ticket(self):
        self.start_tour("/odoo", "support_visibility_agent_day", login="tour_agent")
        self.assertEqual(self.ticket.state, "solved")
        self.assertEqual(self.ticket.escalation_ids.reason_class, "missing_data")
        self.assertEqual(self.ticket.escalation_ids.by_user_id, self.agent)

    def test_a_card_dragged_to_another_column_changes_its_state(self):
        self.start_tour("/odoo", "support_visibility_board", login="tour_agent")
        self.assertEqual(self.ticket.state, "waiting")
