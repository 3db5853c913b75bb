from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import languages, words

# In the search box of the list: share of its letters that a word finds in one of a title, and the most words it means
BOX_LIKENESS = 0.45
BOX_WORDS = 20
ALIKE = """
SELECT a.word, v.language, v.word
  FROM unnest(%(asked)s::text[]) AS a(word)
       CROSS JOIN set_config('pg_trgm.word_similarity_threshold', %(likeness)s::text, true)
       CROSS JOIN LATERAL (
           SELECT language, word FROM support_visibility_article_word
            WHERE word %%> a.word ORDER BY word_similarity(a.word, word) DESC, word LIMIT %(most)s
       ) AS v
"""
# All stems of a language are counted once, in one pass over the articles' columns; whose stem is none of them goes.
FORGET = """
DELETE FROM support_visibility_article_word w
 WHERE w.language = %(language)s AND NOT EXISTS (
       SELECT 1 FROM ts_stat(format(
                  'SELECT search_vector FROM support_visibility_article WHERE language = %%L', %(language)s)) AS s
        WHERE s.word = (tsvector_to_array(to_tsvector(%(config)s::regconfig, w.word)))[1])
"""
FORGET_THESE = """
DELETE FROM support_visibility_article_word w
 WHERE w.language = %(language)s AND w.word = ANY(%(words)s::varchar[]) AND NOT EXISTS (
       SELECT 1 FROM support_visibility_article a
        WHERE a.language = w.language AND a.search_vector @@ plainto_tsquery(%(config)s::regconfig, w.word))
"""


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
    def _alike(self, asked):
        """:param asked: words of the search box
        :return: ``{(word, language): the known words most alike, also such as only begin like it}``, in one query
        """
        rows = self.env.execute_query(
            SQL(ALIKE, asked=asked, likeness=BOX_LIKENESS, most=BOX_WORDS)
        )
        found = {}
        for word, language, known in rows:
            found.setdefault((word, language), []).append(known)
        return found

    @api.model
    def _forget_unused(self):
        """Words by which no article is found any more are no longer guessed at.

        The database compares them with the words of its own columns: no text is read.
        """
        for language in languages.LANGUAGES:
            self.env.cr.execute(
                SQL(FORGET, language=language, config=languages.config_of(language))
            )
        self.invalidate_model()

    @api.model
    def _forget_of(self, text):
        """The same at once for the words of a text, by the index of the articles."""
        found = sorted(words.vocabulary(text))
        for language in languages.LANGUAGES if found else ():
            self.env.cr.execute(
                SQL(
                    FORGET_THESE,
                    language=language,
                    config=languages.config_of(language),
                    words=found,
                )
            )
        self.invalidate_model()

    @api.autovacuum
    def _gc_words(self):
        """Articles tell their words when they are written; those of texts that are gone go at night."""
        self._forget_unused()
