from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import languages


class SupportVisibilityArticleWord(models.Model):
    """Each word that articles of a language have, once: what a misspelt word may have been meant to be."""

    _name = "support_visibility.article_word"
    _description = "Word of Articles"
    _inherit = ["event_hub.guarded"]
    _log_access = False
    _rec_name = "word"

    word = fields.Char(required=True, readonly=True)
    language = fields.Selection(languages.CHOICES, required=True, readonly=True)

    _word_uniq = models.UniqueIndex("(language, word)")
    _letters_idx = models.Index("USING gin (word gin_trgm_ops)")

    @api.model
    def _learn(self, found):
        """:param found: set of ``(language, word)``"""
        if not found:
            return
        codes, known = zip(*sorted(found), strict=True)  # in one order: no deadlock
        self.env.cr.execute(
            SQL(
                "INSERT INTO support_visibility_article_word (language, word)"
                " SELECT * FROM unnest(%s::varchar[], %s::varchar[]) ON CONFLICT DO NOTHING",
                list(codes),
                list(known),
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_unused(self):
        """Words that no article has any more are no longer guessed at."""
        articles = self.env["support_visibility.article"].sudo()
        articles = articles.with_context(active_test=False).search(
            fields.Domain.TRUE, order="id"
        )
        used = articles._vocabulary()
        codes, known = zip(*used, strict=True) if used else ((), ())
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM support_visibility_article_word w WHERE NOT EXISTS (
                    SELECT 1 FROM unnest(%s::varchar[], %s::varchar[]) AS u(language, word)
                     WHERE u.language = w.language AND u.word = w.word)
                """,
                list(codes),
                list(known),
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_words(self):
        articles = self.env["support_visibility.article"].sudo()
        articles.search(fields.Domain.TRUE)._learn_words()
        self._forget_unused()
