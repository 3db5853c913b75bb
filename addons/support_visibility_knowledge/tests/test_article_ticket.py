from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ArticleCase

VISIT = "a1b2c3d4e5f6a7b8c9d0"


@tagged("post_install", "-at_install")
class TestArticleTicket(ArticleCase):
    """Articles where an agent needs them: on the ticket, and in the answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls._published("Reset your password", keywords="locked out")
        cls.internal = cls._published("Unlock an account", visibility="internal")
        cls.ticket = cls.env["support_visibility.ticket"].create(
            {"name": "I forgot my pasword", "partner_id": cls.contact.id}
        )

    def _suggest(self, name, **more):
        tickets = self.env["support_visibility.ticket"].with_user(self.agent)
        return tickets.suggest_articles(name, **more)

    def test_what_fits_is_suggested_and_what_hardly_fits_is_not(self):
        found = self._suggest("I forgot my pasword", visit=VISIT)
        self.assertEqual([each["id"] for each in found], self.public.ids)
        self.assertEqual(found[0]["visibility"], "public")
        self.assertFalse(self._suggest("Bicycle repair in the garden"))
        self.assertFalse(self._suggest(False))
        self.assertTrue(self._suggest("Help", description="<p>my password</p>"))

    def test_the_category_of_the_ticket_counts(self):
        category = self.env.ref("support_visibility.category_access")
        one, two = (self._published(f"Invite people {n}") for n in (1, 2))
        self.assertEqual(self._suggest("invite people")[0]["id"], one.id)
        two.category_id = category
        found = self._suggest("invite people", category_id=category.id)
        self.assertEqual(found[0]["id"], two.id)

    def test_an_article_goes_into_the_answer_and_stays_on_the_ticket(self):
        ticket = self.ticket.with_user(self.agent)
        self._suggest(ticket.name, visit=VISIT)
        action = ticket.action_insert_article(self.public.id, "link", VISIT)
        body = action["context"]["default_body"]
        self.assertIn(f"/support/articles/reset-your-password-{self.public.id}", body)
        self.assertIn("Reset your password", body)
        self.assertEqual(ticket.article_ids, self.public)
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**action["context"])
        ).save()
        composer._action_send_mail()
        self.assertIn("reset-your-password", ticket.message_ids[0].body)
        self.assertEqual(
            ticket.message_ids[0].subtype_id, self.env.ref("mail.mt_comment")
        )
        text = ticket.action_insert_article(self.public.id, "text")
        self.assertIn("Use the link.", text["context"]["default_body"])
        self.assertEqual(self.public.ticket_count, 1)
        ticket.action_take()
        ticket.action_solve()
        self.assertEqual(self.public.solved_ticket_count, 1)

    def test_what_is_for_our_people_goes_into_no_answer(self):
        ticket = self.ticket.with_user(self.agent)
        draft = self._article("Not ready")
        for article in (self.internal, draft):
            with self.assertRaisesRegex(UserError, "not for customers"):
                ticket.action_insert_article(article.id, "link")
        self.assertFalse(ticket.article_ids)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.employee).action_insert_article(
                self.public.id, "link"
            )

    def test_the_ticket_opens_for_who_has_no_right_to_articles(self):
        page = Form(self.ticket.with_user(self.agent))
        self.assertEqual(page.name, "I forgot my pasword")

    def test_what_became_of_a_suggestion_is_counted_once(self):
        for text in ("pass", "passw", "password"):
            self._suggest(text, visit=VISIT)
        search = self._searches()[-1]
        self.assertEqual((search.text, search.channel), ("password", "ticket"))
        self.assertEqual(search.outcome, "ignored")
        self.assertEqual(len(search.hit_ids), 1)
        self.public.with_user(self.agent).note_opened(VISIT)
        self.public.with_user(self.agent).note_opened(VISIT)
        self.assertEqual(search.outcome, "opened")
        self.assertEqual((search.hit_ids.opened, search.hit_ids.hit_percent), (1, 100))
        self.ticket.with_user(self.agent).action_insert_article(
            self.public.id, "link", VISIT
        )
        self.assertEqual(search.outcome, "inserted")
        self.public.invalidate_recordset()
        self.assertEqual((self.public.shown_count, self.public.hit_percent), (1, 100))

    def test_a_made_up_visit_counts_nowhere(self):
        before = self._searches()
        for visit in ("x", "z" * 65, "<script>alert(1)</script>", "z" * 20, ""):
            self.public.with_user(self.agent).note_opened(visit)
        self.assertEqual(self._searches(), before)
