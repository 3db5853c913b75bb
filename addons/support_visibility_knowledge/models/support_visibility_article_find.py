from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import languages, life, words

MOST = 50  # articles one search gives
LOOKED_AT = 100  # best ones by their words, among which the order is settled
COMMON = 1000  # a word in so many articles, or more, tells nothing apart
IN_TEXT = 0.55  # what a word in the text is worth; in title or keywords: 1
TYPO = 0.85  # what a word is worth that is only spelled alike, times the likeness
UNKNOWN = (
    0.35  # what a word that no article has, nor any like it, counts against the others
)
SAME_CATEGORY = 0.1
RANK_SHARE = 0.2  # of the score comes from where in the text the words stand
WORD_LIKENESS = "0.45"

# Words are counted first, so that rare ones weigh more. A word that no article has is looked for by its
# letters. Positions are read of the best ones only: they are what costs time.
FIND = """
WITH asked AS (
    SELECT word, at, CASE WHEN is_begun THEN plainto_tsquery(%(config)s::regconfig, word)
                                             || to_tsquery(%(config)s::regconfig, '''' || word || ''':*')
                     ELSE plainto_tsquery(%(config)s::regconfig, word) END AS query
      FROM unnest(%(words)s::text[], %(begun)s::bool[]) WITH ORDINALITY AS w(word, is_begun, at)
), counted AS MATERIALIZED (
    SELECT word, query, known.n, ln(1 + %(common)s::float / greatest(known.n, 1)) AS weight
      FROM asked CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
               SELECT 1 FROM %(from)s WHERE %(where)s AND %(table)s.search_vector @@ query LIMIT %(common)s
           ) AS few) AS known
     WHERE numnode(query) > 0
), hits AS (
    SELECT found.id, word, weight, found.kind, found.worth
      FROM counted CROSS JOIN LATERAL (
               SELECT %(table)s.id, CASE WHEN %(table)s.title_vector @@ query THEN 'title' ELSE 'text' END AS kind,
                      CASE WHEN %(table)s.title_vector @@ query THEN 1.0 ELSE %(in_text)s END AS worth
                 FROM %(from)s WHERE %(where)s AND %(table)s.search_vector @@ query
           ) AS found
     WHERE n > 0
 UNION ALL
    SELECT found.id, word, weight, 'typo', %(typo)s * found.alike
      FROM counted CROSS JOIN LATERAL (
               SELECT %(table)s.id, word_similarity(word, %(table)s.search_words) AS alike
                 FROM %(from)s WHERE %(where)s AND word <%% %(table)s.search_words
           ) AS found
     WHERE n = 0 AND length(word) >= %(least)s
), scored AS (
    SELECT id, sum(weight * worth) / (SELECT sum(CASE WHEN c.word IN (SELECT h.word FROM hits h) THEN c.weight
                                                      ELSE %(unknown)s * c.weight END) FROM counted c) AS score,
           jsonb_object_agg(word, kind) AS why
      FROM hits GROUP BY id ORDER BY 2 DESC, 1 LIMIT %(looked_at)s
), query AS (
    SELECT string_agg('(' || query::text || ')', ' | ')::tsquery AS whole FROM counted WHERE n > 0
)
SELECT a.id, (1 - %(rank)s) * s.score + %(rank)s * coalesce(ts_rank_cd(a.search_vector, q.whole, 1|32), 0)
             + CASE WHEN a.category_id = %(category)s THEN %(same)s ELSE 0 END AS score, s.why
  FROM scored s JOIN support_visibility_article a ON a.id = s.id CROSS JOIN query q
 ORDER BY score DESC, a.id LIMIT %(limit)s
"""


class SupportVisibilityArticleFind(models.Model):
    """Articles by their words, the most fitting first, in spite of endings, accents and typos."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes(text=TEXT, lang=MAYBE_TEXT, limit=WHOLE)
    def search_articles(self, text, lang=None, limit=10):
        """Published articles that answer a question, the most fitting first.

        :param text: words, in any order; only the first 12 count
        :param lang: language of the articles, such as ``de`` or ``de_CH``; default: the reader's own
        :param limit: at most 50
        :return: ``[{"id", "number", "title", "snippet", "score", "why": [text]}]``; ``snippet`` is escaped HTML in
            which ``<mark>`` shows the words, ``score`` from 0 to 1
        :raises ValidationError: articles are not written in that language
        """
        self.check_access("read")
        language = self._language_asked(lang)
        found = self._find(text, language, Domain.TRUE, min(limit, MOST))
        searches = self.env["support_visibility.article_search"]
        searches._log(text, language, "search", found)
        return [self._as_answer(each) for each in found]

    @api.model
    def _language_asked(self, lang):
        wanted = lang or self.env.lang
        code = languages.code_of(wanted)
        if lang and not code:
            raise ValidationError(
                self.env._(
                    "lang: no article is written in %(lang)s. Languages: %(all)s.",
                    lang=lang[:20],
                    all=", ".join(languages.LANGUAGES),
                )
            )
        return code or languages.DEFAULT

    @api.model
    def _find(self, text, language, domain, limit, category=None, is_typing=False):
        """Search among published articles that the caller may read.

        :param domain: what else has to hold
        :param is_typing: the last word may not be complete
        :return: ``[{"article", "score", "why": {word: title | text | typo}, "words"}]``
        """
        asked = words.asked(text)
        if not asked or limit < 1:
            return []
        scope = self._search(
            Domain("state", "=", life.PUBLISHED)
            & Domain("language", "=", language)
            & domain,
            order="id",
        )
        rows = self._rank(asked, language, scope, limit, category, is_typing)
        articles = self.browse(row[0] for row in rows)
        return [
            {
                "article": article,
                "score": round(min(1.0, max(0.0, score)), 3),
                "why": why,
                "words": asked,
            }
            for article, (_id, score, why) in zip(articles, rows, strict=True)
        ]

    def _rank(self, asked, language, scope, limit, category, is_typing):
        """:return: ``[(id, score, {word: how it was found})]``"""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
                WORD_LIKENESS,
            )
        )
        last = len(asked) - 1
        return self.env.execute_query(
            SQL(
                FIND,
                config=languages.config_of(language),
                words=asked,
                begun=[
                    is_typing and at == last and len(word) > 2
                    for at, word in enumerate(asked)
                ],
                common=COMMON,
                table=SQL.identifier(self._table),
                **{"from": scope.from_clause, "where": scope.where_clause},
                in_text=IN_TEXT,
                typo=TYPO,
                unknown=UNKNOWN,
                least=words.MIN_TYPO_CHARS,
                looked_at=max(LOOKED_AT, limit),
                rank=RANK_SHARE,
                category=category.id if category else None,
                same=SAME_CATEGORY,
                limit=limit,
            )
        )

    def _as_answer(self, found):
        """:return: what a search tells of one article"""
        article = found["article"]
        return {
            "id": article.id,
            "number": article.number,
            "title": article.name,
            "snippet": article._snippet(found["words"]),
            "score": found["score"],
            "why": self._why_found(found["why"]),
        }

    def _snippet(self, asked):
        pieces = words.snippet(self._plain_text(), asked)
        return str(
            Markup("").join(
                Markup("<mark>%s</mark>") % piece.text
                if piece.marked
                else escape(piece.text)
                for piece in pieces
            )
        )

    @api.model
    def _why_found(self, why):
        """:return: where the words were found, in words"""
        say = {
            "title": self.env._("in the title"),
            "text": self.env._("in the text"),
            "typo": self.env._("spelled alike"),
        }
        return [
            self.env._(
                "%(words)s: %(where)s",
                words=", ".join(word for word, how in why.items() if how == kind),
                where=label,
            )
            for kind, label in say.items()
            if kind in why.values()
        ]

    # ------------------------------------------------------------------ the search box of the list

    @api.model
    def _search_matches(self, operator, value):
        """Any article, also drafts, whose words fit."""
        if operator not in ("ilike", "=", "in") or not value:
            return NotImplemented
        texts = [value] if isinstance(value, str) else list(value)
        asked = words.asked(" ".join(map(str, texts)))
        if not asked:
            return Domain.FALSE
        return Domain.custom(to_sql=lambda model, alias, query: _fits(alias, asked))


def _fits(alias, asked):
    """:return: SQL: each word is in the article, in its language's sense, or spelled alike in its title"""
    table = SQL.identifier(alias)
    config = SQL(
        "(CASE %s.language %s ELSE 'simple' END)::regconfig",
        table,
        SQL(" ").join(
            SQL("WHEN %s THEN %s", code, languages.config_of(code))
            for code in languages.LANGUAGES
        ),
    )
    return SQL(" AND ").join(
        SQL(
            "(%(t)s.search_vector @@ plainto_tsquery(%(c)s, %(word)s)"
            " OR word_similarity(%(word)s, %(t)s.search_words) >= %(least)s::float)",
            t=table,
            c=config,
            word=word,
            least=WORD_LIKENESS,
        )
        for word in asked
    )
