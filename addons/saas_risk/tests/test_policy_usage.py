"""Usage is compared as daily means."""

from decimal import Decimal as D

import pytest

from odoo.addons.saas_risk.policies.usage import change_percent


@pytest.mark.parametrize(
    ("recent", "recent_days", "baseline", "baseline_days", "expected"),
    [
        ("140", 14, "280", 28, "0.00"),
        ("70", 14, "280", 28, "-50.00"),
        ("0", 14, "280", 28, "-100.00"),
        ("280", 14, "280", 28, "100.00"),
        ("10", 3, "30", 9, "0.00"),  # days without a report do not count
        ("10", 0, "280", 28, None),
        ("10", 14, "0", 0, None),
        ("10", 14, "0", 28, None),
    ],
)
def test_usage_changes_by(recent, recent_days, baseline, baseline_days, expected):
    got = change_percent(
        recent=D(recent),
        recent_days=recent_days,
        baseline=D(baseline),
        baseline_days=baseline_days,
    )
    assert got == (None if expected is None else D(expected))
