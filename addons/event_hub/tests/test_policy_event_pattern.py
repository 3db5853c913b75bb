import pytest

from odoo.addons.event_hub.policies import patterns


@pytest.mark.parametrize(
    ("pattern", "event_type", "expected"),
    [
        ("billing.*", "billing.payment_failed", True),
        ("billing.*", "subscription.created", False),
        ("billing.payment_failed", "billing.payment_failed", True),
        ("*", "anything.at_all", True),
        ("billing.*, risk.health_changed", "risk.health_changed", True),
        ("billing.*, risk.health_changed", "risk.health", False),
        ("*.payment_?ailed", "billing.payment_failed", True),
        ("BILLING.*", "billing.x", False),
        ("", "billing.x", False),
        (" , ", "billing.x", False),
    ],
)
def test_a_pattern_covers_types(pattern, event_type, expected):
    assert patterns.matches(pattern, event_type) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("billing.*", None), ("a.b,c.*", None), ("*", None), ("", ""), (" , ", ""), ("a.[bc]", "a.[bc]"), ("A.b", "A.b"),
     ("a b", None), ("a.*, b!", "b!")],
)  # fmt: skip
def test_the_part_that_is_no_pattern_is_named(pattern, expected):
    assert patterns.problem(pattern) == expected
