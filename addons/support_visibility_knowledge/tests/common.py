from odoo.addons.support_visibility.tests.common import TicketCase


class ArticleCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.articles = cls.env["support_visibility.article"]
        cls.second_lead = cls.env["res.users"].create(
            {
                "login": "sv_second_lead",
                "name": "Second Lead",
                "email": "second@example.com",
                "group_ids": [
                    (6, 0, cls.env.ref("support_visibility.group_support_manager").ids)
                ],
            }
        )

    @classmethod
    def _article(cls, name="Reset your password", user=None, **vals):
        return cls.articles.with_user(user or cls.agent).create(
            {"name": name, "body": "<p>Use the link.</p>", "language": "en", **vals}
        )

    @classmethod
    def _published(cls, name="Reset your password", visibility="public", **vals):
        article = cls._article(name, visibility=visibility, **vals)
        article.action_submit()
        article.with_user(cls.lead).action_publish()
        return article

    def _searches(self):
        return self.env["support_visibility.article_search"].search([], order="id")
