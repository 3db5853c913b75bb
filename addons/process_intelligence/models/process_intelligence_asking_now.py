from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, MAYBE_TEXTS
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import now as policy
from ..tools import questions_now as ask
from ..tools import questions_work, span_words
from ..tools.stored import reading_at
from .process_intelligence_asking import _iso


class ProcessIntelligenceAskingNow(models.AbstractModel):
    """Questions about cases as they stand: stalled ones, what is to come, what is unusual."""

    _name = "process_intelligence.asking_now"
    _inherit = ["process_intelligence.asking_work"]
    _description = "Questions about Cases as they Stand"

    @takes(filters=MAYBE_OBJECT)
    def stalled(self, filters=None):
        """Cases that wait longer than 95 % of the cases did that went on from the same step.

        Only steps that cases went on from at least 20 times have such a history. Business time where the process
        has a calendar, time on the clock otherwise.

        :return: ``{"running", "total_cases", "stalled", "cases": [{"case" (key), "name", "activity", "since",
            "waited_seconds", "limit_seconds", "history" (moves), "sentence"}]}``, furthest over the
            limit first, at most 1,000
        :raises ValidationError: unknown filter key, bad value; no end activities are named
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        running, moment = definition._running(), fields.Datetime.now()
        [counts] = definition._answer(
            ask.running_count(relations, parsed, running), relations
        )
        rows = self.env.execute_query(
            ask.stalled(
                relations,
                parsed,
                running,
                definition._open_until(moment),
                moment,
                const.STALLED_ABOVE,
                const.LEAST_STEP_HISTORY,
            )
        )
        return {
            "running": counts[0],
            "total_cases": counts[1],
            "stalled": rows[0][-1] if rows else 0,
            "cases": definition._stalled_cases(rows, relations.names),
        }

    def _stalled_cases(self, rows, names):
        titles = self._case_titles(row[0] for row in rows)
        return [self._stalled_case(row, names, titles[row[0]]) for row in rows]

    def _stalled_case(self, row, names, title):
        case, activity, since, waited, limit, history, _all = row
        return {
            "case": case,
            "name": title,
            "activity": names.of(activity),
            "since": _iso(since),
            "waited_seconds": round(waited, 6),
            "limit_seconds": round(limit, 6),
            "history": history,
            "sentence": self.env._(
                "%(case)s waits %(waited)s after %(activity)s; 95%% of %(history)s moves took at most %(limit)s.",
                case=title,
                waited=span_words.rough(self.env, waited, bool(self.calendar_id)),
                activity=names.of(activity),
                history=history,
                limit=span_words.rough(self.env, limit, bool(self.calendar_id)),
            ),
        }

    @takes(filters=MAYBE_OBJECT, case_keys=MAYBE_TEXTS)
    def remaining(self, filters=None, case_keys=None):
        """How long running cases will still take, and what comes next.

        Foretold from finished cases among those that pass the filters, at the same activity after as many steps;
        where these are fewer than 10, at the same activity after any number. Counted from the last step of the case.

        :param case_keys: at most 500 cases; left out: the 500 running ones with the latest steps
        :return: ``[{"case", "activity", "steps", "since", "history" (cases), "same_length", "remaining_seconds"
            (median), "low_seconds", "high_seconds" (80 % of the history), "error_seconds" (mean absolute error,
            measured by leaving one out; false for one case), "next", "probability"}]`` by case; cases that are
            finished, not to be seen or without history are missing
        :raises ValidationError: unknown filter key, bad value; too many cases; no end activities are named
        """
        definition = self._one()
        parsed = definition._parsed(filters)
        if len(case_keys or ()) > const.MAX_CASES_FORETOLD:
            raise ValidationError(
                self.env._(
                    "case_keys can name %(most)s cases at once. Ask for the others in a second call.",
                    most=const.MAX_CASES_FORETOLD,
                )
            )
        running, relations = definition._running(), definition._relations()
        cases = definition._answer(
            ask.standing(
                relations, parsed, running, case_keys, const.MAX_CASES_FORETOLD
            ),
            relations,
        )
        history = policy.History(
            policy.After(*row)
            for row in self.env.execute_query(
                ask.what_came_after(
                    relations,
                    parsed,
                    definition._finished(),
                    sorted({row[1] for row in cases}),
                )
            )
        )
        told = ((row, history.outlook(row[1], row[2])) for row in cases)
        return [_foretold(*pair, relations.names) for pair in told if pair[1]]

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def anomalies(self, filters=None, limit=20):
        """What is unusual: rare ways, unusual durations of finished cases, days on which many cases began.

        Durations: robust z of ``ln(1 + seconds)``, days: robust z of the count, above 3.5; rare is a way of fewer
        than 1 % of the cases. See ``tools/questions_now.py`` and ``policies/now.py`` for the formulas.

        :param limit: of each kind at most
        :return: ``{"rare_ways": [{"path", "count", "share", "sentence"}], "rare_way_count", "durations": [{"case",
            "name", "seconds", "usual_seconds", "z", "sentence"}], "duration_count", "surges": [{"day", "count",
            "usual", "z", "sentence"}], "surge_count"}``, most unusual first; days in UTC
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        ways = definition._answer(
            ask.rare_ways(relations, parsed, const.RARE_BELOW, limit), relations
        )
        durations = definition._answer(
            ask.unusual_durations(
                relations, parsed, definition._finished(), const.UNUSUAL_Z, limit
            ),
            relations,
        )
        surges = policy.surges(
            definition._answer(ask.begun_per_day(relations, parsed), relations),
            const.UNUSUAL_Z,
        )
        return {
            "rare_ways": [definition._rare_way(row, relations.names) for row in ways],
            "rare_way_count": ways[0][-1] if ways else 0,
            "durations": definition._unusual_cases(durations),
            "duration_count": durations[0][-1] if durations else 0,
            "surges": [definition._surge(surge) for surge in surges[:limit]],
            "surge_count": len(surges),
        }

    def _rare_way(self, row, names):
        path, count, total, _all = row
        return {
            "path": names.ways(path),
            "count": count,
            "share": round(count / total, 6),
            "sentence": self.env._(
                "%(count)s of %(total)s cases went this way.", count=count, total=total
            ),
        }

    def _unusual_cases(self, rows):
        titles = self._case_titles(row[0] for row in rows)
        return [self._unusual(row, titles[row[0]]) for row in rows]

    def _unusual(self, row, title):
        case, seconds, z, usual, _all = row
        took, usually = span_words.pair(self.env, seconds, usual)
        return {
            "case": case,
            "name": title,
            "seconds": round(seconds, 6),
            "usual_seconds": round(usual, 6),
            "z": round(z, 3),
            "sentence": self.env._(
                "%(case)s took %(time)s; the usual case takes %(usual)s.",
                case=title,
                time=took,
                usual=usually,
            ),
        }

    def _surge(self, surge):
        return {
            "day": surge.day.isoformat(),
            "count": surge.count,
            "usual": surge.usual,
            "z": round(surge.z, 3),
            "sentence": self.env._(
                "%(count)s cases began on %(day)s; on a usual day %(usual)s do.",
                count=surge.count,
                day=surge.day.isoformat(),
                usual=round(surge.usual, 1),
            ),
        }

    # ------------------------------------------------------------------ what is running

    def _running(self):
        """:return: SQL condition on ``chosen``"""
        ends = self._end_ids()
        if not ends:
            raise ValidationError(
                self.env._(
                    "Nobody has said yet where cases of %(process)s end. Name its end activities (Ends With) first.",
                    process=self.name,
                )
            )
        return questions_work.running(ends)

    def _open_until(self, moment):
        """:return: SQL of the open seconds from ``steps.ts`` to ``moment``; None without a calendar"""
        if not self.calendar_id:
            return None
        calendar = self.sudo().calendar_id
        self.env["process_intelligence.opening"]._cover(calendar, moment, moment)
        return SQL(
            "(%s - %s)",
            reading_at(calendar.id, SQL("%s::timestamp", moment)),
            reading_at(calendar.id, SQL("steps.ts")),
        )


def _foretold(case, outlook, names):
    key, activity, steps, since = case
    return {
        "case": key,
        "activity": names.of(activity),
        "steps": steps,
        "since": _iso(since),
        "history": outlook.cases,
        "same_length": outlook.same_length,
        "remaining_seconds": round(outlook.seconds, 6),
        "low_seconds": round(outlook.low, 6),
        "high_seconds": round(outlook.high, 6),
        "error_seconds": False if outlook.error is None else round(outlook.error, 6),
        "next": names.of(outlook.next_activity),
        "probability": round(outlook.probability, 6),
    }
