from odoo.tests import TransactionCase

from odoo.addons.event_hub.tests.people import people


class AiCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asker, cls.other, cls.manager = people(
            cls.env,
            {
                "login": "ai_asker",
                "groups": "base.group_user,base.group_partner_manager",
            },
            {"login": "ai_other"},
            {"login": "ai_manager", "groups": "ai_assist.group_ai_manager"},
        )
        cls.task = cls.env.ref("ai_assist.task_text_summary")
        cls.account = cls.env["res.partner"].create(
            {"name": "Borealis", "is_company": True}
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Anna",
                "parent_id": cls.account.id,
                "comment": "<p>Hello,</p><p>The export fails for all users. The export worked. Lunch was nice.</p>",
            }
        )

    def _suggest(self, records, user=None, code="text_summary"):
        """:return: suggestions as superuser sees them"""
        task = self.env["ai_assist.task"].with_user(user or self.asker)
        return self.env["ai_assist.suggestion"].browse(
            task.suggest(code, records._name, records.ids)
        )

    def _events(self, suggestion):
        self.env["event_hub.event"]._flush_emitted()
        return self.env["event_hub.event"].search(
            [("case_model", "=", suggestion._name), ("case_id", "in", suggestion.ids)],
            order="id",
        )
