from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import ANY, MAX_WHOLE, MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import work
from ..tools import questions_work as ask


class ProcessIntelligenceAskingWork(models.AbstractModel):
    """Questions about the work: what is done again, handed over, waited for, done by programs, and paid for."""

    _name = "process_intelligence.asking_work"
    _inherit = ["process_intelligence.asking"]
    _description = "Questions about the Work in a Process"

    @takes(filters=MAYBE_OBJECT)
    def rework(self, filters=None):
        """What is done again within a case.

        A step is a *repeat* when its case had that activity before: a *self-loop* directly before, a *return* with
        others in between. Time spent is that from a repeat to the step after it.

        :return: ``{"cases", "share", "repeats", "self_loops", "self_loop_cases", "returns", "return_cases",
            "seconds", "business_seconds" (false without a calendar), "total_cases", "finished_cases",
            "first_pass_cases", "first_pass_yield" (finished cases without a repeat by finished cases, false without
            any), "activities": [{"name", and the first eight}]}``; shares from 0 to 1 of all cases
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        rows = [
            work.Again(relations.names.of(row[0]), *row[1:])
            for row in definition._answer(ask.rework(relations, parsed), relations)
        ]
        [counts] = definition._answer(
            ask.first_pass(relations, parsed, definition._finished()), relations
        )
        [total] = [row for row in rows if row.name is None]
        return work.rework(total, [row for row in rows if row.name], *counts)

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def handoffs(self, filters=None, limit=100):
        """Who hands work to whom, and who hands it back.

        A move is a *handover* when another one does the next step. *Ping-pong*: of two handovers of a case
        that follow each other, the second goes back to where the first came from.

        :param limit: pairs listed at most
        :return: ``{"handovers", "kept" (moves in one hand), "unknown" (one side not told), "network": [{"source",
            "target", "count", "cases", "median_seconds", "business_median_seconds"}], "pair_count", "ping_pong":
            {"count", "cases", "pairs": [{"first", "other", "count", "cases"}]}}``, most frequent first
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        [totals] = definition._answer(ask.handover_totals(relations, parsed), relations)
        rows = definition._answer(ask.handovers(relations, parsed, limit), relations)
        return {
            **dict(zip(("handovers", "kept", "unknown"), totals, strict=True)),
            "network": [
                {
                    "source": source,
                    "target": target,
                    "count": count,
                    "cases": cases,
                    "median_seconds": work.rounded(median),
                    "business_median_seconds": work.rounded(open_median),
                }
                for source, target, count, cases, median, open_median, _all in rows
            ],
            "pair_count": rows[0][-1] if rows else 0,
            "ping_pong": definition._ping_pong(relations, parsed, limit),
        }

    def _ping_pong(self, relations, filters, limit):
        rows = self._answer(ask.ping_pong(relations, filters), relations)
        [total] = [row for row in rows if row[0] is None]
        pairs = sorted(
            (row for row in rows if row[0] is not None),
            key=lambda row: (-row[2], row[0], row[1]),
        )
        names = ("first", "other", "count", "cases")
        return {
            "count": total[2],
            "cases": total[3],
            "pairs": [dict(zip(names, row, strict=True)) for row in pairs[:limit]],
        }

    @takes(filters=MAYBE_OBJECT)
    def bottlenecks(self, filters=None):
        """Where time is lost: per move the sum of ``max(0, seconds - median of that move)``.

        :return: ``{"lost_seconds", "business_lost_seconds", "moves": [{"source", "target", "count", "cases",
            "median_seconds", "lost_seconds", "share", "business_median_seconds", "business_lost_seconds",
            "business_share"}]}``, most time lost on the clock first; shares from 0 to 1 of all lost time; business
            figures by the working calendar, false without one
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        names = relations.names
        return work.bottlenecks(
            work.Lost(names.of(row[0]), names.of(row[1]), *row[2:])
            for row in definition._answer(ask.lost_time(relations, parsed), relations)
        )

    @takes(filters=MAYBE_OBJECT, window_s=ANY, least=ANY)
    def batching(self, filters=None, window_s=300, least=3):
        """Who does the same step for several cases in one go.

        The steps of one activity by one resource, in order of time, are one batch as long as each comes at most
        ``window_s`` seconds after the one before; it counts when it has at least ``least`` cases.

        :param window_s: seconds, 0 or more
        :param least: cases, 2 or more
        :return: ``[{"activity", "resource", "batches", "steps", "largest"}]`` (``steps`` and ``largest`` in steps),
            most steps first
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        self._check_whole("window_s", window_s, 0)
        self._check_whole("least", least, 2)
        relations = definition._relations()
        rows = definition._answer(
            ask.batches(relations, parsed, window_s, least), relations
        )
        names = ("activity", "resource", "batches", "steps", "largest")
        answer = [
            dict(zip(names, (relations.names.of(row[0]), *row[1:]), strict=True))
            for row in rows
        ]
        answer.sort(key=lambda b: (-b["steps"], b["activity"], b["resource"]))
        return answer

    @takes(filters=MAYBE_OBJECT)
    def automation(self, filters=None):
        """How many steps no person does: those of the actor ``system`` and of sources (``source:...``).

        :return: ``{"steps", "people", "machine", "unknown" (no actor told), "rate" (machine by machine and people,
            false without any), "activities": [{"name", and the same}]}``, most steps first
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        return work.automation(
            work.Hands(relations.names.of(row[0]), *row[1:])
            for row in definition._answer(ask.hands(relations, parsed), relations)
        )

    @takes(filters=MAYBE_OBJECT)
    def cost(self, filters=None):
        """What the steps cost, by the prices of their activities.

        Of an activity: ``steps * cost per step + hours after its steps * cost per hour``; hours of the working
        calendar, on the clock without one.

        :return: ``{"currency" (code), "cases", "total", "per_case" (mean, false without cases), "activities":
            [{"name", "count", "seconds", "cost", "share"}]}``, dearest first
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        rows = definition._answer(ask.spent(relations, parsed), relations)
        [cases] = [row[1] for row in rows if row[0] is None]
        company = definition.company_id or self.env.company
        answer = work.cost(definition._priced(rows, relations.names), cases)
        return {"currency": company.sudo().currency_id.name, **answer}

    def _priced(self, rows, names):
        # A reader of the process may know what it costs; the list of activities is the managers'.
        activities = self.sudo().activity_ids
        prices = {a.id: (a.cost_per_step, a.cost_per_hour) for a in activities}
        return [
            work.Spent(
                names.of(id_),
                count,
                (seconds if open_seconds is None else open_seconds) or 0.0,
                *prices.get(id_, (0.0, 0.0)),
            )
            for id_, count, seconds, open_seconds in rows
            if id_ is not None
        ]

    # ------------------------------------------------------------------ input

    def _check_whole(self, name, value, least):
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or not least <= value <= MAX_WHOLE
        ):
            raise ValidationError(
                self.env._(
                    "%(name)s must be a whole number from %(least)s to %(most)s.",
                    name=name,
                    least=least,
                    most=MAX_WHOLE,
                )
            )
