from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTourKnowledge(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Tour Company"})
        in_company = {
            "company_id": cls.company.id,
            "company_ids": [(6, 0, cls.company.ids)],
        }
        cls.agent = new_test_user(
            cls.env,
            login="tour_writer",
            groups="support_visibility.group_support_user",
            **in_company,
        )
        cls.customer = new_test_user(
            cls.env, login="tour_reader", groups="base.group_portal", **in_company
        )
        cls.article = cls.env["support_visibility.article"].create(
            {
                "name": "Reset your kumquat",
                "body": "<p>Press the green kumquat twice.</p>",
                "visibility": "public",
                "language": "en",
                "company_id": cls.company.id,
            }
        )
        cls.article._write_guarded({"state": "published"})
        cls.ticket = cls.env["support_visibility.ticket"].create(
            {
                "name": "Tour kumqat is stuck",
                "company_id": cls.company.id,
                "partner_id": cls.customer.partner_id.id,
            }
        )

    def _search(self):
        return self.env["support_visibility.article_search"].search(
            [("company_id", "=", self.company.id)], order="id desc", limit=1
        )

    def test_an_agent_answers_with_an_article(self):
        self.start_tour("/odoo", "support_visibility_answer", login="tour_writer")
        self.assertEqual(self.ticket.article_ids, self.article)
        said = self.ticket.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertIn("reset-your-kumquat", said[:1].body)
        self.assertEqual(self._search().outcome, "inserted")

    def test_paging_to_another_ticket_is_another_visit(self):
        self.ticket.copy(
            {"name": "Tour kumqat fell down", "partner_id": self.customer.partner_id.id}
        )
        self.start_tour("/odoo", "support_visibility_paging", login="tour_writer")
        searches = self.env["support_visibility.article_search"].search(
            [("company_id", "=", self.company.id), ("channel", "=", "ticket")]
        )
        texts = {"tour kumqat is stuck", "tour kumqat fell down"}
        self.assertEqual(set(searches.mapped("text")), texts)
        # what was asked for one ticket was not replaced by the other
        self.assertEqual(set(searches.sudo().mapped("asked_count")), {1})

    def test_a_customer_finds_the_answer_and_sends_no_ticket(self):
        tickets = self.env["support_visibility.ticket"]
        before = tickets.search_count([])
        self.start_tour(
            "/my/tickets/new", "support_visibility_deflected", login="tour_reader"
        )
        self.assertEqual(tickets.search_count([]), before)
        self.assertEqual(
            (self._search().outcome, self._search().channel), ("solved", "portal")
        )
