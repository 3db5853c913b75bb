from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import comparing
from ..tools import compare_words
from ..tools import questions_compare as ask


class ProcessIntelligenceAskingCompare(models.AbstractModel):
    """Two slices of a process side by side: segments, periods, teams."""

    _name = "process_intelligence.asking_compare"
    _inherit = ["process_intelligence.asking_work"]
    _description = "Slices of a Process Compared"

    @takes(filters=MAYBE_OBJECT, other=MAYBE_OBJECT)
    def compare(self, filters=None, other=None):
        """What the cases that pass ``filters`` (one) do otherwise than those that pass ``other`` (two).

        Shares of cases are tested by Fisher's exact test, or by the z-test where both margins are large; durations
        by Mann and Whitney's test over the exact ranks of all values, one for each case: its first such move. All
        tests of one answer are adjusted together (Benjamini and Hochberg). A difference ``differs`` when its
        adjusted p is below 0.05 and each slice has at least ``least`` observations; with fewer nothing is tested
        and p is false. Cases of both slices are in the figures of both; in tests they count in the smaller slice,
        so that a slice can be compared with everything. Throughput is that of finished cases.

        :param filters, other: see ``policies/filters.py``; without any: every case
        :return: ``{"cases": {"one", "two"}, "shared_cases", "tested_cases": {"one", "two"}, "least", "tests",
            "throughput": {"cases", "median_seconds", "time_test"}, "activities": [{"name", "count", "cases", "share",
            "share_test"}], "transitions": [{"source", "target", "count", "cases", "share", "median_seconds",
            "share_test", "time_test"}], "sentences": [text]}``; figures are ``{"one", "two"}``, shares from 0 to 1
            of the slice's cases, medians in seconds or false; a test is ``{"p", "adjusted_p", "differs", "effect",
            "sentence" (false where nothing differs)}``; the effect is Cohen's h of shares and rank-biserial of
            durations, positive where one is above two. What differs most comes first
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        one, two = definition._parsed(filters), definition._parsed(other)
        return definition._compared(one, two, definition._relations())

    def _compared(self, one, two, relations, within=None):
        """:param within: condition on cases: others are left out of both slices"""
        within, finished = within or SQL("TRUE"), self._finished()
        self._take_memory()
        [row] = self._answer(
            ask.sizes(relations, one, two, within, finished), relations
        )
        sizes = comparing.Sizes(*row)
        shared = comparing.shared_in_one(sizes)
        rows = self._answer(ask.moves(relations, one, two, within, shared), relations)
        [lengths] = self._answer(
            ask.lengths(relations, one, two, within, finished, shared), relations
        )
        names = relations.names
        answer = comparing.compared(
            sizes,
            (
                comparing.Move(names.of(row[0]), names.of(row[1]), *row[2:])
                for row in rows
            ),
            comparing.Lengths(*lengths),
        )
        return self._worded(answer)

    def _worded(self, answer):
        rows = [answer["throughput"], *answer["activities"], *answer["transitions"]]
        told = []
        for row in rows:
            for kind in ("share_test", "time_test"):
                if kind not in row:
                    continue
                differs = row[kind]["differs"]
                sentence = differs and compare_words.of(self.env, kind, row)
                row[kind]["sentence"] = sentence
                if sentence:
                    told.append((-abs(row[kind]["effect"]), sentence))
        told.sort()
        answer["sentences"] = [sentence for _effect, sentence in told]
        return answer
