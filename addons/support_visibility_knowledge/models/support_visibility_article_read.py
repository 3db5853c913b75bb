import hashlib

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, hmac

from odoo.addons.event_hub.tools import gate

from ..policies import asking, life, words

PATH = "/support/articles"
SCOPE = "support_visibility-articles"
VISIT_CHARS = 64
PAGE_RESULTS = 20


class SupportVisibilityArticleRead(models.Model):
    """What readers see of articles.

    They have no access to the model: all that reaches them is what these methods give.
    """

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _reader_domain(self, user):
        """:return: what somebody may read on the pages: public ones, with a login those for customers too"""
        audience = life.PUBLIC if user._is_public() else life.CUSTOMERS
        return (
            Domain("state", "=", life.PUBLISHED)
            & Domain("visibility", "in", life.SEEN_BY[audience])
            & Domain("company_id", "in", [False, *self.env.companies.ids])
        )

    @api.model
    def _reader_find(self, article_id, user):
        """:return: the article, with all rights, if this reader may see it; else empty"""
        article = self.sudo().browse(article_id).exists()
        return article.filtered_domain(self._reader_domain(user))

    @api.model
    def _reader_search(self, text, user, **more):
        """:param more: channel, visit, place; limit and is_typing
        :return: rows for the page; suggestions that hardly fit are left out
        """
        language = self._language_asked(None)
        is_typing = more.get("is_typing", False)
        domain = self._reader_domain(user)
        limit = more.get("limit", PAGE_RESULTS)
        found = self.sudo()._find(text, language, domain, limit, None, is_typing)
        if is_typing:
            found = [each for each in found if each["score"] >= asking.LEAST_SCORE]
        searches = self.env["support_visibility.article_search"].sudo()
        place, visit = more.get("place"), more.get("visit")
        searches._log(text, language, more["channel"], found, visit, place)
        return [
            {
                "id": each["article"].id,
                "title": each["article"].name,
                "snippet": each["article"]._snippet(list(each["why"])),
                "url": each["article"]._reader_url(visit),
            }
            for each in found
        ]

    def _reader_url(self, visit=None):
        return f"{PATH}/{self._slug()}" + (f"?visit={visit}" if visit else "")

    def _reader_row(self):
        return {
            "id": self.id,
            "title": self.name,
            "category": self.category_id.name or "",
            "url": self._reader_url(),
            "snippet": self._snippet([]),
        }

    def _reader_page(self, user):
        """:return: what the page of an article shows"""
        others = (self.translation_of_id or self) | (
            self.translation_of_id or self
        ).translation_ids
        seen = (others - self).filtered_domain(self._reader_domain(user))
        labels = dict(self._fields["language"]._description_selection(self.env))
        return {
            **self._reader_row(),
            "number": self.number,
            "body": self.body,
            "at": self.published_at,
            "languages": [
                {"label": labels[other.language], "url": other._reader_url()}
                for other in seen
            ],
        }

    def _count_voice(self, is_helpful):
        """Count one answer to whether it helped."""
        column = "helpful_count" if is_helpful else "unhelpful_count"
        self.env.cr.execute(
            SQL(
                "UPDATE support_visibility_article SET %(c)s = coalesce(%(c)s, 0) + 1 WHERE id = %(id)s",
                c=SQL.identifier(column),
                id=self.id,
            )
        )
        self.invalidate_recordset([column])

    @api.model
    def _place_of(self, address):
        """:return: what tells one place of the net from another for an hour"""
        return hmac(self.env(su=True), SCOPE, address or "", hashlib.sha256)[:32]

    @api.model
    def _visit_of(self, given):
        """:return: the token of a page, if it can be one"""
        is_token = isinstance(given, str) and given.isalnum() and given.isascii()
        return given if is_token and 16 <= len(given) <= VISIT_CHARS else None

    @api.model
    def _write_for(self, gap):
        """:return: a draft for what people search for and do not find"""
        title = gap.text[:1].upper() + gap.text[1:]
        birth = {
            "name": words.usable(title),
            "keywords": gap.text,
            "language": gap.language,
            "company_id": gap.company_id.id,
            "visibility": life.CUSTOMERS,
            "written_for": gap.text,
        }
        return gate.admit_births(self, [birth]).create([birth])
