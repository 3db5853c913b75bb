from contextlib import contextmanager, nullcontext

from psycopg2.errors import ProgramLimitExceeded

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, html2plaintext, is_html_empty

from odoo.addons.event_hub.tools import gate
from odoo.addons.support_visibility.policies.ticket_state import DONE_STATES

from ..policies import languages, life, words

NUMBERS = "support_visibility.article"
HEAD_CHARS = 4000  # with markup; enough for the line under a title
MAX_BODY_CHARS = 200_000  # a text of 60 pages; more is a file
MOST_CHARS = {"name": 250, "keywords": 1000, "body": MAX_BODY_CHARS}
TEXTS = frozenset(MOST_CHARS)
# What readers get: changed while it is a draft only, so that what was reviewed is what is read.
FROZEN = TEXTS | {"language", "visibility", "company_id"}
CARRIED = (*sorted(TEXTS), "language", "visibility", "category_id", "component_id")
# Moved by methods only.
GUARDED = frozenset(
    {
        *("number", "state", "version", "published_version", "published_at"),
        *("published_by_id", "replaces_id", "helpful_count", "unhelpful_count"),
        *("translation_of_id", "written_for"),
    }
)
COLUMNS_SAY = "words of articles, version 2"  # raise it when the columns below change


class SupportVisibilityArticle(models.Model):
    """What we know about one question, for our people, for customers or for everybody."""

    _name = "support_visibility.article"
    _description = "Article"
    _inherit = [
        "event_hub.guarded",
        "mail.thread",
        "mail.activity.mixin",
        "event_hub.emitter",
    ]
    _order = "number desc, id desc"
    _rec_names_search = ["number", "name", "keywords"]
    _check_company_auto = True
    _hub_case_type = "article"

    name = fields.Char("Title", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False)
    body = fields.Html("Text", sanitize=True, sanitize_style=True)
    keywords = fields.Char(
        "Other Words for It",
        help="Words that people use for it and that are not in the title: error codes, old names.",
    )
    language = fields.Selection(
        languages.CHOICES,
        required=True,
        default=lambda self: languages.code_of(self.env.lang) or languages.DEFAULT,
        index=True,
    )
    category_id = fields.Many2one(
        "support_visibility.category", index="btree_not_null", tracking=True
    )
    component_id = fields.Many2one(
        "support_visibility.component",
        "Part of the Product",
        index="btree_not_null",
        check_company=True,
    )
    tag_ids = fields.Many2many("support_visibility.tag", string="Tags")
    visibility = fields.Selection(
        life.VISIBILITIES,
        "For",
        required=True,
        default=life.INTERNAL,
        tracking=True,
        help="Who finds it once it is published.",
    )
    state = fields.Selection(
        life.STATES,
        required=True,
        readonly=True,
        default=life.DRAFT,
        copy=False,
        index=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        "Looked After by",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        tracking=True,
        help="Is reminded to read it again.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Empty: for every company.",
    )
    # when it is true
    version = fields.Integer(readonly=True, default=0, copy=False)
    published_version = fields.Integer(readonly=True, copy=False)
    published_at = fields.Datetime("Published", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        "res.users", "Published by", readonly=True, copy=False
    )
    review_due_at = fields.Date(
        "Read Again on",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Who looks after it is reminded on this day.",
    )
    is_review_due = fields.Boolean(
        "Review Due", compute="_compute_is_review_due", search="_search_is_review_due"
    )
    # its kin
    replaces_id = fields.Many2one(
        "support_visibility.article",
        "Will Replace",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="This draft becomes the next version of that article.",
    )
    revision_ids = fields.One2many(
        "support_visibility.article", "replaces_id", "Being Revised"
    )
    translation_of_id = fields.Many2one(
        "support_visibility.article",
        "Translation of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    translation_ids = fields.One2many(
        "support_visibility.article", "translation_of_id", "Translations"
    )
    version_ids = fields.One2many(
        "support_visibility.article_version", "article_id", "Versions"
    )
    written_for = fields.Char(
        "Written for the Search",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What people searched for and did not find.",
    )
    # how it does
    hit_ids = fields.One2many("support_visibility.article_hit", "article_id")
    shown_count = fields.Integer("Shown", compute="_compute_hits")
    opened_count = fields.Integer("Opened", compute="_compute_hits")
    hit_percent = fields.Float("Hit Rate", compute="_compute_hits")
    helpful_count = fields.Integer("Helped", readonly=True, copy=False)
    unhelpful_count = fields.Integer("Did Not Help", readonly=True, copy=False)
    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        "support_visibility_ticket_article_rel",
        "article_id",
        "ticket_id",
        "Tickets Answered with It",
        copy=False,
    )
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")
    solved_ticket_count = fields.Integer(
        "Tickets Solved", compute="_compute_ticket_count"
    )
    matches = fields.Char(
        "Text Search", compute="_compute_matches", search="_search_matches"
    )

    _number_uniq = models.Constraint(
        "UNIQUE(number)", "Another article has this number."
    )
    _language_uniq = models.UniqueIndex(
        "(translation_of_id, language) WHERE translation_of_id IS NOT NULL",
        "There is a translation into this language.",
    )

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

    # ------------------------------------------------------------------ computes

    @api.depends("number", "name")
    def _compute_display_name(self):
        for article in self:
            article.display_name = " ".join(
                filter(None, (article.number, article.name))
            )

    @api.depends("state", "review_due_at")
    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for article in self:
            article.is_review_due = life.is_due(
                article.state, article.review_due_at or None, today
            )

    @api.model
    def _search_is_review_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        due = [("state", "=", life.PUBLISHED), ("review_due_at", "<=", today)]
        found = self._search(due)
        return [("id", "in" if True in value else "not in", found)]

    def _compute_hits(self):
        figures = {
            article: (shown, opened)
            for article, shown, opened in self.env[
                "support_visibility.article_hit"
            ]._read_group(
                [("article_id", "in", self.ids)],
                ["article_id"],
                ["shown:sum", "hit:sum"],
            )
        }
        for article in self:
            shown, opened = figures.get(article._origin, (0, 0))
            article.shown_count, article.opened_count = shown, opened
            article.hit_percent = round(100 * opened / shown, 1) if shown else 0.0

    @api.depends("ticket_ids.state")
    def _compute_ticket_count(self):
        counts = {id_: [0, 0] for id_ in self.ids}
        tickets = self.env["support_visibility.ticket"]
        groups = tickets._read_group(
            [("article_ids", "in", self.ids)], ["article_ids", "state"], ["__count"]
        )
        for article, state, count in groups:
            if article.id in counts:  # a ticket may use further ones
                counts[article.id][0] += count
                counts[article.id][1] += count * (state in DONE_STATES)
        for article in self:
            found = counts.get(article._origin.id, (0, 0))
            article.ticket_count, article.solved_ticket_count = found

    def _compute_matches(self):
        self.matches = False

    def _plain_text(self):
        """:return: the text without its markup"""
        self.ensure_one()
        return html2plaintext(self.body or "", include_references=False)

    def _beginning(self):
        """:return: the first words of the text; of a long one only its beginning is parsed"""
        body = self.body or ""
        head = body[:HEAD_CHARS]
        if len(body) > HEAD_CHARS:
            head = head.rpartition("<")[0]  # no tag is cut in two
        return html2plaintext(head, include_references=False) or self._plain_text()

    def _vocabulary(self):
        """:return: ``{(language, word)}`` of all their words"""
        return {
            (article.language, word)
            for article in self
            for text in (article.name, article.keywords, article._plain_text())
            for word in words.vocabulary(text)
        }

    def _learn_words(self):
        self.env["support_visibility.article_word"].sudo()._learn(self._vocabulary())

    def _slug(self):
        """:return: the last part of its address"""
        self.ensure_one()
        return f"{words.slug(self.name)}-{self.id}"

    # ------------------------------------------------------------------ the gate

    @api.model
    def _follows(self, field):
        return super()._follows(field) or field.name in GUARDED

    @api.model
    def _check_lengths(self, vals):
        """Before they are written: a text that the columns of words cannot take ends the transaction.

        :raises ValidationError: names the field, its limit, and the way out
        """
        for name, most in MOST_CHARS.items():
            if len(vals.get(name) or "") > most:
                raise ValidationError(
                    self.env._(
                        "%(field)s of %(article)s: at most %(most)s characters. %(way)s",
                        field=self._labels([name]),
                        article=self.display_name or self.env._("a new article"),
                        most=most,
                        way=self._way_out(name),
                    )
                )

    @api.model
    def _way_out(self, name):
        return {
            "name": self.env._("Say it in a line, and the rest in the text."),
            "keywords": self.env._("Keep the words that are not in the text."),
            "body": self.env._("Split it into several articles."),
        }[name]

    @contextmanager
    def _words_fit(self):
        """:raises ValidationError: more different words than PostgreSQL can index (1 MB of them)"""
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except ProgramLimitExceeded as error:
            raise ValidationError(
                self.env._(
                    "Text: it has more different words than can be searched. Split it into several articles."
                )
            ) from error

    @api.model_create_multi
    def create(self, vals_list):
        if not gate.are_births_admitted(self, vals_list):
            for vals in vals_list:
                self._raise_if_guarded({k for k, v in vals.items() if v} & GUARDED)
        numbers = self.env["ir.sequence"].sudo()
        births = [
            {**vals, "number": numbers.next_by_code(NUMBERS)} for vals in vals_list
        ]
        for vals in births:
            self._check_lengths(vals)
        with self._words_fit():
            articles = super().create(births)
        articles._keep_version(self.env._("Written"))
        articles._learn_words()
        return articles

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            self._raise_if_guarded(set(vals) & GUARDED)
            self._raise_if_frozen(set(vals) & FROZEN)
        texts = TEXTS & set(vals)
        self[:1]._check_lengths(vals)
        before = {article: article._words() for article in self if texts}
        with self._words_fit() if texts else nullcontext():
            res = super().write(vals)
        changed = self.filtered(
            lambda article: article in before and before[article] != article._words()
        )
        changed._keep_version()
        if {*TEXTS, "language"} & set(vals):
            self._learn_words()
        return res

    def _words(self):
        return [self[name] or "" for name in sorted(TEXTS)]

    def _write_guarded(self, vals):
        return gate.admit(self, vals).write(vals)

    def _raise_if_guarded(self, names):
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s of an article cannot be set directly. Use Send to Review, Publish, Revise or "
                    "Mark as Outdated.",
                    fields=self._labels(names),
                )
            )

    def _raise_if_frozen(self, names):
        for article in self if names else ():
            if article.state != life.DRAFT:
                raise UserError(
                    self.env._(
                        "%(fields)s of %(article)s can be changed in a draft only. Use Revise: readers keep what was "
                        "reviewed until the new text is published.",
                        fields=self._labels(names),
                        article=article.display_name,
                    )
                )

    def _labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in sorted(names)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for article in self:
            if article.published_at:
                raise UserError(
                    self.env._(
                        "%(article)s was published: archive it instead, so that its links tell what became of it.",
                        article=article.display_name,
                    )
                )

    def _keep_version(self, note=""):
        """Keep the words as they are now; the one place."""
        for article in self:
            article._write_guarded({"version": article.version + 1})
        return (
            self.env["support_visibility.article_version"]
            .sudo()
            .create([article._version_values(note) for article in self])
        )

    def _version_values(self, note):
        return {
            "article_id": self.id,
            "company_id": self.company_id.id,
            "number": self.version,
            "name": self.name,
            "body": self.body if not is_html_empty(self.body) else False,
            "keywords": self.keywords,
            "by_user_id": self.env.uid,
            "at": fields.Datetime.now(),
            "note": note or False,
        }


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
