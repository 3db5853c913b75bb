from odoo import models
from odoo.tools import SQL

from ..policies import languages, words
from .support_visibility_article_guard import MAX_BODY_CHARS

COLUMNS_SAY = "words of articles, version 2"  # raise it when the columns below change


class SupportVisibilityArticleColumns(models.Model):
    """The words of articles as the database indexes them."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    def init(self):
        """Words in columns that follow from the texts by themselves, each language with its own stems."""
        cr = self.env.cr
        cr.execute(
            """SELECT col_description(attrelid, attnum) FROM pg_attribute
                WHERE attrelid = 'support_visibility_article'::regclass AND attname = 'search_vector'
                  AND NOT attisdropped"""
        )
        if cr.fetchone() == (COLUMNS_SAY,):
            return
        for column in ("search_vector", "title_vector", "search_words"):
            cr.execute(
                SQL(
                    "ALTER TABLE support_visibility_article DROP COLUMN IF EXISTS %s",
                    SQL.identifier(column),
                )
            )
        cr.execute(_columns())
        cr.execute(
            SQL(
                "COMMENT ON COLUMN support_visibility_article.search_vector IS %s",
                COLUMNS_SAY,
            )
        )


def _columns():
    """:return: SQL that adds the columns and their indexes"""
    folded = {name: _folded(SQL.identifier(name)) for name in ("name", "keywords")}
    body = _folded(SQL("left(body, %s)", SQL(str(MAX_BODY_CHARS))))
    head = SQL("%s || ' ' || %s", folded["name"], folded["keywords"])
    title = _by_language(
        lambda config: SQL(
            "setweight(to_tsvector(%(c)s, %(name)s), 'A') || setweight(to_tsvector(%(c)s, %(keys)s), 'B')",
            c=config,
            name=folded["name"],
            keys=folded["keywords"],
        )
    )
    whole = _by_language(
        lambda config: SQL(
            "setweight(to_tsvector(%(c)s, %(name)s), 'A') || setweight(to_tsvector(%(c)s, %(keys)s), 'B')"
            " || setweight(to_tsvector(%(c)s, %(body)s), 'C')",
            c=config,
            name=folded["name"],
            keys=folded["keywords"],
            body=body,
        )
    )
    return SQL(
        """
        ALTER TABLE support_visibility_article
            ADD COLUMN search_words text GENERATED ALWAYS AS (%(head)s) STORED,
            ADD COLUMN title_vector tsvector GENERATED ALWAYS AS (%(title)s) STORED,
            ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (%(whole)s) STORED;
        CREATE INDEX support_visibility_article_title_idx
            ON support_visibility_article USING gin (title_vector);
        CREATE INDEX support_visibility_article_vector_idx
            ON support_visibility_article USING gin (search_vector);
        """,
        head=head,
        title=title,
        whole=whole,
    )


def _folded(column):
    """As ``words.fold`` does."""
    sql = SQL("lower(coalesce(%s, ''))", column)
    for pair, letters in words.PAIRS.items():
        sql = SQL("replace(%s, %s, %s)", sql, _literal(pair), _literal(letters))
    return SQL(
        "translate(%s, %s, %s)",
        sql,
        _literal("".join(words.LETTERS)),
        _literal("".join(words.LETTERS.values())),
    )


def _by_language(vector):
    """A column's value may depend on the row only through constants: one branch for each set of stems."""
    codes = {}
    for code in languages.LANGUAGES:
        codes.setdefault(languages.config_of(code), []).append(code)
    plain = codes.pop(languages.PLAIN)
    assert plain
    branches = [
        SQL(
            "WHEN language IN (%s) THEN %s",
            SQL(", ").join(map(_literal, of_config)),
            vector(SQL("%s::regconfig", _literal(config))),
        )
        for config, of_config in codes.items()
    ]
    return SQL(
        "CASE %s ELSE %s END",
        SQL(" ").join(branches),
        vector(SQL("%s::regconfig", _literal(languages.PLAIN))),
    )


def _literal(text):
    """A constant in the text of a statement: definitions of columns take no parameters."""
    assert "'" not in text and "%" not in text and "\\" not in text
    return SQL(f"'{text}'")  # pylint: disable=sql-injection
