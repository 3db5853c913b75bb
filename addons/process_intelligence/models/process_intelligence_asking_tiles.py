from odoo import models

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import tiles
from ..tools.questions_tiles import TileRow, tile
from .process_intelligence_asking import _iso


class ProcessIntelligenceAskingTiles(models.AbstractModel):
    """A process in one number and whether it moved."""

    _name = "process_intelligence.asking_tiles"
    _inherit = ["process_intelligence.asking"]
    _description = "Tiles of a Process"

    @takes(filters=MAYBE_OBJECT)
    def headline(self, filters=None):
        """How long cases took lately, beside the span before.

        Spans are 30 days and count back from the last event of the cases that pass, so that an old log says
        something too. A case belongs to the span in which it ended; running ones to none.

        :return: ``{"cases", "until": ISO moment (UTC) or false, "ended", "median_seconds": or false, "ended_before",
            "median_seconds_before": or false, "change": {"word": "faster", "slower" or "alike", "share"} or false,
            "weeks": cases begun in each of the last 12 weeks}``; ``change`` is false where fewer than five ended
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        query = tile(relations, parsed, definition._finished())
        row = TileRow(*definition._answer(query, relations)[0])
        change = tiles.change(
            tiles.Span(row.ended, row.median),
            tiles.Span(row.ended_before, row.median_before),
        )
        return {
            "cases": row.cases,
            "until": _iso(row.until),
            "ended": row.ended,
            "median_seconds": _or_false(row.median),
            "ended_before": row.ended_before,
            "median_seconds_before": _or_false(row.median_before),
            "change": change._asdict() if change else False,
            "weeks": row.weeks,
        }


def _or_false(value):
    return False if value is None else value
