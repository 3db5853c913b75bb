"""Monthly recurring revenue."""

from decimal import Decimal as D

import pytest

from odoo.addons.saas_risk.policies.mrr import monthly_revenue, total_in


@pytest.mark.parametrize(
    ("price", "seats", "period", "digits", "expected"),
    [
        ("49", 10, "month", 2, "490.00"),
        ("49.99", 3, "month", 2, "149.97"),
        ("1200", 5, "year", 2, "500.00"),
        ("100", 1, "year", 2, "8.33"),
        ("100", 7, "year", 2, "58.33"),
        ("0.06", 1, "year", 2, "0.01"),  # half up
        ("1000", 1, "year", 0, "83"),
        ("10", 1, "year", 3, "0.833"),
        ("0", 10, "month", 2, "0.00"),
        ("49", 0, "month", 2, "0.00"),
    ],
)
def test_a_month_of_revenue(price, seats, period, digits, expected):
    got = monthly_revenue(price=D(price), seats=seats, period=period, digits=digits)
    assert got == D(expected)
    assert -got.as_tuple().exponent == digits


@pytest.mark.parametrize(
    ("price", "seats", "period"),
    [("1", 1, "week"), ("-1", 1, "month"), ("1", -1, "month")],
)
def test_nonsense_is_refused(price, seats, period):
    with pytest.raises(ValueError):
        monthly_revenue(price=D(price), seats=seats, period=period)


def test_a_total_rounds_each_amount_as_a_person_reading_the_list_would():
    assert total_in([(D("10.005"), D(1)), (D("10.005"), D(1))]) == D("20.02")


def test_a_total_converts_currencies():
    assert total_in([(D("100"), D("0.9")), (D("50"), D("1"))]) == D("140.00")


def test_nothing_adds_up_to_nothing():
    assert total_in([]) == 0
