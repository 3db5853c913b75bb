from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import mini as policy
from ..tools import mini_words
from ..tools import questions_mini as ask
from .process_intelligence_asking import _iso
from .process_intelligence_asking_cases import _rounded


class ProcessIntelligenceAskingMini(models.AbstractModel):
    """One case against the way that cases like it usually go."""

    _name = "process_intelligence.asking_mini"
    _inherit = [
        "process_intelligence.asking_now",
        "process_intelligence.reading_newest",
    ]
    _description = "One Case against the Usual Way"

    @api.model
    @takes(res_model=TEXT, res_id=WHOLE)
    def case_against_usual(self, res_model, res_id):
        """What a record did as a case, against the usual way: that of most ended cases which began with the same step.
        Of more than 5,000 such cases the newest are asked. What has news that is not worked out yet is worked out for
        the answer: the case itself, and the newest 1,000 others; those beyond count as they were worked out last. Of a
        process that is to be worked out as a whole, only its newest 1,000 cases count meanwhile.

        Of several processes that hear it, one of a company comes before one of all, then the older one. Steps are
        the first 100 and the last one. ``parts`` is both ways in one line: steps that are ``kept``, ``extra`` (only
        this case), ``skipped`` (only the usual way) or ``ahead`` (of the usual way, may still come); ``step`` is the
        place among ``steps``, or false. Of the wait ``longer_than`` is the share of moves from that step that took
        less, 0 to 0.99, among the 5,000 newest cases, in business time where the process has a calendar;
        false below 20 moves.

        :return: false where the user may see no such process or case; else ``{"process": {"id", "name"}, "case"
            (key), "name", "state" ("running", "ended", "unknown": nobody said where cases end), "steps":
            [{"activity", "at", "resource", "seconds", "business_seconds"}], "cut" (steps left out), "filters" (the
            cases that went just so), "usual": {"path", "count", "of" (cases), "share"} or false, "parts":
            [{"activity", "kind", "step", "stands"}], "left": {"after", "instead", "expected"} or false, "stands":
            {"activity", "since", "waited_seconds", "business_waited_seconds", "longer_than", "median_seconds",
            "limit_seconds" (95 %), "history" (moves), "next", "probability"} or false unless running, "sentence"}``
        """
        record = self._may_ask() and self._case_record(res_model, res_id)
        if not record:
            return False
        return next(
            filter(None, (d._against_usual(record) for d in self._hearing(record))),
            False,
        )

    def _may_ask(self):
        return self.has_access("read") and self.env["event_hub.event"].has_access(
            "read"
        )

    def _case_record(self, res_model, res_id):
        """:return: the record, where there is one that the user may read"""
        if res_model not in self.env or self.env[res_model]._abstract:
            return None
        record = self.env[res_model].browse(res_id).exists()
        return record if record and record.has_access("read") else None

    def _hearing(self, record):
        """:return: the processes that hear of a record, the most particular one first"""
        heard = self.env["event_hub.event"]._read_group(
            [("case_model", "=", record._name), ("case_id", "=", record.id)],
            ["case_type"],
        )
        types = [case_type for (case_type,) in heard if case_type]
        found = self.search(
            [("source", "=", "ledger"), ("case_type", "in", types)], order="id"
        )
        return found.sorted(lambda d: (not d.company_id, d.id))

    def _against_usual(self, record):
        """:return: see ``case_against_usual``; None where the record is no case of this process"""
        moment, reading = fields.Datetime.now(), self._newest(record, const.MINI_ANEW)
        key = f"{record._name},{record.id}"
        rows = self.env.execute_query(
            ask.own_steps(reading.own, key, self._open_until(moment), const.MINI_STEPS)
        )
        if not rows:
            return None
        path = _ids(rows[0][0])
        own, state = [row[1] for row in rows], self._state_after(path[-1])
        anew, names = self._told_anew(record._name, own, reading)
        found = self._usual(own, state == "running", reading, anew)
        told = {
            "process": {"id": self.id, "name": self.name},
            **{"case": key, "name": record.display_name, "state": state},
            "steps": [_step(row, names) for row in rows],
            "cut": len(path) - len(own),
            "filters": {"variants": [names.ways(rows[0][0])]},
            **self._beside_usual(own, state == "running", found, names),
            "stands": state == "running"
            and self._stands(rows[-1], moment, found, names),
        }
        return {**told, "sentence": mini_words.sentence(self.env, told)}

    def _state_after(self, activity):
        ends = self._end_ids()
        if not ends:
            return "unknown"
        return "ended" if activity in ends else "running"

    def _usual(self, own, running, reading, anew):
        took = SQL("open_seconds") if self.calendar_id else SQL("seconds")
        query = ask.usual(
            reading.stored,
            anew,
            reading.anew,
            self._finished(),
            own[0],
            own[-1],
            took,
            const.MINI_CASES,
            running,
        )
        # By hash the database would read every record that may be seen; by loops, only those of the newest cases.
        [found] = self._ask_without("hashjoin", query)
        return ask.Usual(*found)

    def _told_anew(self, model, own, reading):
        """:return: ``(Anew, Names)``: with those that only cases have which are not worked out yet"""
        if not reading.anew:
            return ask.NOTHING_ANEW, reading.own.names
        # Loops for each row would take long here; what is stored is found by loops alone.
        self._sort_in_memory()
        told, names = self._ask_anew(model, own, reading)
        new = [(name, -len(reading.new) - n) for n, name in enumerate(told.unknown, 1)]
        if self._cover_told(told) or new:  # seldom, so nothing is read for it before
            reading = reading._replace(new=[*reading.new, *new])
            told, names = self._ask_anew(model, own, reading)
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")
        return told, names

    def _ask_anew(self, model, own, reading):
        relations = self._relations_anew(model, reading)
        calendar = self.calendar_id.id
        query = ask.anew(relations, self._finished(), own[0], own[-1], calendar)
        return ask.Anew(*self.env.execute_query(query)[0]), relations.names

    def _cover_told(self, told):
        openings = self.env["process_intelligence.opening"]
        return bool(self.calendar_id and told.first) and openings._cover(
            self.calendar_id, told.first, told.last
        )

    def _beside_usual(self, own, running, found, names):
        usual = _ids(found.path or "")[: const.MINI_STEPS]
        left = usual and policy.left(own, usual, running)
        return {
            "usual": bool(usual)
            and {
                "path": [names.of(id_) for id_ in usual],
                **{"count": found.cases, "of": found.total},
                "share": found.cases / found.total,
            },
            "parts": [
                {
                    "activity": names.of(part.activity),
                    "kind": part.kind if usual else "kept",
                    "step": False if part.step is None else part.step,
                    "stands": running and part.step == len(own) - 1,
                }
                for part in policy.parts(own, usual or own, running)
            ],
            "left": bool(left)
            and {side: names.of(id_) or False for side, id_ in left._asdict().items()},
        }

    def _stands(self, last, moment, found, names):
        _path, activity, since, _who, _seconds, _open, open_since = last
        in_business = bool(self.calendar_id)
        waited = max(0.0, (moment - since).total_seconds())
        counted = open_since if in_business else waited
        enough = found.moves >= const.LEAST_STEP_HISTORY
        return {
            **{"activity": names.of(activity), "since": _iso(since)},
            "waited_seconds": _rounded(waited),
            "business_waited_seconds": _rounded(open_since),
            "longer_than": enough and policy.longer_than(counted, found.quantiles),
            "median_seconds": enough and _rounded(found.quantiles[49]),
            "limit_seconds": enough and _rounded(found.quantiles[94]),
            "history": found.moves,
            "next": names.of(found.next_activity) or False,
            "probability": found.times / found.moves if found.moves else 0.0,
        }


def _ids(path):
    return [int(id_) for id_ in path.strip(",").split(",") if id_]


def _step(row, names):
    _path, activity, at, resource, seconds, open_seconds, _since = row
    return {
        **{"activity": names.of(activity), "at": _iso(at)},
        "resource": resource or False,
        "seconds": _rounded(seconds),
        "business_seconds": _rounded(open_seconds),
    }
