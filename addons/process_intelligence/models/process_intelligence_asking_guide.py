from datetime import timedelta

from odoo import models

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..tools import questions_now, span_words, who_words


class ProcessIntelligenceAskingGuide(models.AbstractModel):
    """The findings of a process in whole sentences, each with its number and where it leads."""

    _name = "process_intelligence.asking_guide"
    _inherit = ["process_intelligence.asking_now"]
    _description = "Guide to a Process in Words"

    @takes(filters=MAYBE_OBJECT)
    def guide(self, filters=None):
        """What the process says about itself: where time goes, what is rework, who waits for whom, what changed.

        :return: ``[{"question" (code), "sentence", "number", "link": {"method", "arguments"}}]``; the method is one
            of this model, to be called with the arguments
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        definition._parsed(filters)
        return definition._guide_parts(filters or {})

    def _guide_parts(self, filters):
        """Sentences in order of reading; addons and other parts add theirs."""
        return [
            *self._guide_time(filters),
            *self._guide_rework(filters),
            *self._guide_waits(filters),
            *self._guide_change(filters),
        ]

    def _guide_time(self, filters):
        moves = self.bottlenecks(filters)["moves"]
        if not moves or not moves[0]["lost_seconds"]:
            return []
        worst = moves[0]
        sentence = self.env._(
            "Most time is lost from %(before)s to %(after)s: %(time)s above its usual time, %(share)s%% of all "
            "time lost.",
            before=worst["source"],
            after=worst["target"],
            time=span_words.rough(self.env, worst["lost_seconds"]),
            share=_percent(worst["share"]),
        )
        narrowed = self._also(filters, "follows", [worst["source"], worst["target"]])
        return [_told("time", sentence, worst["lost_seconds"], "open_cases", narrowed)]

    def _guide_rework(self, filters):
        found = self.rework(filters)
        if not found["total_cases"]:
            return []
        if not found["cases"]:
            sentence = self.env._("No case does a step twice.")
        else:
            sentence = self.env._(
                "A step is done again in %(cases)s of %(total)s cases (%(share)s%%), most often %(activity)s "
                "(repeats: %(repeats)s).",
                cases=found["cases"],
                total=found["total_cases"],
                share=_percent(found["share"]),
                activity=found["activities"][0]["name"],
                repeats=found["activities"][0]["repeats"],
            )
        return [_told("rework", sentence, found["cases"], "rework", filters)]

    def _guide_waits(self, filters):
        found = self.handoffs(filters, limit=1)
        if not found["network"]:
            return []
        [most] = found["network"]
        sentences = [
            _told(
                "waits",
                self._waits_sentence(most),
                most["count"],
                "handoffs",
                filters,
            )
        ]
        if found["ping_pong"]["cases"]:
            sentences.append(self._guide_ping_pong(found["ping_pong"], filters))
        return sentences

    def _waits_sentence(self, most):
        facts = {
            "after": who_words.who(self.env, most["target"]),
            "before": who_words.who(self.env, most["source"]),
            "count": most["count"],
            "time": span_words.rough(self.env, most["median_seconds"]),
        }
        if most["count"] == 1:
            return self.env._(
                "%(after)s waits most often for %(before)s: once, for %(time)s.",
                **facts,
            )
        return self.env._(
            "%(after)s waits most often for %(before)s: %(count)s times, usually %(time)s.",
            **facts,
        )

    def _guide_ping_pong(self, found, filters):
        [pair] = found["pairs"]
        facts = {
            "cases": found["cases"],
            "first": who_words.who(self.env, pair["first"]),
            "other": who_words.who(self.env, pair["other"]),
        }
        if found["cases"] == 1:
            sentence = self.env._(
                "One case goes back at once to the one who handed it over, most often between %(first)s and "
                "%(other)s.",
                **facts,
            )
        else:
            sentence = self.env._(
                "%(cases)s cases go back at once to the one who handed them over, most often between %(first)s and "
                "%(other)s.",
                **facts,
            )
        return _told("waits", sentence, found["cases"], "handoffs", filters)

    def _guide_change(self, filters):
        # A period that somebody asked for cuts the months off, so there is nothing to compare.
        if filters.get("period"):
            return []
        relations = self._relations()
        query = questions_now.lately(relations, self._parsed(filters), self._finished())
        rows = self._answer(query, relations)
        if not rows or not rows[0][1] or not rows[0][3]:
            return []
        [[until, cases, seconds, before, seconds_before]] = rows
        time, time_before = span_words.pair(self.env, seconds, seconds_before)
        sentence = self.env._(
            "Cases that ended in the last 30 days: %(cases)s, usually after %(time)s; in the 30 days before: "
            "%(before)s, usually after %(time_before)s.",
            cases=cases,
            time=time,
            before=before,
            time_before=time_before,
        )
        since = until - timedelta(days=30) + timedelta(microseconds=1)
        period = {"mode": "ended", "from": f"{since.isoformat()}Z"}
        return [
            _told(
                "change",
                sentence,
                round(seconds - seconds_before, 6),
                "statistics",
                {**filters, "period": period},
            )
        ]

    def _also(self, filters, key, value):
        return {**filters, key: [*(filters.get(key) or []), value]}


def _told(question, sentence, number, method, filters):
    return {
        "question": question,
        "sentence": sentence,
        "number": number,
        "link": {"method": method, "arguments": {"filters": filters}},
    }


def _percent(share):
    return round(100 * share, 1)
