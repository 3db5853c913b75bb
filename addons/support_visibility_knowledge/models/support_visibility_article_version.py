from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies.changes import ADDED, REMOVED, changes

SHOWN = {
    ADDED: Markup('<ins class="text-success">%s</ins>'),
    REMOVED: Markup('<del class="text-danger">%s</del>'),
}


class SupportVisibilityArticleVersion(models.Model):
    """The words of an article as they once were. Written once."""

    _name = "support_visibility.article_version"
    _description = "Version of an Article"
    _inherit = ["event_hub.append_only"]
    _order = "article_id, number desc, id desc"
    _log_access = False

    article_id = LooseMany2one(
        "support_visibility.article", required=True, readonly=True, index=True
    )
    company_id = LooseMany2one("res.company", readonly=True, index=True)
    number = fields.Integer("Version", required=True, readonly=True)
    name = fields.Char("Title", required=True, readonly=True)
    body = fields.Html("Text", readonly=True, sanitize=True)
    keywords = fields.Char("Other Words for It", readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    note = fields.Char(readonly=True)
    changes_html = fields.Html(
        "What Changed", compute="_compute_changes_html", sanitize=False
    )

    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(title)s, version %(number)s",
                title=version.name,
                number=version.number,
            )

    def _compute_changes_html(self):
        """Against the version before it; all that comes from people is escaped."""
        before = {
            (version.article_id.id, version.number): version
            for version in self.search([("article_id", "in", self.article_id.ids)])
        }
        for version in self:
            older = before.get((version.article_id.id, version.number - 1))
            found = changes(older._plain() if older else "", version._plain())
            version.changes_html = Markup(
                '<div style="white-space: pre-wrap;">%s</div>'
            ) % Markup("").join(
                SHOWN.get(kind, Markup("%s")) % escape(text) for kind, text in found
            )

    def _plain(self):
        parts = (self.name, self.keywords, html2plaintext(self.body or "", False))
        return "\n".join(filter(None, parts))

    def action_restore(self):
        """Take these words up again, as the next version.

        A draft gets them at once; a published article a draft that will replace it once it is reviewed.
        """
        self.ensure_one()
        article = self.article_id.exists()
        if not article:
            raise UserError(
                self.env._(
                    "%(version)s: its article was deleted, so nothing can take these words up. Copy the text into a "
                    "new article.",
                    version=self.display_name,
                )
            )
        article.check_access("write")
        target = article._draft_to_write()
        target.write({"name": self.name, "body": self.body, "keywords": self.keywords})
        return target._open_form()
