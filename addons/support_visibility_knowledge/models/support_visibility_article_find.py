from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import languages, life, words

MOST = 50  # articles one search gives
LOOKED_AT = 50  # best ones by their words, among which the order is settled
COMMON = 200  # a word that so many articles have tells little: only titles with it are looked up
WEIGHT = 1000  # of a word is ln(1 + this / articles with it)
IN_TEXT = 0.55  # what a word in the text is worth; in title or keywords: 1
TYPO = 0.8  # what a word is worth that is only spelled alike; less, the less alike
VARIANTS = 3  # words a misspelt one may have meant to be
UNKNOWN = (
    0.35  # what a word that no article has, nor any like it, counts against the others
)
SAME_CATEGORY = 0.1
RANK_SHARE = 0.2  # of the score comes from where in the text the words stand

# Words are counted first, so that rare ones weigh more; one that no article has stands for those spelled like
# it. Long texts are read of the best articles only: unpacking them is what costs time.
FIND = """
WITH asked AS (
    SELECT word, CASE WHEN is_begun THEN plainto_tsquery(%(config)s::regconfig, word)
                                         || to_tsquery(%(config)s::regconfig, '''' || word || ''':*')
                 ELSE plainto_tsquery(%(config)s::regconfig, word) END AS query
      FROM unnest(%(words)s::text[], %(begun)s::bool[]) AS w(word, is_begun)
), counted AS MATERIALIZED (
    SELECT word, query, known.n
      FROM asked CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
               SELECT 1 FROM %(from)s WHERE %(where)s AND %(table)s.search_vector @@ query LIMIT %(common)s
           ) AS few) AS known
     WHERE numnode(query) > 0
), terms AS MATERIALIZED (
    SELECT word, query, n, ln(1 + %(weight)s::float / n) AS weight, 1.0 AS alike FROM counted WHERE n > 0
 UNION ALL
    SELECT word, meant.query, %(common)s - 1, ln(1 + %(weight)s::float / 10), %(typo)s * (1 + meant.alike) / 2
      FROM counted CROSS JOIN LATERAL (
               SELECT plainto_tsquery(%(config)s::regconfig, v.word) AS query, similarity(v.word, counted.word) AS alike
                 FROM support_visibility_article_word v
                WHERE v.language = %(language)s AND v.word %% counted.word
             ORDER BY 2 DESC, v.word LIMIT %(variants)s
           ) AS meant
     WHERE n = 0 AND length(word) >= %(least)s
), hits AS MATERIALIZED (
    SELECT found.id, word, weight * found.worth * alike AS points,
           CASE WHEN alike < 1 THEN 'typo' WHEN found.worth = 1 THEN 'title' ELSE 'text' END AS kind
      FROM terms CROSS JOIN LATERAL (
               SELECT %(table)s.id, CASE WHEN %(table)s.title_vector @@ query THEN 1 ELSE %(in_text)s END AS worth
                 FROM %(from)s WHERE %(where)s AND %(table)s.search_vector @@ query LIMIT %(common)s
           ) AS found
     WHERE n < %(common)s
 UNION ALL
    SELECT found.id, word, weight, 'title'
      FROM terms CROSS JOIN LATERAL (
               SELECT %(table)s.id FROM %(from)s WHERE %(where)s AND %(table)s.title_vector @@ query LIMIT %(common)s
           ) AS found
     WHERE n >= %(common)s
 UNION ALL
    SELECT found.id, '', 0, 'text'
      FROM (SELECT string_agg('(' || query::text || ')', ' & ')::tsquery AS every FROM terms WHERE n >= %(common)s) c
           CROSS JOIN LATERAL (
               SELECT %(table)s.id FROM %(from)s WHERE %(where)s AND %(table)s.search_vector @@ c.every LIMIT %(common)s
           ) AS found
), best AS (
    SELECT id, word, max(points) AS points, (array_agg(kind ORDER BY points DESC))[1] AS kind
      FROM hits GROUP BY id, word
), scored AS (
    SELECT id, sum(points) AS points, coalesce(jsonb_object_agg(word, kind) FILTER (WHERE word <> ''), '{}') AS why
      FROM best GROUP BY id ORDER BY 2 DESC, 1 LIMIT %(looked_at)s
), whole AS (
    SELECT string_agg('(' || query::text || ')', ' | ')::tsquery AS query FROM terms
), total AS (
    SELECT sum(CASE WHEN c.word IN (SELECT t.word FROM terms t) THEN 1 ELSE %(unknown)s END
               * CASE WHEN c.n > 0 THEN ln(1 + %(weight)s::float / c.n)
                      ELSE ln(1 + %(weight)s::float / 10) END) AS points
      FROM counted c
)
SELECT a.id, (1 - %(rank)s) * (s.points + coalesce(more.points, 0)) / total.points
             + %(rank)s * ts_rank_cd(a.search_vector, whole.query, 1|32)
             + CASE WHEN a.category_id = %(category)s THEN %(same)s ELSE 0 END AS score,
       s.why || coalesce(more.why, '{}')
  FROM scored s JOIN support_visibility_article a ON a.id = s.id CROSS JOIN whole CROSS JOIN total
       CROSS JOIN LATERAL (
           SELECT sum(t.weight * %(in_text)s) AS points, jsonb_object_agg(t.word, 'text') AS why FROM terms t
            WHERE t.n >= %(common)s AND NOT jsonb_exists(s.why, t.word) AND a.search_vector @@ t.query
       ) AS more
 ORDER BY score DESC, a.id LIMIT %(limit)s
"""


class SupportVisibilityArticleFind(models.Model):
    """Articles by their words, the most fitting first, in spite of endings, accents and typos."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @takes(text=TEXT, lang=MAYBE_TEXT, limit=WHOLE)
    def search_articles(self, text, lang=None, limit=10):
        """Published articles that answer a question, the most fitting first.

        :param text: words, in any order; only the first 10 count
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
        :return: ``[{"article", "score", "why": {word: title | text | typo}}]``
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
            }
            for article, (_id, score, why) in zip(articles, rows, strict=True)
        ]

    def _rank(self, asked, language, scope, limit, category, is_typing):
        """:return: ``[(id, score, {word: how it was found})]``"""
        self.flush_model()
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
                weight=WEIGHT,
                variants=VARIANTS,
                language=language,
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
            "snippet": str(article._snippet(list(found["why"]))),
            "score": found["score"],
            "why": self._why_found(found["why"]),
        }

    def _snippet(self, asked):
        text = self._plain_text() if asked else self._beginning()
        pieces = words.snippet(text, asked)
        return Markup("").join(
            Markup("<mark>%s</mark>") % piece.text
            if piece.marked
            else escape(piece.text)
            for piece in pieces
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
        alike = self.env["support_visibility.article_word"].sudo()._alike(asked)
        return Domain.custom(
            to_sql=lambda model, alias, query: _fits(alias, asked, alike)
        )


def _fits(alias, asked, alike):
    """:param alike: ``{(word, language): known words spelled alike}``
    :return: SQL: each word is in the article, in its language's sense, or spelled alike in its title. Each language is
        asked with stems of its own, each by itself, so that the indexes answer and no text is unpacked.
    """
    return SQL(" AND ").join(
        SQL(
            "%s IN (%s)",
            SQL.identifier(alias, "id"),
            SQL(" UNION ALL ").join(
                _found_in(language, word, alike.get((word, language)))
                for language in languages.LANGUAGES
            ),
        )
        for word in asked
    )


def _found_in(language, word, alike):
    config = languages.config_of(language)
    found = SQL("search_vector @@ plainto_tsquery(%s::regconfig, %s)", config, word)
    if alike:  # letters only, see words.vocabulary
        others = " | ".join(f"'{known}'" for known in alike)
        title = SQL("title_vector @@ to_tsquery(%s::regconfig, %s)", config, others)
        found = SQL("(%s OR %s)", found, title)
    return SQL(
        "SELECT id FROM support_visibility_article WHERE %s AND language = %s",
        found,
        language,
    )
