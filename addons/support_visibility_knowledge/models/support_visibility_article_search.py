from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..policies import asking, languages

CHANNELS = [
    ("search", "Search of Our People"),
    ("ticket", "Suggested on a Ticket"),
    ("portal", "New Ticket on the Portal"),
    ("form", "Public Form"),
    ("pages", "Article Pages"),
]
OUTCOMES = [
    ("none", "Nothing Found"),
    ("ignored", "Nothing Opened"),
    ("opened", "Opened"),
    ("inserted", "Sent to a Customer"),
    ("solved", "Solved without a Ticket"),
]
RANK = {outcome: at for at, (outcome, _label) in enumerate(OUTCOMES)}
#: what people type is one search until it rests this long
SAME_VISIT = timedelta(hours=1)

LOG = """
INSERT INTO support_visibility_article_search
            (at, text, language, channel, company_id, result_count, asked_count, outcome, visit, place)
     VALUES (%(at)s, %(text)s, %(language)s, %(channel)s, %(company)s, %(results)s, 1, %(outcome)s, %(visit)s,
             %(place)s)
ON CONFLICT (visit) WHERE visit IS NOT NULL
  DO UPDATE SET at = excluded.at, text = excluded.text, language = excluded.language,
                result_count = excluded.result_count, place = excluded.place,
                asked_count = support_visibility_article_search.asked_count + 1,
                outcome = CASE WHEN support_visibility_article_search.outcome IN ('none', 'ignored')
                               THEN excluded.outcome ELSE support_visibility_article_search.outcome END
  RETURNING id
"""


class SupportVisibilityArticleSearch(models.Model):
    """One search or one row of suggestions while somebody typed: what was asked, and what became of it. Not who."""

    _name = "support_visibility.article_search"
    _description = "Search for Articles"
    _inherit = ["event_hub.guarded"]
    _order = "at desc, id desc"
    _log_access = False
    _rec_name = "text"

    at = fields.Datetime("When", required=True, readonly=True, index=True)
    text = fields.Char("Searched For", readonly=True)
    language = fields.Selection(languages.CHOICES, readonly=True)
    channel = fields.Selection(CHANNELS, "Where", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="cascade", index=True
    )
    result_count = fields.Integer("Articles Found", readonly=True, aggregator="avg")
    asked_count = fields.Integer(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="How often it was asked while somebody typed.",
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True, index=True)
    hit_ids = fields.One2many(
        "support_visibility.article_hit", "search_id", "Articles", readonly=True
    )
    visit = fields.Char(
        readonly=True, groups=fields.NO_ACCESS, help="Made up anew for each page."
    )
    place = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Digest of the net address, kept an hour against floods; the address itself is not kept.",
    )

    _visit_uniq = models.UniqueIndex("(visit) WHERE visit IS NOT NULL")
    _place_idx = models.Index("(place, at) WHERE place IS NOT NULL")
    _text_idx = models.Index("(company_id, language, text)")

    @api.model
    def _log(self, text, language, channel, found, visit=None, place=None):
        """Keep that somebody looked for something; the next letters of the same visit replace it.

        :param found: as ``article._find`` gives it
        :param visit: token that the page made up; None: each call is a search of its own
        """
        kept = asking.kept(text)
        if not kept and not place:  # from outside, each one counts against floods
            return
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                LOG,
                at=now,
                text=kept,
                language=language,
                channel=channel,
                company=self.env.company.id,
                results=len(found),
                outcome="ignored" if found else "none",
                visit=visit or None,
                place=place or None,
            )
        )
        hits = self.env["support_visibility.article_hit"]
        hits._show(rows[0][0], [each["article"].id for each in found], visit)
        self.invalidate_model()

    @api.model
    def _mark(self, visit, article_id, what):
        """Keep that an article of this visit was opened, inserted or solved it; unknown visits count nowhere."""
        if not visit:
            return
        self.env["support_visibility.article_hit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE support_visibility_article_hit h
                   SET hit = 1, hit_percent = 100, %(column)s = 1
                  FROM support_visibility_article_search s
                 WHERE s.id = h.search_id AND s.visit = %(visit)s AND h.article_id = %(article)s AND s.at > %(since)s
             RETURNING s.id, s.outcome
                """,
                column=SQL.identifier(what),
                visit=visit,
                article=article_id,
                since=fields.Datetime.now() - 24 * SAME_VISIT,
            )
        )
        for id_, outcome in rows:
            if RANK[what] > RANK[outcome]:
                self.env.cr.execute(
                    SQL(
                        "UPDATE support_visibility_article_search SET outcome = %s WHERE id = %s",
                        what,
                        id_,
                    )
                )
        self.env["support_visibility.article_hit"].invalidate_model()
        self.invalidate_model()

    @api.model
    def _count_at(self, place):
        """:return: how often this place asked within the window"""
        since = fields.Datetime.now() - timedelta(minutes=asking.PLACE_MINUTES)
        rows = self.env.execute_query(
            SQL(
                "SELECT coalesce(sum(asked_count), 0) FROM support_visibility_article_search"
                " WHERE place = %s AND at > %s",
                place,
                since,
            )
        )
        return rows[0][0]

    @api.autovacuum
    def _gc_searches(self):
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                "DELETE FROM support_visibility_article_search WHERE at < %s",
                now - timedelta(days=asking.KEPT_DAYS),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE support_visibility_article_search SET place = NULL WHERE place IS NOT NULL AND at < %s",
                now - SAME_VISIT,
            )
        )
        self.env.invalidate_all()
