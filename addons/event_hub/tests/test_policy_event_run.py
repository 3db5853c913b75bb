"""Which rules react, in what batches, as whom, and when a failed run is tried again."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import event_run
from odoo.addons.event_hub.policies.event_run import Person, Rule, Run

RULES = [
    Rule(1, "saas.subscription", "risk.*"),
    Rule(2, "event_hub.event", "*"),
    Rule(3, "res.partner", "risk.*"),
    Rule(4, "saas.subscription", "billing.paid"),
]


@pytest.mark.parametrize(
    ("event_type", "case_model", "expected"),
    [
        ("risk.x", "saas.subscription", [1, 2]),
        ("risk.x", "res.partner", [2, 3]),
        ("billing.paid", "saas.subscription", [2, 4]),
        ("billing.paid", None, [2]),
        ("other", "other", [2]),
    ],
)
def test_rules_hear_types_they_cover_about_their_model(
    event_type, case_model, expected
):
    assert [
        rule.id for rule in event_run.listening(RULES, event_type, case_model)
    ] == expected


@pytest.mark.parametrize(
    ("depth", "loop"), [(0, False), (7, False), (8, True), (30, True)]
)
def test_eight_reactions_in_a_row_are_a_loop(depth, loop):
    assert event_run.is_loop(depth) is loop


def run(number, rule=1, case=1, actor=1, company=1):
    return Run(number, rule, ("m", case), actor, company)


def ids(batches):
    return [[item.id for item in batch] for batch in batches]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], []),
        ([run(1), run(2, case=2), run(3, case=3)], [[1, 2, 3]]),
        ([run(1), run(2, case=2, actor=9), run(3, case=3)], [[1, 3], [2]]),
        ([run(1), run(2, case=2, company=9)], [[1], [2]]),
        # two rules on each event still make two batches
        (
            [run(1), run(2, rule=2), run(3, case=2), run(4, rule=2, case=2)],
            [[1, 3], [2, 4]],
        ),
        # paid, failed again, paid: three reactions in order, as it is one record
        ([run(1, rule=1), run(2, rule=2), run(3, rule=1)], [[1], [2], [3]]),
    ],
)
def test_runs_are_grouped_without_reordering_what_happened_to_one_record(
    runs, expected
):
    assert ids(event_run.batches(runs)) == expected


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 2)), max_size=40
    )
)
def test_grouping_keeps_every_run_once_and_each_records_order(spec):
    runs = [
        run(n, rule=rule, case=case, actor=actor)
        for n, (rule, case, actor) in enumerate(spec)
    ]
    batches = event_run.batches(runs)
    flat = [item for batch in batches for item in batch]
    assert sorted(item.id for item in flat) == [item.id for item in runs]
    assert all(len({item.key for item in batch}) == 1 for batch in batches)
    by_case = defaultdict(list)
    for item in flat:
        by_case[item.case].append(item.id)
    assert all(order == sorted(order) for order in by_case.values())


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, []), (1, []), (2, [[0], [1]]), (3, [[0], [1, 2]]), (5, [[0, 1], [2, 3, 4]])],
)
def test_a_failed_batch_is_halved_until_one_stands_alone(size, expected):
    assert ids(event_run.halves([run(n) for n in range(size)])) == expected


ANNA = Person(1, True, frozenset({1}))
BORIS = Person(2, True, frozenset({1, 2}))
GONE = Person(3, False, frozenset({1, 2}))
HOMELESS = Person(4, True, frozenset())


@pytest.mark.parametrize(
    ("people", "company", "expected"),
    [
        ([ANNA, BORIS], 1, ANNA),
        ([ANNA, BORIS], 2, BORIS),  # the actor does not work for that company
        ([GONE, BORIS], 1, BORIS),
        ([HOMELESS, BORIS], None, BORIS),
        ([None, BORIS], 1, BORIS),
        ([ANNA, None], None, ANNA),
        ([None, None], 1, None),
        ([GONE, HOMELESS], 1, None),
        ([ANNA, GONE], 2, None),
    ],
)
def test_the_actor_acts_else_the_owner_else_nobody(people, company, expected):
    assert event_run.choose_actor(people, company) == expected


@pytest.mark.parametrize(("tries", "ceiling"), [(1, 20), (2, 40), (3, 80), (4, 160)])
def test_backoff_is_full_jitter_under_a_growing_ceiling(tries, ceiling):
    assert event_run.backoff(tries, 0.0) == event_run.BACKOFF_FLOOR
    assert event_run.backoff(tries, 0.5) == timedelta(seconds=ceiling / 2)


@pytest.mark.parametrize("tries", [5, 6, 50])
def test_after_five_tries_it_is_given_up(tries):
    assert event_run.backoff(tries, 0.5) is None


def test_what_is_over_stays_over():
    assert not event_run.TRANSITIONS["done"] and not event_run.TRANSITIONS["skipped"]
    assert event_run.TRANSITIONS["dead"] == {"pending"}
    assert set(event_run.TRANSITIONS) == {state for state, _label in event_run.STATES}
