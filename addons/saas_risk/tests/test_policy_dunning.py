"""What a tier's policy asks for, and which subscription a payment is about."""

from datetime import date
from decimal import Decimal

import pytest

from odoo.addons.saas_risk.policies import dunning
from odoo.addons.saas_risk.policies.dunning import (
    Candidate,
    Terms,
    choose_subscription,
    decide,
)

TODAY = date(2026, 2, 25)
STRATEGIC = Terms("strategic", 3, dunning.APPROVAL, 14)
STANDARD = Terms("standard", 3, dunning.GRACE, 7)
IMPATIENT = Terms("growth", 1, dunning.GRACE, 0)


@pytest.mark.parametrize(
    ("terms", "failures", "unpaid", "action", "reason", "until"),
    [
        (STRATEGIC, 0, True, dunning.WAIT, "below_threshold", None),
        (STRATEGIC, 2, True, dunning.WAIT, "below_threshold", None),
        (STRATEGIC, 3, True, dunning.ASK, "threshold_reached", None),
        (STRATEGIC, 9, True, dunning.ASK, "threshold_reached", None),
        (STRATEGIC, 3, False, dunning.WAIT, "paid", None),
        (STANDARD, 2, True, dunning.WAIT, "below_threshold", None),
        (STANDARD, 3, True, dunning.GRANT_GRACE, "threshold_reached", date(2026, 3, 4)),
        (STANDARD, 3, False, dunning.WAIT, "paid", None),
        (IMPATIENT, 1, True, dunning.GRANT_GRACE, "threshold_reached", TODAY),
        (None, 9, True, dunning.WAIT, "no_policy", None),
    ],
)
def test_a_policy_decides(terms, failures, unpaid, action, reason, until):
    decision = decide(today=TODAY, failures=failures, unpaid=unpaid, terms=terms)
    assert (decision.action, decision.reason, decision.grace_until) == (
        action,
        reason,
        until,
    )


@pytest.mark.parametrize(
    ("failures", "terms", "reached"),
    [(2, STANDARD, False), (3, STANDARD, True), (4, STANDARD, True), (99, None, False)],
)
def test_the_threshold_is_the_tiers(failures, terms, reached):
    assert dunning.reaches_threshold(failures, terms) is reached


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([], None),
        ([(1, False, "100")], None),
        ([(1, True, "0")], 1),
        ([(1, False, "900"), (2, True, "10")], 2),
        ([(1, True, "10"), (2, True, "900"), (3, True, "30")], 2),
        ([(5, True, "10"), (2, True, "10")], 2),  # the older of equals
    ],
)
def test_a_payment_without_subscription_is_about_the_largest_living_one(
    candidates, chosen
):
    rows = [Candidate(id, alive, Decimal(mrr)) for id, alive, mrr in candidates]
    assert choose_subscription(rows) == chosen
