from odoo import fields, models

from ..policies import languages


class SupportVisibilityArticleTranslate(models.TransientModel):
    """Choose the language an article is translated into."""

    _name = "support_visibility.article_translate"
    _description = "Translate an Article"

    article_id = fields.Many2one(
        "support_visibility.article",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
    )
    language = fields.Selection(languages.CHOICES, required=True)

    def action_translate(self):
        self.ensure_one()
        return self.article_id.action_translate(self.language)
