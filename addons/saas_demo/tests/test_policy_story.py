import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from odoo.addons.saas_demo.policies import story

DAYS = [date(2026, 11, 21), date(2028, 2, 29), date(2027, 1, 1)]


@pytest.fixture(params=DAYS, ids=str)
def today(request):
    return request.param


@pytest.fixture
def told(today):
    return story.tell(today)


def test_the_same_day_tells_the_same_story(today):
    assert story.tell(today) == story.tell(today)


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


def test_nothing_of_the_past_lies_in_the_future(told, today):
    assert all(
        event.occurred_at
        < datetime.combine(today, datetime.min.time()) + timedelta(days=1)
        for event in told.events
    )
    assert all(concession.on < today for concession in told.concessions)
    assert all(
        subscription.start_date < today < subscription.renewal_date
        for subscription in told.subscriptions
    )


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
    if any(not vote.approve for vote in ask.votes):
        return False
    needed = 2 if ask.type == "service_continuity" or ask.amount > 1000 else 1
    return len(ask.votes) < needed


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


def test_every_event_is_told_in_the_batch_of_its_source_and_type(told):
    batches = story.batches(told.events)
    assert sum(map(len, batches.values())) == len(told.events)
    assert all(
        {event["type"] for event in events} == {type_}
        for (_source, type_), events in batches.items()
    )


def test_an_invoice_is_told_before_what_becomes_of_it(told):
    types = [type_ for _source, type_ in story.batches(told.events)]
    assert types == sorted(types, key=story.TYPES_IN_ORDER.index)


def test_what_belongs_to_one_invoice_shares_a_correlation(told):
    by_invoice = {}
    for (source, _type), events in story.batches(told.events).items():
        for event in events if source == "billing" else ():
            by_invoice.setdefault(event["data"]["invoice"], set()).add(
                event["correlationid"]
            )
    assert all(
        len(found) == 1 and len(min(found)) == 32 for found in by_invoice.values()
    )
