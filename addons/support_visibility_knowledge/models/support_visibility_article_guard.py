from contextlib import contextmanager, nullcontext

from psycopg2.errors import ProgramLimitExceeded

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from odoo.addons.event_hub.tools import gate

from ..policies import life

NUMBERS = "support_visibility.article"
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


class SupportVisibilityArticleGuard(models.Model):
    """Which doors lead into an article: every create and write, whoever calls, goes through here."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

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
