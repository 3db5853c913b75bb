"""States of a subscription: every source against every target."""

import itertools

import pytest

from odoo.addons.saas_risk.policies import subscription as states
from odoo.addons.saas_risk.policies.subscription import (
    refuse_transition,
    state_after_failure,
    state_after_payment,
)

ALLOWED = {
    ("draft", "active"),
    ("draft", "cancelled"),
    ("active", "past_due"),
    ("active", "cancelled"),
    ("past_due", "active"),
    ("past_due", "grace"),
    ("past_due", "suspended"),
    ("past_due", "cancelled"),
    ("grace", "active"),
    ("grace", "past_due"),
    ("grace", "suspended"),
    ("grace", "cancelled"),
    ("suspended", "active"),
    ("suspended", "grace"),
    ("suspended", "cancelled"),
}


@pytest.mark.parametrize(
    ("source", "target"), itertools.product(states.STATES, states.STATES)
)
def test_only_listed_moves_are_allowed(source, target):
    assert (refuse_transition(source, target) is None) == ((source, target) in ALLOWED)


def test_cancelled_is_final_and_says_so():
    assert refuse_transition("cancelled", "active") == "final_state"


def test_a_state_nobody_knows_is_refused():
    assert refuse_transition("active", "approved") == "unknown_state"


@pytest.mark.parametrize("state", states.STATES)
def test_a_failure_moves_only_an_active_subscription(state):
    assert state_after_failure(state) == ("past_due" if state == "active" else state)


@pytest.mark.parametrize(
    ("state", "others_unpaid", "suspended_for_paid", "after"),
    [
        ("past_due", False, False, "active"),
        ("past_due", True, False, "past_due"),
        ("grace", False, False, "active"),
        ("grace", True, False, "grace"),
        ("suspended", False, True, "active"),
        ("suspended", False, False, "suspended"),
        ("suspended", True, True, "suspended"),
        ("active", False, False, "active"),
        ("draft", False, True, "draft"),
        ("cancelled", False, True, "cancelled"),
    ],
)
def test_a_payment_brings_back_what_it_can(
    state, others_unpaid, suspended_for_paid, after
):
    assert after == state_after_payment(
        state, others_unpaid=others_unpaid, suspended_for_paid=suspended_for_paid
    )


@pytest.mark.parametrize("others", [True, False])
@pytest.mark.parametrize("for_paid", [True, False])
@pytest.mark.parametrize("state", states.STATES)
def test_a_payment_never_makes_a_forbidden_move(state, others, for_paid):
    after = state_after_payment(
        state, others_unpaid=others, suspended_for_paid=for_paid
    )
    assert after == state or refuse_transition(state, after) is None
