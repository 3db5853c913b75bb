"""Two hundred random logs against the oracles: map, statistics, ways, rework and handovers. About a minute."""

import csv
import io
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from . import oracle
from .common_compared import ComparedCase

ODD = [
    "Prüfen",
    "確認",
    "ok 😀",
    'say "no", then',
    "  tab\there",
    "=1+1",
    "a,b;c|d",
    "%s %%",
]
NAMES = [*ODD, *(f"step {n}" for n in range(292))]
CASES = ["A", "ä", "案件", "C,1", 'D"', "😀", "%", "G 7"]
WHO = ["ann", "bob", "Zoë", ""]
#: Minutes after the first moment: many at the same time, some a second apart, some years later.
MOMENTS = [0, 0, 0, 1, 1 / 60, 5, 60, 1439, 100_000, 2_000_000]

events = st.lists(
    st.tuples(
        st.integers(0, len(CASES) - 1),
        st.integers(0, len(NAMES) - 1),
        st.sampled_from(MOMENTS),
        st.integers(0, len(WHO) - 1),
        st.sampled_from([1, 1, 1, 2]),  # told twice
    ),
    min_size=1,
    max_size=60,
)
EVERY_NAME = [(n % 8, n, n // 9, n % 4, 1) for n in range(300)]
SINGLE = [(n, 3, 5, 0, 1) for n in range(8)]


def told(drawn, width):
    return [
        (
            CASES[case],
            NAMES[name % width].strip(),
            datetime(2024, 2, 28, 23, 50) + timedelta(minutes=minutes),
            {"who": WHO[who]},
        )
        for case, name, minutes, who, times in drawn
        for _time in range(times)
    ]


def as_csv(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "who"])
    writer.writerows((c, n, at.isoformat(), facts["who"]) for c, n, at, facts in rows)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestManyLogs(ComparedCase):
    def test_two_hundred_random_logs_give_the_oracles_figures(self):
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(events, events, st.sampled_from([1, 3, 8, 300]))
        @example(EVERY_NAME, SINGLE, 300)
        @example(SINGLE, SINGLE[:1], 1)
        def check(first, late, width):
            first, late = told(first, width), told(late, width)
            definition = self.define(as_csv(first), resource="who")
            self.settle()
            # Late events: some cases are stale now, the others are as they were stored.
            self.load(definition, as_csv(late) + "\n", resource="who")
            cases = oracle.traces(first + late)
            self.compare(definition, cases)
            self.settle()
            self.compare(definition, cases)

        check()
