from odoo.tests import HttpCase, new_test_user, tagged

from ..const import TEXT_SUMMARY


@tagged("post_install", "-at_install")
class TestTourAi(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, login="tour_ai", groups="ai_assist.group_ai_manager"
        )
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": "Tour Anna",
                    "comment": "<p>It shows &lt;img src=x onerror=console.error('fired')&gt; on the invoice.</p>",
                },
                {"name": "Tour Ben", "comment": "<p>The export fails.</p>"},
            ]
        )
        task = cls.env["ai_assist.task"].with_user(cls.manager)
        cls.suggestions = cls.env["ai_assist.suggestion"].browse(
            task.suggest(TEXT_SUMMARY, "res.partner", partners.ids)
        )

    def test_a_manager_accepts_one_suggestion_and_rejects_another(self):
        self.start_tour("/odoo", "ai_assist_judge", login="tour_ai")
        self.assertEqual(self.suggestions.mapped("verdict"), ["accepted", "rejected"])
        self.assertEqual(self.suggestions.verdict_user_id, self.manager)

    def test_a_manager_looks_into_a_task(self):
        self.start_tour("/odoo", "ai_assist_task", login="tour_ai")
