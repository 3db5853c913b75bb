from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from odoo.addons.approval_engine.policies import retention
from odoo.addons.approval_engine.policies.integrity import GENESIS
from odoo.addons.approval_engine.policies.retention import (
    BACK,
    NUMBER,
    TOO_EARLY,
    UNSEALED,
    WRITTEN,
    Checkpoint,
    Facts,
    checkpoint_hash,
    cutoff,
    entries_digest,
    find_problems,
)

NOW = datetime(2026, 11, 22, 3, 0, 0)
ENTRIES = [(1, "a" * 64, 7), (2, "b" * 64, 7)]


def hashed(one):
    return replace(one, hash=checkpoint_hash(one))


FIRST = hashed(
    Checkpoint(
        1,
        NOW,
        NOW - timedelta(days=730),
        3,
        requests=1,
        decisions=2,
        last_sequence=5,
        last_hash="c" * 64,
        digest=entries_digest(ENTRIES),
    )
)
FACTS = Facts(FIRST.digest, 2, FIRST.hash, NOW, 6, "c" * 64)


def why(one=FIRST, facts=FACTS, now=NOW):
    found = find_problems([one], {one.number: facts}, now)
    return found[0][1] if found else ""


def test_a_checkpoint_as_it_was_written_holds():
    assert why() == ""
    assert why(now=NOW + timedelta(days=900)) == ""


@pytest.mark.parametrize(
    "field, value",
    [
        ("made_at", NOW - timedelta(days=1)),
        ("cutoff", NOW - timedelta(days=900)),
        ("company_id", 4),
        ("requests", 2),
        ("decisions", 1),
        ("last_sequence", 4),
        ("last_hash", "d" * 64),
        ("digest", "e" * 64),
        ("hash", "f" * 64),
    ],
)
def test_any_change_of_its_row_is_found(field, value):
    changed = replace(FIRST, **{field: value})
    assert why(changed) == WRITTEN
    if field != "hash":
        assert why(hashed(changed)) != "", "rehashed, it is not what the seal covers"


@pytest.mark.parametrize(
    "facts, expected",
    [
        ({"digest": "0" * 64}, WRITTEN),
        ({"entries": 3}, WRITTEN),
        ({"sealed_hash": None, "sealed_at": None}, UNSEALED),
        ({"sealed_hash": "0" * 64}, UNSEALED),
        ({"sealed_at": NOW - timedelta(seconds=1)}, UNSEALED),
        ({"sealed_sequence": 9}, UNSEALED),
        ({"last_hash": "0" * 64}, UNSEALED),
        ({"last_hash": None}, UNSEALED),
        ({"too_early": 1}, TOO_EARLY),
        ({"back": 1}, BACK),
    ],
)
def test_what_does_not_fit_around_it_is_found(facts, expected):
    assert why(facts=replace(FACTS, **facts)) == expected


def test_one_sealed_ahead_of_time_is_found():
    assert why(now=NOW - timedelta(seconds=1)) == UNSEALED


def test_one_that_takes_away_what_is_younger_than_a_year_is_found():
    young = hashed(replace(FIRST, cutoff=NOW - timedelta(days=364)))
    assert why(young, replace(FACTS, sealed_hash=young.hash)) == TOO_EARLY
    fine = hashed(replace(FIRST, cutoff=NOW - timedelta(days=365)))
    assert why(fine, replace(FACTS, sealed_hash=fine.hash)) == ""


def test_a_gap_or_a_double_is_found():
    second = hashed(replace(FIRST, number=3))
    assert why(second, replace(FACTS, sealed_hash=second.hash)) == NUMBER


def test_the_first_of_all_seals_may_be_that_of_a_checkpoint_without_decisions():
    bare = hashed(
        replace(
            FIRST,
            decisions=0,
            digest=entries_digest([]),
            last_sequence=0,
            last_hash=GENESIS,
        )
    )
    facts = Facts(bare.digest, 0, bare.hash, NOW, 1, None)
    assert why(bare, facts) == ""


def test_the_digest_tells_order_and_each_value():
    others = [ENTRIES[::-1], ENTRIES[:1], [(1, "a" * 64, 8), ENTRIES[1]], []]
    assert len({entries_digest(one) for one in [ENTRIES, *others]}) == 5


@pytest.mark.parametrize(
    "years, window, expected",
    [
        (0, 0, None),
        (-1, 0, None),
        (1, 0, NOW - timedelta(days=365)),
        (7, 30, NOW - timedelta(days=2555)),
        (1, 366, NOW - timedelta(days=367)),
    ],
)
def test_what_is_kept_how_long(years, window, expected):
    assert cutoff(NOW, years, window) == expected


def test_a_year_is_the_least():
    assert retention.MIN_YEARS == 1
