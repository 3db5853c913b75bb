from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.support_visibility.policies.ticket_state import DONE_STATES

from ..policies import languages, life, words

HEAD_CHARS = 4000  # with markup; enough for the line under a title


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
