from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import adherence
from odoo.addons.approval_engine.policies.adherence import (
    ENDED,
    FORGED,
    LATER,
    NEVER,
    OTHER,
    REJECTED_,
    WAITING,
    Approval,
    Document,
    Verdict,
    judge,
    share,
)
from odoo.addons.approval_engine.policies.governed import Rule

DRAFT = {"amount": "5000.00", "state": "draft"}
SALE = {"amount": "5000.00", "state": "sale"}
NINE, TEN, ELEVEN = (datetime(2026, 11, 2, hour) for hour in (9, 10, 11))
BUTTON = Approval(
    7, "executed", "action_confirm", TEN, before=DRAFT, approved=DRAFT, result=SALE
)


def one(approval, document=None, stages=("state",)):
    return judge(document or Document(1, SALE), [approval] if approval else [], stages)


@pytest.mark.parametrize(
    "approval, expected",
    [
        (BUTTON, Verdict("", 7)),
        (None, Verdict(NEVER)),
        (replace(BUTTON, state="approved", result=None), Verdict("", 7)),
        (replace(BUTTON, result=None), Verdict("", 7)),
        (replace(BUTTON, state="draft"), Verdict(WAITING, 7)),
        (replace(BUTTON, state="pending"), Verdict(WAITING, 7)),
        (replace(BUTTON, state="rejected"), Verdict(REJECTED_, 7)),
        (replace(BUTTON, state="recalled"), Verdict(ENDED, 7)),
        (replace(BUTTON, state="expired"), Verdict(ENDED, 7)),
        (replace(BUTTON, state="lapsed"), Verdict(ENDED, 7)),
        (replace(BUTTON, state="failed"), Verdict(ENDED, 7)),
        (replace(BUTTON, whole=False), Verdict(FORGED, 7)),
        (replace(BUTTON, before=SALE, approved=SALE), Verdict(LATER, 7)),
        (replace(BUTTON, result={**SALE, "amount": "9.00"}), Verdict(OTHER, 7)),
        (
            replace(BUTTON, approved={**DRAFT, "amount": "9.00"}, result=None),
            Verdict(OTHER, 7),
        ),
    ],
)
def test_a_document_is_judged_by_what_it_is_and_what_was_approved(approval, expected):
    assert one(approval) == expected


@pytest.mark.parametrize(
    "since, expected",
    [
        (NINE, LATER),
        (TEN, ""),
        (ELEVEN, ""),
        (date(2026, 11, 1), LATER),
        (date(2026, 11, 2), ""),
        (date(2026, 11, 3), ""),
    ],
)
def test_an_approval_after_it_came_into_force_came_later(since, expected):
    assert one(BUTTON, Document(1, SALE, since)).why == expected


def test_where_the_moment_is_known_what_it_looked_like_when_asked_does_not_count():
    asked_in_force = replace(BUTTON, before=SALE, approved=SALE)
    assert one(asked_in_force, Document(1, SALE, ELEVEN)).why == ""


def test_without_a_field_that_tells_all_of_the_content_is_compared():
    assert one(BUTTON, stages=()).why == ""
    assert one(replace(BUTTON, result=None), stages=()).why == OTHER


def test_an_approved_change_of_what_was_approved_before_is_fine():
    more = {**SALE, "amount": "7000.00"}
    change = Approval(9, "executed", "write", ELEVEN, before=SALE, approved=more)
    found = judge(Document(1, more), [change, BUTTON], ("state",))
    assert found == Verdict("", 9)


def test_an_approved_change_does_not_heal_what_was_in_force_before():
    more = {**SALE, "amount": "7000.00"}
    change = Approval(9, "executed", "write", ELEVEN, before=SALE, approved=more)
    assert judge(Document(1, more), [change], ("state",)) == Verdict(LATER, 9)


def test_a_birth_is_approved_before_there_is_anything():
    birth = Approval(3, "executed", "create", TEN, approved=SALE, result=SALE)
    assert one(birth) == Verdict("", 3)
    assert one(birth, Document(1, SALE, NINE)) == Verdict("", 3)
    assert one(birth, Document(1, DRAFT | {"amount": "1"})) == Verdict(OTHER, 3)


def test_a_later_rejection_takes_no_approval_away():
    rejected = Approval(9, "rejected", "write", ELEVEN, before=SALE)
    assert judge(Document(1, SALE), [rejected, BUTTON], ("state",)) == Verdict("", 7)


@given(st.permutations(range(4)), st.sampled_from([None, NINE, ELEVEN]))
def test_the_order_in_which_requests_are_given_does_not_matter(order, since):
    several = [
        BUTTON,
        replace(BUTTON, id=8, state="rejected"),
        replace(BUTTON, id=9, whole=False),
        replace(BUTTON, id=10, decided_at=ELEVEN, result=DRAFT | {"amount": "1"}),
    ]
    document = Document(1, SALE, since)
    expected = judge(document, several, ("state",))
    assert judge(document, [several[n] for n in order], ("state",)) == expected


def test_nothing_has_no_share():
    assert share(0, 0) is None
    assert (share(0, 4), share(3, 4), share(4, 4)) == (0.0, 0.75, 1.0)


def test_each_reason_is_one_of_those_named():
    assert len(set(adherence.WHYS)) == 7


STATES = ("draft", "sent", "sale", "done", "cancel")


@pytest.mark.parametrize(
    "values, states, kind, domain",
    [
        (
            {"in_force": (("day", "!=", False),)},
            STATES,
            "said",
            (("day", "!=", False),),
        ),
        ({"in_force": (), "creates": True}, STATES, "said", ()),
        ({"creates": True}, STATES, "born", ()),
        ({"enters": True}, STATES, "entered", ()),
        (
            {"methods": frozenset({"action_confirm"})},
            STATES,
            "state",
            (("state", "in", ["done", "sale"]),),
        ),
        ({"writes": True}, (), "changed", ()),
        ({"writes": True}, ("draft", "cancel"), "changed", ()),
        ({"writes": True}, ("red", "blue"), "changed", ()),
        ({"methods": frozenset({"action_confirm"})}, (), "changed", ()),
        ({"deletes": True}, (), "nothing", ()),
    ],
)
def test_which_records_should_have_an_approval(values, states, kind, domain):
    rule = Rule("governed:1", "Orders", "toy.order", "toy", **values)
    found = adherence.population(rule, states)
    assert (found.kind, found.domain) == (kind, domain)
