"""Monthly recurring revenue.

MRR = list price x seats, a yearly price divided by 12, rounded half up to the
currency's smallest unit, per subscription (so that sums over subscriptions
equal what a person adds up from the list).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

MONTH = "month"
YEAR = "year"
MONTHS = {MONTH: Decimal(1), YEAR: Decimal(12)}


def monthly_revenue(
    *, price: Decimal, seats: int, period: str, digits: int = 2
) -> Decimal:
    """:param price: per seat and period, major units
    :param digits: decimals of the currency (0 for JPY, 2 for EUR, 3 for KWD)
    :raises ValueError: unknown period, or negative price or seats
    """
    if period not in MONTHS:
        raise ValueError(f"unknown period {period!r}, expected one of {sorted(MONTHS)}")
    if price < 0 or seats < 0:
        raise ValueError("price and seats cannot be negative")
    return round_amount(price * seats / MONTHS[period], digits)


def round_amount(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def total_in(amounts: Iterable[tuple[Decimal, Decimal]], digits: int = 2) -> Decimal:
    """Sum (amount, rate to the wanted currency) pairs, each rounded before summing."""
    return sum(
        (round_amount(amount * rate, digits) for amount, rate in amounts), Decimal(0)
    )
