"""The hub under fire: server killed, PostgreSQL crashed, senders that repeat, come late or forge."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from conftest import ROOT
from lib import chaos_plan

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
COUNT = 400
SMALL = 200  # messages of the run on a real server
DEADLINE = 900  # seconds, on a machine that also installs


@pytest.fixture(scope="module")
def plan():
    return chaos_plan.make(7, COUNT, 2, NOW)


@pytest.fixture
def whole(plan):
    """What is there after all went well, and what was acknowledged."""
    true = {shot.webhook_id: "processed" for shot in plan.shots if not shot.forged}
    effects = [(key, f[0], f[2]) for key, f in plan.expected.items()]
    ledger = [(key, *facts) for key, facts in plan.expected.items()]
    found = chaos_plan.Found(true, ledger, effects, effects, sorted(plan.invoices))
    return set(true), found


def verdict(plan, acked, found):
    result = chaos_plan.judge(plan, acked, found)
    return tuple(result[key] for key in ("lost", "double", "forged", "state_equal"))


def test_the_plan_has_its_share_of_each_kind(plan):
    true = [shot for shot in plan.shots if not shot.forged]
    ids = Counter(shot.webhook_id for shot in true)
    assert (len(plan.shots), len(true)) == (COUNT, COUNT - 4)
    assert len(true) - len(plan.expected) == 80
    assert sum(ids.values()) - len(ids) == 40  # the other half has ids of its own
    times = [
        plan.expected[event][1] for event in dict.fromkeys(s.event_id for s in true)
    ]
    assert times != sorted(times)
    assert [kind for _, kind in plan.blows].count("kill") == 2
    assert [kind for _, kind in plan.blows].count("postgres") == 1


def test_the_same_seed_sends_the_same(plan):
    assert chaos_plan.make(7, COUNT, 2, NOW) == plan
    assert chaos_plan.make(8, COUNT, 2, NOW) != plan


def test_a_whole_state_is_judged_whole(plan, whole):
    assert verdict(plan, *whole) == (0, 0, 0, True)


@pytest.mark.parametrize("part", ["ledger", "handled", "reacted"])
def test_what_is_missing_or_there_twice_is_found(plan, whole, part):
    acked, found = whole
    rows = getattr(found, part)
    assert verdict(plan, acked, replace(found, **{part: rows[1:]})) == (1, 0, 0, False)
    twice = replace(found, **{part: [*rows, rows[0]]})
    assert verdict(plan, acked, twice) == (0, 1, 0, False)


def test_an_acknowledged_message_that_is_not_in_the_inbox_is_lost(plan, whole):
    acked, found = whole
    kept = dict(list(found.messages.items())[1:])
    assert verdict(plan, acked, replace(found, messages=kept))[0] == 1


def test_what_nobody_told_is_forged(plan, whole):
    acked, found = whole
    heard = replace(found, messages=found.messages | {"msg_forged_0": "processed"})
    assert verdict(plan, acked, heard)[2] == 1
    told = [*found.ledger, ("forged-0", "CHAOS-01-0", "2026", 1)]
    assert verdict(plan, acked, replace(found, ledger=told))[2:] == (1, False)


def test_another_amount_or_a_parked_message_is_no_equal_state(plan, whole):
    acked, found = whole
    key, invoice, when, amount = found.ledger[0]
    other = [(key, invoice, when, amount + 1), *found.ledger[1:]]
    assert verdict(plan, acked, replace(found, ledger=other)) == (0, 0, 0, False)
    parked = found.messages | {next(iter(acked)): "parked"}
    assert verdict(plan, acked, replace(found, messages=parked)) == (0, 0, 0, False)


def test_nothing_is_lost_or_done_twice_when_server_and_database_are_killed():
    command = [sys.executable, ROOT / "scripts", "chaos", "hub", "--n", str(SMALL)]
    done = subprocess.run(
        [*map(str, command), "--kills", "1"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    line = json.loads(done.stdout.splitlines()[-1])
    faults = (line["lost"], line["double"], line["forged"])
    assert (*faults, line["state_equal"], line["ok"]) == (0, 0, 0, True, True)
    assert (line["kills"], line["postgres_restarts"]) == (1, 1)
    assert line["acked"] == SMALL - SMALL // 100
