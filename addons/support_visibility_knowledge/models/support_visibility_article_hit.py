from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import languages
from .support_visibility_article_search import CHANNELS


class SupportVisibilityArticleHit(models.Model):
    """One article that one search showed, and whether it was of use."""

    _name = "support_visibility.article_hit"
    _description = "Article Shown by a Search"
    _inherit = ["event_hub.guarded"]
    _order = "at desc, position, id desc"
    _log_access = False
    _rec_name = "article_id"

    search_id = fields.Many2one(
        "support_visibility.article_search",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    article_id = fields.Many2one(
        "support_visibility.article",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    at = fields.Datetime("When", required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="cascade", index=True
    )
    channel = fields.Selection(CHANNELS, "Where", readonly=True)
    language = fields.Selection(languages.CHOICES, readonly=True)
    position = fields.Integer(readonly=True, aggregator="avg")
    shown = fields.Integer(readonly=True)
    opened = fields.Integer(readonly=True)
    inserted = fields.Integer("Sent to Customers", readonly=True)
    solved = fields.Integer("Solved without a Ticket", readonly=True)
    hit = fields.Integer("Of Use", readonly=True)
    hit_percent = fields.Float(
        "Hit Rate",
        readonly=True,
        aggregator="avg",
        help="How many percent of the times it was shown it was opened, sent to a customer, or solved the matter.",
    )

    _search_uniq = models.UniqueIndex("(search_id, article_id)")

    @api.model
    def _show(self, search_id, article_ids, visit=None):
        """Keep which articles a search shows now, in order; what was used stays."""
        if visit:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM support_visibility_article_hit"
                    " WHERE search_id = %s AND hit = 0 AND article_id <> ALL(%s)",
                    search_id,
                    article_ids,
                )
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO support_visibility_article_hit
                            (search_id, article_id, at, company_id, channel, language, position, shown, opened,
                             inserted, solved, hit, hit_percent)
                     SELECT s.id, a.id, s.at, s.company_id, s.channel, s.language, a.at, 1, 0, 0, 0, 0, 0
                       FROM support_visibility_article_search s,
                            unnest(%(ids)s::int[]) WITH ORDINALITY AS a(id, at)
                      WHERE s.id = %(search)s
                ON CONFLICT (search_id, article_id) DO UPDATE SET position = excluded.position
                """,
                ids=article_ids,
                search=search_id,
            )
        )
        self.invalidate_model()
