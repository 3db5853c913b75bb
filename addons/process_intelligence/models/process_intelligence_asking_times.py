from odoo import models

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import flow, times
from ..policies.quality import Part
from ..tools import questions_times as ask


class ProcessIntelligenceAskingTimes(models.AbstractModel):
    """Working and waiting: where events tell of starts or logged time, or a manager classed the steps."""

    _name = "process_intelligence.asking_times"
    _inherit = ["process_intelligence.asking_quality"]
    _description = "Working and Waiting in a Process"

    @takes(filters=MAYBE_OBJECT)
    def statistics(self, filters=None):
        """The map with everything that is counted of it; see ``process_intelligence.asking``. And:

        ``time``: *waiting and working* where something tells them apart, else *time between steps*. Each activity
        has ``working`` and ``waiting``, ``{"count", "seconds", "business_seconds"}`` or false. Where events tell of
        starts (attribute ``lifecycle``: start, complete): from the start of a step to its end, and from the end of
        the step before to the start (0 where that is still going on). Of steps without a start that tell of logged
        time (attribute ``logged_seconds`` or ``logged_hours``, a number): that, as work in any calendar, and what is
        left of the time from the step before. Else, where an activity is classed as work or wait: the time from its
        steps to the next ones.
        """
        definition = self._one()
        answer = super().statistics(filters)
        parsed, relations = definition._parsed(filters), definition._relations()
        return times.add(answer, *definition._times(parsed, relations))

    def _times(self, filters, relations):
        """:return: ``(working, waiting)``, lists of ``times.Span``"""
        found = []
        for kind in ("work", "wait"):
            started = ask.spans(
                relations, filters, f"{kind}ing", f"open_{kind}ing", ask.TIMED
            )
            spans = self._spans(started, relations)
            if ids := self._of_kind(kind):
                after = ask.spans(
                    relations,
                    filters,
                    "seconds",
                    "open_seconds",
                    ask.of_activities(ids),
                )
                spans += self._spans(after, relations)
            found.append(spans)
        return found

    def _spans(self, query, relations):
        return [
            times.Span(
                relations.names.of(row.activity),
                row.count,
                flow.Spread(row.total, row.low, row.high, row.percentiles),
                flow.Spread(
                    row.open_total, row.open_low, row.open_high, row.open_percentiles
                )
                if row.open_total is not None
                else None,
            )
            for row in (ask.SpanRow(*row) for row in self._answer(query, relations))
        ]

    def _of_kind(self, kind):
        """:return: sorted ids of the activities that a manager classed so"""
        activities = self.sudo().activity_ids
        return sorted(a.id for a in activities if a.kind == kind and not a.shown_as_id)

    # ------------------------------------------------------------------ quality

    def _quality_parts(self, filters, relations):
        yield from super()._quality_parts(filters, relations)
        [(paired, steps)] = self._answer(ask.paired(relations, filters), relations)
        if steps:
            yield Part("paired", paired, steps)

    def _quality_sentence(self, part):
        if part.key != "paired":
            return super()._quality_sentence(part)
        return self.env._(
            "%(count)s of %(of)s steps that should tell their start and end do so (%(share)s %%).",
            count=part.good,
            of=part.of,
            share=f"{part.share:g}",
        )
