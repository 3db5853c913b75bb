from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTourManager(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: only the tickets of this test are counted.
        cls.company = cls.env["res.company"].create({"name": "Tour Manager Company"})
        cls.manager = new_test_user(
            cls.env,
            login="tour_manager",
            groups="support_visibility.group_support_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.team = cls.env["support_visibility.team"].create(
            {"name": "Tour Desk", "company_id": cls.company.id}
        )

    def _ticket(self, name, **vals):
        partner = self.env["res.partner"].create({"name": name, "is_company": True})
        return self.env["support_visibility.ticket"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "partner_id": partner.id,
                "team_id": self.team.id,
                **vals,
            }
        )

    def test_a_manager_sees_today_and_opens_what_is_counted(self):
        self._ticket("Tour nobody has it")
        self._ticket("Tour somebody has it", user_id=self.manager.id)
        self.start_tour("/odoo", "support_visibility_manager_day", login="tour_manager")

    def test_an_empty_desk_names_the_next_step(self):
        self.start_tour(
            "/odoo", "support_visibility_manager_empty", login="tour_manager"
        )

    def test_the_five_questions_are_answered_with_their_records(self):
        ticket = self._ticket("Tour escalated")
        ticket.with_user(self.manager).action_escalate(
            "The contract is not in the system", "missing_data"
        )
        self.start_tour("/odoo", "support_visibility_questions", login="tour_manager")
