from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticle(ArticleCase):
    """From a draft to what readers get, and back."""

    def test_an_article_is_written_reviewed_and_published(self):
        article = self._article()
        self.assertRegex(article.number, r"^KB-\d{4,}$")
        self.assertEqual((article.state, article.version), ("draft", 1))
        article.action_submit()
        article.with_user(self.lead).action_publish()
        self.assertEqual(article.state, "published")
        self.assertEqual(article.published_by_id, self.lead)
        self.assertTrue(article.review_due_at)
        self.assertEqual(
            self._events(article).mapped("type"),
            ["support.article_submitted", "support.article_published"],
        )

    def test_agents_write_and_managers_publish(self):
        article = self._article()
        article.action_submit()
        with self.assertRaises(AccessError):
            article.with_user(self.colleague).action_publish()
        with self.assertRaises(AccessError):
            article.with_user(self.colleague).action_send_back("no")
        article.with_user(self.lead).action_send_back("Which link?")
        self.assertEqual(article.state, "draft")
        self.assertIn("Which link?", article.message_ids[0].body)
        with self.assertRaises(AccessError):
            self._article(user=self.employee)

    def test_nobody_reviews_its_own_words_while_another_could(self):
        article = self._article(user=self.lead)
        article.action_submit()
        self.assertFalse(article.with_user(self.lead).can_publish)
        with self.assertRaisesRegex(UserError, "you wrote it"):
            article.with_user(self.lead).action_publish()
        self.assertTrue(article.with_user(self.second_lead).can_publish)
        article.with_user(self.second_lead).action_publish()
        self.assertEqual(article.state, "published")

    def test_a_second_login_of_the_author_is_the_author(self):
        article = self._article(user=self.lead)
        article.action_submit()
        self.second_lead.email = self.lead.email
        with self.assertRaisesRegex(UserError, "you wrote it"):
            article.with_user(self.second_lead).action_publish()

    def test_what_readers_get_changes_by_a_reviewed_revision_only(self):
        article = self._published()
        for vals in (
            {"name": "X"},
            {"body": "<p>X</p>"},
            {"keywords": "x"},
            {"visibility": "internal"},
            {"language": "de"},
            {"company_id": False},
        ):
            with self.assertRaisesRegex(UserError, "Revise"):
                article.with_user(self.lead).write(vals)
        draft = self.articles.browse(
            article.with_user(self.agent).action_revise()["res_id"]
        )
        again = article.with_user(self.agent).action_revise()["res_id"]
        self.assertEqual(again, draft.id)
        draft.with_user(self.agent).write({"name": "Set a new password"})
        draft.with_user(self.agent).action_submit()
        self.assertEqual(article.name, "Reset your password")
        with self.assertRaises(AccessError):
            draft.with_user(self.agent).action_publish()
        draft.with_user(self.lead).action_publish()
        self.assertEqual(article.name, "Set a new password")
        self.assertEqual((article.state, draft.state), ("published", "archived"))
        self.assertEqual(article.version, 2)

    def test_what_methods_decide_cannot_be_written_or_born(self):
        article = self._article()
        for vals in (
            {"state": "published"},
            {"number": "KB-1"},
            {"helpful_count": 9},
            {"published_version": 1},
            {"replaces_id": article.id},
        ):
            with self.assertRaisesRegex(UserError, "cannot be set directly"):
                article.with_user(self.lead).write(vals)
            with self.assertRaisesRegex(UserError, "cannot be set directly"):
                self._article(user=self.lead, **vals)
        born = self.articles.with_context(default_state="published").create(
            {"name": "Wish"}
        )
        self.assertEqual(born.state, "draft")

    def test_wrong_moves_are_refused_in_words(self):
        article = self._article()
        with self.assertRaisesRegex(UserError, "is Draft and cannot become Published"):
            article.with_user(self.lead).action_publish()
        with self.assertRaisesRegex(UserError, "has no text"):
            self._article(body="<p><br></p>").action_submit()
        with self.assertRaisesRegex(UserError, "cannot become Outdated"):
            article.with_user(self.lead).action_outdate("x")

    def test_outdated_and_archived_articles_come_back_by_review(self):
        article = self._published()
        with self.assertRaises(AccessError):
            article.with_user(self.agent).action_outdate("changed")
        article.with_user(self.lead).action_outdate("changed in 2.4")
        self.assertEqual(article.state, "outdated")
        article.with_user(self.lead).action_archive()
        article.with_user(self.lead).action_restore()
        self.assertEqual(article.state, "draft")

    def test_versions_are_kept_and_one_comes_back_as_the_next(self):
        article = self._article()
        article.write({"body": "<p>Use the other link.</p>"})
        article.write({"tag_ids": [(5,)]})
        self.assertEqual(article.version_ids.sorted("number").mapped("number"), [1, 2])
        new = article.version_ids.sorted("number")[1]
        self.assertIn('<ins class="text-success">other </ins>', new.changes_html)
        with self.assertRaises(UserError):
            new.write({"name": "Forged"})
        with self.assertRaises(UserError):
            new.unlink()
        article.version_ids.sorted("number")[0].with_user(self.agent).action_restore()
        self.assertEqual(article.version, 3)
        self.assertIn("Use the link.", article.body)
        published = self._published()
        first = published.version_ids.sorted("number")[0].with_user(self.agent)
        opened = first.action_restore()
        self.assertEqual(self.articles.browse(opened["res_id"]).replaces_id, published)

    def test_words_of_a_deleted_draft_say_where_they_can_go(self):
        article = self._article()
        version = article.version_ids
        article.sudo().unlink()
        with self.assertRaisesRegex(UserError, "Copy the text into a new article"):
            version.with_user(self.agent).action_restore()

    def test_a_text_has_bounds_that_are_said(self):
        article = self._article()
        for vals, words in [
            ({"name": "x" * 251}, "Title of .*250 characters"),
            ({"keywords": "k " * 501}, "Other Words for It.*1000 characters"),
            ({"body": "b" * 200_001}, "Text.*Split it into several"),
        ]:
            with self.assertRaisesRegex(ValidationError, words):
                article.write(vals)
            with self.assertRaisesRegex(ValidationError, words):
                self._article(**vals)

    def test_more_words_than_can_be_searched_are_refused_in_words(self):
        # Each is three lexemes of letters with four bytes: more than the megabyte PostgreSQL takes.
        many = " ".join(
            f"{chr(0x20000 + n)}{chr(0x20000 + n % 97)}-{chr(0x20000 + n)}"
            f"{chr(0x21000 + n)}{chr(0x22000 + n % 89)}"
            for n in range(24_000)
        )
        article = self._article()
        for attempt in (
            lambda: self._article(body=many),
            lambda: article.write({"body": many}),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(ValidationError, "more different words"),
            ):
                attempt()
        self.assertIn("Use the link", article.body)

    def test_markup_of_writers_is_inert_in_the_changes(self):
        article = self._article(body="<p>&lt;img src=x onerror=alert(1)&gt;</p>")
        article.write({"name": "<script>alert(1)</script>"})
        shown = article.version_ids.sorted("number")[-1].changes_html
        self.assertNotIn("<script", shown)
        self.assertNotIn("<img", shown)
        dirty = self._article(body="<p onclick='x()'>Hi<script>alert(1)</script></p>")
        self.assertNotIn("script", dirty.body)
        self.assertNotIn("onclick", dirty.body)

    def test_a_translation_is_a_linked_article_of_its_own(self):
        article = self._published()
        german = self.articles.browse(article.action_translate("de")["res_id"])
        self.assertEqual(german.translation_of_id, article)
        self.assertEqual((german.language, german.state), ("de", "draft"))
        self.assertEqual(german.action_translate("en")["res_id"], article.id)
        self.assertEqual(article.action_translate("de")["res_id"], german.id)
        french = self.articles.browse(german.action_translate("fr")["res_id"])
        self.assertEqual(french.translation_of_id, article)

    def test_who_looks_after_it_is_reminded_once_and_confirms(self):
        article = self._published()
        article.review_due_at = fields.Date.today() - timedelta(days=1)
        self.assertTrue(article.is_review_due)
        self.assertIn(article, self.articles.search([("is_review_due", "=", True)]))
        for _turn in range(2):
            self.articles._cron_remind_review()
        self.assertEqual(len(article.activity_ids), 1)
        self.assertEqual(article.activity_ids.user_id, self.agent)
        with self.assertRaises(AccessError):
            article.with_user(self.agent).action_confirm()
        article.with_user(self.lead).action_confirm()
        self.assertFalse(article.activity_ids)
        self.assertFalse(article.is_review_due)

    def test_the_scheduled_action_has_a_charter(self):
        cron = self.env.ref("support_visibility_knowledge.ir_cron_article_review")
        job = self.env["event_hub.job"].search([("cron_id", "=", cron.id)])
        self.assertTrue(job.purpose)
        self.assertFalse(job.gaps)

    def test_published_articles_are_not_deleted(self):
        article = self._published()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            article.with_user(self.lead).unlink()
        draft = self._article()
        with self.assertRaises(AccessError):
            draft.with_user(self.agent).unlink()
        draft.with_user(self.lead).unlink()

    def test_a_person_is_taken_out_of_texts_and_of_what_is_searched(self):
        article = self._published("Ask anna@borealis.example for help")
        self.articles.with_user(self.agent).search_articles("help", "en")
        self.contact.hub_erase("file 117")
        self.env.invalidate_all()
        self.assertNotIn("anna@", article.name)
        self.assertNotIn("anna@", article.version_ids[0].name)
        self.env.cr.execute(
            "SELECT search_words FROM support_visibility_article WHERE id = %s",
            [article.id],
        )
        self.assertNotIn("anna", self.env.cr.fetchone()[0])
