from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import languages


class SupportVisibilityArticleGap(models.Model):
    """What people look for and do not find, or find and do not open: each line is an article somebody misses."""

    _name = "support_visibility.article_gap"
    _description = "Gap in the Knowledge"
    _auto = False
    _order = "search_count desc, last_at desc, id"
    _rec_name = "text"

    text = fields.Char("Searched For", readonly=True)
    language = fields.Selection(languages.CHOICES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    search_count = fields.Integer("Searches", readonly=True)
    empty_count = fields.Integer("Not Found", readonly=True)
    ignored_count = fields.Integer("Unopened", readonly=True)
    last_at = fields.Datetime("Last Time", readonly=True)
    article_id = fields.Many2one(
        "support_visibility.article", "Written for It", readonly=True
    )
    article_state = fields.Selection(
        related="article_id.state", string="State of the Article"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(s.id) AS id, s.text, s.language, s.company_id, count(*) AS search_count,
                   count(*) FILTER (WHERE s.outcome = 'none') AS empty_count,
                   count(*) FILTER (WHERE s.outcome = 'ignored') AS ignored_count,
                   max(s.at) AS last_at,
                   (SELECT max(a.id) FROM support_visibility_article a
                     WHERE a.written_for = s.text AND a.language = s.language
                       AND (a.company_id IS NULL OR a.company_id = s.company_id)) AS article_id
              FROM support_visibility_article_search s
             WHERE s.outcome IN ('none', 'ignored') AND s.text <> ''
          GROUP BY s.text, s.language, s.company_id
            """
        )

    @api.depends("text")
    def _compute_display_name(self):
        for gap in self:
            gap.display_name = gap.text

    def action_write_article(self):
        """Open the draft of the article that is missing; a second time the same one."""
        self.ensure_one()
        self.check_access("read")
        articles = self.env["support_visibility.article"]
        return (self.article_id or articles._write_for(self))._open_form()
