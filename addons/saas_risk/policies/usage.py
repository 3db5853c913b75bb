"""How usage of the product changes."""

from decimal import Decimal


def change_percent(
    *, recent: Decimal, recent_days: int, baseline: Decimal, baseline_days: int
) -> Decimal | None:
    """Change of the daily mean, recent against baseline, in percent to two decimals.

    :param recent, baseline: sums over the days on which something was reported
    :return: None if there is nothing to compare
    """
    if not recent_days or not baseline_days or not baseline:
        return None
    before = baseline / baseline_days
    return ((recent / recent_days - before) / before * 100).quantize(Decimal("0.01"))
