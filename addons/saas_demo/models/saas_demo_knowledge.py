import hashlib
from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models

from odoo.addons.support_visibility_knowledge.models.support_visibility_article_read import (
    PAGE_RESULTS,
)
from odoo.addons.support_visibility_knowledge.policies import life

from ..policies.story import articles as story
from ..tools import past

WRITER, REVIEWER = "agent", "support_manager"


class SaasDemoKnowledge(models.AbstractModel):
    """What the demo's company has written down, and what people looked for."""

    _name = "saas_demo.knowledge"
    _description = "Knowledge of the demo"

    @api.model
    def _tell(self):
        now = fields.Datetime.now()
        written = {}
        for told in story.ARTICLES:
            with past.telling(now - timedelta(days=told.days)):
                written[told.key] = self._write(told, written)
                self.env["event_hub.event"]._flush_emitted()
        for number, search in enumerate(story.SEARCHES):
            with past.telling(now - timedelta(days=search.days)):
                self._search(search, written, number)
        self.env["support_visibility.article"]._cron_remind_review()

    @api.model
    def _write(self, told, written):
        """:return: the article, written by an agent and published by a manager"""
        people = self.env["res.users"]
        writer = people.search([("login", "=", WRITER)])
        reviewer = people.search([("login", "=", REVIEWER)])
        articles = self.env["support_visibility.article"].with_user(writer)
        article = articles.create(self._values(told))
        article.action_submit()
        if told.state != story.REVIEW:
            article.with_user(reviewer).action_publish()
            article.review_due_at = life.next_review(fields.Date.today())
        if told.state == story.OUTDATED:
            article.with_user(reviewer).action_outdate(
                "Mended by the update of summer."
            )
        yes, no = told.helped
        more = {"helpful_count": yes, "unhelpful_count": no}
        if told.of:
            more["translation_of_id"] = written[told.of].id
        article.sudo()._write_guarded(more)
        return article.sudo()

    @api.model
    def _values(self, told):
        categories = self.env["support_visibility.category"]
        paragraphs = (Markup("<p>%s</p>") % escape(text) for text in told.text)
        return {
            "name": told.title,
            "keywords": told.keywords,
            "body": Markup("").join(paragraphs),
            "language": told.language,
            "category_id": categories.search([("code", "=", told.category)]).id,
            "visibility": told.visibility,
        }

    @api.model
    def _search(self, search, written, number):
        searches = self.env["support_visibility.article_search"].sudo()
        articles = self.env["support_visibility.article"].sudo()
        domain = fields.Domain("visibility", "!=", story.INTERNAL)
        found = articles._find(search.text, "en", domain, PAGE_RESULTS, is_typing=True)
        visit = hashlib.sha256(f"demo {number}".encode()).hexdigest()[:32]
        searches._log(search.text, "en", search.channel, found[:4], visit)
        if search.used:
            searches._mark(visit, written[search.article].id, search.used)
