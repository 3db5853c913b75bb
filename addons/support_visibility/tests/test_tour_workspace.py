from odoo.tests import HttpCase, new_test_user, tagged


class WorkspaceTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: the queue shows only the ticket of this test.
        cls.company = cls.env["res.company"].create({"name": "Tour Company"})
        people = {
            "company_id": cls.company.id,
            "company_ids": [(6, 0, cls.company.ids)],
        }
        group = "support_visibility.group_support_user"
        cls.agent = new_test_user(cls.env, "tour_agent", group, **people)
        cls.bo = new_test_user(cls.env, "tour_bo", group, name="Bo Tour", **people)
        cls.account = cls.env["res.partner"].create(
            {"name": "Tour Ltd", "is_company": True, "account_tier": "strategic"}
        )
        cls.ticket = cls.env["support_visibility.ticket"].create(
            {
                "name": "Tour export fails",
                "company_id": cls.company.id,
                "partner_id": cls.account.id,
                "severity": "1",
                "description": "<script>console.error('fired')</script>",
            }
        )


@tagged("post_install", "-at_install")
class TestTourWorkspace(WorkspaceTour):
    browser_size = "1366x768"

    def _let_bo_answer_meanwhile(self):
        """He does just before the agent's first answer is looked at."""
        tickets, bo, said = type(self.ticket), self.bo, []
        look = tickets._said_by_others_since

        def answered(ticket, message_id):
            if not said:
                said.append("It is mended")
                ticket.with_user(bo).message_post(
                    body=said[0],
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            return look(ticket, message_id)

        self.patch(tickets, "_said_by_others_since", answered)

    def test_an_agent_answers_from_the_workspace(self):
        self._let_bo_answer_meanwhile()
        self.start_tour(
            "/odoo", "support_visibility_workspace", login="tour_agent", timeout=180
        )
        self.assertEqual(self.ticket.state, "open")
        self.assertEqual(self.ticket.user_id, self.agent)
        said = self.ticket.message_ids.mapped("preview")
        for words in ("It is mended", "We look into it", "Ask Bo first"):
            self.assertEqual(sum(words in text for text in said), 1, words)


@tagged("post_install", "-at_install")
class TestTourWorkspacePhone(WorkspaceTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_phone_shows_one_column_with_a_way_back(self):
        self.start_tour(
            "/odoo",
            "support_visibility_workspace_phone",
            login="tour_agent",
            timeout=120,
        )
        self.assertEqual(self.ticket.user_id, self.agent)
