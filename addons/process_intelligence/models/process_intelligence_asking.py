import json

from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import flow, insight
from ..policies.filters import parse_filters
from ..policies.refusal import Refusal
from ..tools import questions, questions_work, wording


class ProcessIntelligenceAsking(models.AbstractModel):
    """The questions that anybody who may read a process may ask about it."""

    _name = "process_intelligence.asking"
    _inherit = ["process_intelligence.reading"]
    _description = "Questions about a Process"

    @takes(filters=MAYBE_OBJECT)
    def process_map(self, filters=None):
        """The directly-follows map of the cases that pass the filters.

        :param filters: see ``policies/filters.py``
        :return: ``{"activities": [{"name", "count", "start", "end"}], "transitions": [{"source", "target", "count",
            "p50_seconds", "p95_seconds"}], "cases", "events"}``, most frequent first; ``start`` and ``end`` count
            cases, percentiles are interpolated (``percentile_cont``)
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        return definition._map(parsed, definition._relations())

    @takes(filters=MAYBE_OBJECT)
    def statistics(self, filters=None):
        """The map with everything that is counted of it.

        A case counts once in ``cases``; ``max_repetition`` is the most that one case has. Time is that between
        two steps: in ``seconds`` on the clock, in ``business_seconds`` by the working calendar of the process
        (false without one). Percentiles are interpolated (``percentile_cont``).

        :param filters: see ``policies/filters.py``
        :return: ``{"activities": [{"name", "count", "cases", "max_repetition", "start", "end"}], "transitions":
            [{"source", "target", "count", "cases", "max_repetition", "seconds": {"mean", "median", "p90", "p95",
            "min", "max", "sum"}, "business_seconds"}], "cases", "events"}``, most frequent first
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        relations = definition._relations()
        rows = definition._answer(questions.flow(relations, parsed), relations)
        return flow.statistics(
            _counted(questions.FlowRow(*row), relations.names) for row in rows
        )

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def variants(self, filters=None, limit=100):
        """The different ways that cases went.

        :return: ``[{"path": [activity], "count": cases}]``, most frequent first
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        return definition._ways(parsed, limit, definition._relations())[0]

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def explore(self, filters=None, limit=100):
        """Everything the map screen shows, in one call.

        :return: ``{"map", "variants", "variant_count", "summary": {"median_seconds", "first", "last", "slowest"},
            "total_cases"}``; the median is that of finished cases; ``slowest`` is a transition or false;
            ``total_cases`` counts those before filters
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        ways, variant_count = definition._ways(parsed, limit, relations)
        answer = definition._map(parsed, relations)
        return {
            "map": answer,
            "variants": ways,
            "variant_count": variant_count,
            "summary": definition._summary(answer, parsed, relations),
            "total_cases": answer["cases"]
            if parsed.keeps_everything
            else definition._answer(questions.totals(relations), relations)[0][1],
        }

    @takes(filters=MAYBE_OBJECT)
    def open_cases(self, filters=None):
        """Open the records behind a figure.

        :return: a window action: the cases of the ledger, or the imported events, that pass the filters
        """
        definition = self._one()
        query = questions.case_keys(
            definition._relations(), definition._parsed(filters), const.MAX_CASES_OPENED
        )
        found = self.env.execute_query(query)
        return definition._cases_action(
            [row[0] for row in found], found[0][1] if found else 0
        )

    def _map(self, filters, relations):
        return flow.process_map(self._moves(filters, relations))

    def _moves(self, filters, relations):
        names = relations.names
        return [
            flow.Row(
                names.of(source), names.of(target), count, starts, percentiles or ()
            )
            for source, target, count, starts, percentiles in self._answer(
                questions.process_map(relations, filters), relations
            )
        ]

    def _ways(self, filters, limit, relations):
        rows = self._answer(questions.variants(relations, filters, limit), relations)
        ways = [
            {"path": relations.names.ways(path), "count": count}
            for path, count, _all in rows
        ]
        ways.sort(key=lambda way: (-way["count"], way["path"]))
        return ways, rows[0][2] if rows else 0

    def _summary(self, answer, filters, relations):
        median, first, last = self._answer(
            questions.span(relations, filters, self._finished()), relations
        )[0]
        steps = [
            insight.Step(t["source"], t["target"], t["count"], t["p50_seconds"])
            for t in answer["transitions"]
        ]
        slowest = insight.slowest_step(
            steps, answer["cases"], const.SLOW_STEP_MIN_SHARE
        )
        return {
            "median_seconds": median or 0.0,
            "first": _iso(first),
            "last": _iso(last),
            "slowest": {
                "source": slowest.source,
                "target": slowest.target,
                "count": slowest.count,
                "p50_seconds": slowest.p50_seconds,
            }
            if slowest
            else False,
        }

    def _case_titles(self, keys):
        """:return: ``{case key: what people call it}``: the name of its record, one read for each model"""
        titles = {key: key for key in keys}
        by_model = {}
        for key in titles if self.source == "ledger" else ():
            model, _comma, res_id = key.rpartition(",")
            if model in self.env:
                by_model.setdefault(model, []).append(int(res_id))
        for model, ids in by_model.items():
            for record in self.env[model].browse(ids):
                titles[f"{model},{record.id}"] = record.display_name
        return titles

    def _cases_action(self, keys, total):
        if self.source == "ledger":
            return self._ledger_cases_action(keys, total)
        return self._window(
            "process_intelligence.log_event",
            total,
            [("definition_id", "=", self.id), ("case_key", "in", keys)],
            {"search_default_by_case": 1},
        )

    def _ledger_cases_action(self, keys, total):
        by_model = {}
        for key in keys:
            model, _comma, res_id = key.rpartition(",")
            by_model.setdefault(model, []).append(int(res_id))
        if len(by_model) == 1:
            [(model, ids)] = by_model.items()
            return self._window(
                model, total, [("id", "in", ids)], {"active_test": False}
            )
        domain = Domain("case_type", "=", self.case_type) & Domain.OR(
            Domain("case_model", "=", model) & Domain("case_id", "in", ids)
            for model, ids in by_model.items()
        )
        return self._window("event_hub.event", total, list(domain), {})

    def _window(self, model, total, domain, context):
        shown = const.MAX_CASES_OPENED
        name = self.env._(
            "%(process)s: %(total)s cases", process=self.name, total=total
        )
        if total > shown:
            name = self.env._(
                "%(process)s: the first %(shown)s of %(total)s cases",
                process=self.name,
                shown=shown,
                total=total,
            )
        kinds = ["list", "form"]
        if model == "process_intelligence.log_event":
            kinds.insert(1, "kanban")  # which a phone opens
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": domain,
            "views": [[False, kind] for kind in kinds],
            "context": context,
            "target": "current",
        }

    # ------------------------------------------------------------------ start and end

    def _finished(self):
        """:return: SQL condition on ``chosen``"""
        return questions_work.finished(
            self._meant(self.sudo().start_activity_ids), self._end_ids()
        )

    def _end_ids(self):
        return self._meant(self.sudo().end_activity_ids)

    def _meant(self, activities):
        """:return: sorted ids of what they count as, which is what steps carry"""
        return sorted({(a.shown_as_id or a).id for a in activities})

    # ------------------------------------------------------------------ input

    def _one(self, operation="read"):
        """:return: self, when it is one process that the user may use"""
        if len(self) != 1:
            raise ValidationError(
                self.env._(
                    "Name exactly one process (ids), not %(count)s.", count=len(self)
                )
            )
        self.check_access(operation)
        return self

    def _parsed(self, filters):
        try:
            return parse_filters(filters)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal

    def _checked_limit(self, limit):
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise ValidationError(
                self.env._(
                    "limit must be a whole number from 1 on, not %(value)s.",
                    value=json.dumps(limit, default=str),
                )
            )
        return min(limit, const.MAX_VARIANTS)


def _iso(moment):
    return moment.isoformat() + "Z" if moment else False


def _counted(row, names):
    wall = flow.Spread(row.total, row.low, row.high, row.percentiles)
    business = flow.Spread(
        row.open_total, row.open_low, row.open_high, row.open_percentiles
    )
    return flow.Counted(
        names.of(row.source),
        names.of(row.target),
        *row[2:8],
        wall if row.total is not None else None,
        business if row.open_total is not None else None,
    )
