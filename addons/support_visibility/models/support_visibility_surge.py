from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.tools import trace

ABOUT = {
    "res.partner": "account_id",
    "support_visibility.category": "category_id",
    "support_visibility.component": "component_id",
}
SAME = timedelta(hours=4)  # what goes on is not told again


class SupportVisibilitySurge(models.Model):
    """More tickets than usual within an hour, and why we say so."""

    _name = "support_visibility.surge"
    _description = "Ticket Surge"
    _inherit = ["event_hub.guarded", "event_hub.emitter"]
    _order = "at desc, id desc"
    _rec_name = "words"
    _hub_case_type = "surge"

    at = fields.Datetime("When", required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    account_id = fields.Many2one("res.partner", readonly=True, index=True)
    category_id = fields.Many2one("support_visibility.category", readonly=True)
    component_id = fields.Many2one(
        "support_visibility.component", readonly=True, index="btree_not_null"
    )
    count = fields.Integer("Tickets in the Hour", readonly=True)
    usual = fields.Float(
        readonly=True, help="Median of the same hour in the weeks before."
    )
    score = fields.Float("Spreads Above", readonly=True)
    releases = fields.Char("Releases of 72 h", readonly=True)
    words = fields.Char("Why", readonly=True)
    correlation = fields.Char(readonly=True)

    @api.model
    def _found(self, company, record, found, at, releases):
        """Keep and tell a surge, unless it is the same that was told in the last hours."""
        name = ABOUT[record._name]
        if self.search_count(
            [
                (name, "=", record.id),
                ("company_id", "=", company.id),
                ("at", ">", at - SAME),
            ],
            limit=1,
        ):
            return self
        made = self.create(
            {
                "at": at,
                "company_id": company.id,
                name: record.id,
                "count": found.count,
                "usual": found.usual,
                "score": found.score,
                "releases": ", ".join(releases),
                "words": self._why(record, found, releases),
                "correlation": trace.new_correlation(),
            }
        )
        made._emit(
            "support.surge",
            activity="Ticket surge",
            about=record.display_name,
            count=found.count,
            usual=found.usual,
            releases=releases,
        )
        return made

    def _why(self, record, found, releases):
        said = self.env._(
            "%(about)s: %(count)s tickets within an hour; usual on this weekday and hour: %(usual)s (median of "
            "%(weeks)s weeks).",
            about=record.display_name,
            count=found.count,
            usual=round(found.usual, 1),
            weeks=found.weeks,
        )
        near = releases and self.env._(
            "Released in the last 72 hours: %(releases)s.", releases=", ".join(releases)
        )
        return " ".join(filter(None, (said, near)))
