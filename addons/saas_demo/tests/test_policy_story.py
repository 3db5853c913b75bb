import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from odoo.addons.saas_demo.policies import story
from odoo.addons.saas_demo.policies.story.telling import is_decided

MOMENTS = [
    datetime(2026, 11, 21, 14, 5),
    datetime(2028, 2, 29, 0, 1),
    datetime(2027, 1, 1, 23, 59, 59),
]


@pytest.fixture(params=MOMENTS, ids=str)
def now(request):
    return request.param


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def told(now):
    return story.tell(now)


@pytest.fixture
def parts(told):
    return list(story.tell_in_order(told))


def test_the_same_moment_tells_the_same_story(now):
    assert story.tell(now) == story.tell(now)


def test_there_are_forty_accounts_and_the_first_five_are_strategic(told):
    assert [account.code for account in told.accounts] == [
        f"ACC-{n:03d}" for n in range(1, 41)
    ]
    assert [account.tier for account in told.accounts[:5]] == ["strategic"] * 5
    tiers = Counter(account.tier for account in told.accounts)
    assert tiers["strategic"] == 5
    assert tiers["standard"] > tiers["growth"] > 5


def test_names_are_told_once(told):
    assert len({account.name for account in told.accounts}) == 40
    assert len({account.email for account in told.accounts}) == 40


def test_nothing_of_the_past_lies_in_the_future(told, now, parts):
    midnight = datetime.combine(now.date(), datetime.min.time())
    assert all(event.occurred_at < midnight for event in told.events)
    assert all(taken.at < midnight for taken in told.assignments)
    assert all(concession.on < now.date() for concession in told.concessions)
    assert all(letter.received_at < now for letter in told.letters)
    assert all(turn.at < now for turn in parts if isinstance(turn, story.Turn))
    assert all(
        subscription.start_date < now.date() < subscription.renewal_date
        for subscription in told.subscriptions
    )


def test_the_story_fills_the_last_ninety_days(told, now):
    days = {(now - event.occurred_at).days for event in told.events}
    assert max(days) <= 91
    assert all(days & set(range(week, week + 7)) for week in range(0, 84, 7))
    asked = {(now - ask.asked_at).days // 30 for ask in told.asks}
    assert asked == {0, 1, 2}


def test_renewals_are_spread_over_the_year(told, today):
    days = [
        (subscription.renewal_date - today).days for subscription in told.subscriptions
    ]
    assert min(days) < 30
    assert max(days) > 300
    assert len(set(days)) > 30


def test_every_event_has_its_own_identity_and_a_known_account(told):
    assert len({(event.source, event.id) for event in told.events}) == len(told.events)
    codes = {account.code for account in told.accounts}
    assert {event.account for event in told.events} <= codes


def test_no_past_invoice_failed_three_times(told):
    """The third failure is what the Start page shows; the past must not steal it."""
    failed = Counter(
        event.data["invoice"]
        for event in told.events
        if event.type == "billing.payment_failed"
    )
    assert max(failed.values()) == 2


def test_strategic_accounts_but_the_disputing_one_owe_nothing(told):
    strategic = {
        account.code for account in told.accounts if account.tier == "strategic"
    }
    settled = {
        event.data["invoice"]
        for event in told.events
        if event.type == "billing.payment_succeeded"
    }
    owing = {
        event.account
        for event in told.events
        if event.type == "billing.payment_failed"
        and event.data["invoice"] not in settled
    }
    assert owing & strategic == {"ACC-003"}


def test_some_tickets_are_open_and_most_are_solved(told):
    created = {
        event.data["ticket"]
        for event in told.events
        if event.type == "support.ticket_created"
    }
    solved = {
        event.data["ticket"]
        for event in told.events
        if event.type == "support.ticket_updated"
    }
    assert solved < created
    assert 10 <= len(created - solved) < len(solved)


def test_enough_decisions_wait_and_enough_are_made(told):
    """At least three pending of different routes, at least five decisions."""
    pending = [ask for ask in told.asks if _pending(ask)]
    assert len(pending) >= 3
    assert {ask.type for ask in pending} == {"service_credit", "service_continuity"}
    assert any(ask.amount > 1000 for ask in pending)
    assert any(0 < ask.amount <= 1000 for ask in pending)
    assert sum(len(ask.votes) for ask in told.asks) >= 5


def test_nobody_decides_on_their_own_request(told):
    assert all(vote.login != ask.requester for ask in told.asks for vote in ask.votes)


def _pending(ask):
    return not ask.ending and not is_decided(ask)


def test_votes_take_hours_and_keep_the_deadline(told):
    for ask in told.asks:
        moments = [timedelta(0), *(vote.after for vote in ask.votes)]
        assert all(b - a >= timedelta(hours=1) for a, b in pairwise(moments))
        assert moments[-1] < timedelta(hours=48)


def test_requests_ended_in_every_way(told):
    assert {ask.ending.how for ask in told.asks if ask.ending} == {
        "recall",
        "lapse",
        "expire",
    }


def test_three_messages_wait_each_for_its_own_reason(told):
    assert {letter.error_code for letter in told.letters} == {
        "unknown_account",
        "unknown_type",
        "schema",
    }
    known = {account.code for account in told.accounts}
    unknown = [
        letter for letter in told.letters if letter.event["subject"] not in known
    ]
    assert [letter.error_code for letter in unknown] == ["unknown_account"]


def test_the_process_log_reads_as_csv_with_several_ways(told):
    rows = list(csv.DictReader(io.StringIO(told.process_log)))
    cases = {}
    for row in rows:
        cases.setdefault(row["case"], []).append(
            (datetime.fromisoformat(row["timestamp"]), row["activity"])
        )
    assert len(cases) == 60
    assert all(
        steps == sorted(steps, key=lambda step: step[0]) for steps in cases.values()
    )
    assert (
        len({tuple(activity for _, activity in steps) for steps in cases.values()}) >= 3
    )


def test_the_orders_are_a_log_of_objects_that_share_events(told, now):
    log = json.loads(told.order_log)
    kinds = {item["id"]: item["type"] for item in log["objects"]}
    assert set(kinds.values()) == {item["name"] for item in log["objectTypes"]}
    times = [event["time"] for event in log["events"]]
    assert times == sorted(times)
    assert times[-1] < f"{now.isoformat()}Z"
    touched = [
        [kinds[relation["objectId"]] for relation in event["relationships"]]
        for event in log["events"]
    ]
    assert all("order" in found for found in touched)
    assert any(found.count("invoice") > 1 for found in touched)
    assert {event["type"] for event in log["events"]} == {
        item["name"] for item in log["eventTypes"]
    }


def _batches(parts):
    return [part for part in parts if isinstance(part, story.Batch)]


def test_every_event_is_told_once_in_a_batch_of_its_source_and_type(told, parts):
    batches = _batches(parts)
    identities = [event["id"] for batch in batches for event in batch.events]
    assert sorted(identities) == sorted(event.id for event in told.events)
    assert all(
        {event["type"] for event in batch.events} == {batch.type} for batch in batches
    )


def test_a_batch_arrives_after_the_last_it_tells_and_has_an_identity_of_its_own(parts):
    batches = _batches(parts)
    for batch in batches:
        last = max(event["time"] for event in batch.events)
        assert batch.received_at.isoformat() + "Z" > last
    identities = {(batch.type, batch.received_at) for batch in batches}
    assert len(identities) == len(batches)


def test_a_decision_finds_what_was_said_before_it_and_nothing_later(parts):
    """Within a batch the types follow each other; between two turns nothing is out of place."""
    heard = []
    for part in parts:
        if isinstance(part, story.Batch):
            heard += [event["time"] for event in part.events]
        else:
            assert not heard or max(heard) <= part.at.isoformat() + "Z"
    turns = [part.at for part in parts if isinstance(part, story.Turn)]
    assert turns == sorted(turns)


def test_what_is_said_of_an_invoice_or_ticket_is_told_in_its_order(parts):
    said = {}
    for batch in _batches(parts):
        for event in batch.events:
            case = event["data"].get("invoice") or event["data"].get("ticket")
            said.setdefault(case, []).append(event["time"])
    said.pop(None)
    assert all(times == sorted(times) for times in said.values())


def test_what_belongs_to_one_invoice_shares_a_correlation(parts):
    by_invoice = {}
    for batch in _batches(parts):
        for event in batch.events if batch.source == "billing" else ():
            by_invoice.setdefault(event["data"]["invoice"], set()).add(
                event["correlationid"]
            )
    assert all(
        len(found) == 1 and len(min(found)) == 32 for found in by_invoice.values()
    )
