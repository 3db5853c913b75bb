from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticleDemands(ArticleCase):
    """What people look for and do not find."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM support_visibility_article_search")
        self.env.invalidate_all()
        self.gaps = self.env["support_visibility.article_gap"].with_user(self.agent)

    def _search(self, *texts):
        for text in texts:
            self.articles.with_user(self.agent).search_articles(text, "en")

    def test_searches_without_result_or_click_are_gaps(self):
        self._published("Reset your password")
        self._search("dark mode", "Dark  MODE", "teleport", "password")
        gaps = {gap.text: gap for gap in self.gaps.search([])}
        self.assertEqual(set(gaps), {"dark mode", "teleport", "password"})
        self.assertEqual(gaps["dark mode"].search_count, 2)
        self.assertEqual(gaps["dark mode"].empty_count, 2)
        self.assertEqual(gaps["password"].ignored_count, 1)
        self.assertEqual(self.gaps.search([], limit=1).text, "dark mode")

    def test_a_gap_becomes_a_draft_once(self):
        self._search("dark mode")
        gap = self.gaps.search([])
        article = self.articles.browse(gap.action_write_article()["res_id"])
        self.assertEqual((article.name, article.state), ("Dark mode", "draft"))
        self.assertEqual((article.keywords, article.written_for), ("dark mode",) * 2)
        self.assertEqual(article.create_uid, self.agent)
        self.env.invalidate_all()
        gap = self.gaps.search([])
        self.assertEqual((gap.article_id, gap.article_state), (article, "draft"))
        self.assertEqual(gap.action_write_article()["res_id"], article.id)
        with self.assertRaises(AccessError):
            gap.with_user(self.employee).action_write_article()

    def test_the_log_tells_nothing_about_who_searched(self):
        self._search("reset for anna@borealis.example +49 40 1234567")
        search = self._searches()
        self.assertEqual(search.text, "reset for")
        columns = set(search._fields)
        self.assertFalse({"create_uid", "write_uid", "user_id", "partner_id"} & columns)

    def test_searches_are_kept_for_ninety_days_and_places_for_an_hour(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=91)):
            self._search("old question")
        self._search("new question")
        self.env.cr.execute(
            SQL(
                "UPDATE support_visibility_article_search SET place = 'x', at = at - interval '2 hours'"
            )
        )
        self.env.invalidate_all()
        self.env["support_visibility.article_search"]._gc_searches()
        self.assertEqual(self._searches().mapped("text"), ["new question"])
        self.assertFalse(self._searches().place)

    def test_gaps_of_another_company_are_not_seen(self):
        self._search("dark mode")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute(
            SQL(
                "UPDATE support_visibility_article_search SET company_id = %s", other.id
            )
        )
        self.env.invalidate_all()
        self.assertFalse(self.gaps.search([]))

    def test_the_log_is_written_by_no_hand(self):
        self._search("dark mode")
        search = self._searches()
        for vals in ({"outcome": "solved"}, {"text": "x"}):
            with self.assertRaises(AccessError):
                search.with_user(self.lead).write(vals)
        with self.assertRaises(AccessError):
            search.with_user(self.lead).unlink()

    def test_each_list_opens(self):
        self._search("dark mode")
        for model in ("article", "article_version", "article_search", "article_hit"):
            records = self.env[f"support_visibility.{model}"].with_user(self.agent)
            records.search_read([], limit=1)
        hits = self.env["support_visibility.article_hit"].with_user(self.agent)
        hits.formatted_read_group([], ["article_id"], ["hit_percent:avg", "shown:sum"])
        Form(self._article().with_user(self.agent))
