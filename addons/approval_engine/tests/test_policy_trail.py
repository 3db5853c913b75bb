import pytest

from odoo.addons.approval_engine.policies.trail import (
    CHANGED,
    DELETED,
    MADE,
    OFF,
    ON,
    differences,
    kind,
)

NOW = {"name": "Orders", "active": True, "fields": ["amount"]}


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ({}, NOW, MADE),
        (NOW, {}, DELETED),
        (NOW, NOW, ""),
        ({}, {}, ""),
        (NOW, {**NOW, "active": False}, OFF),
        ({**NOW, "active": False}, NOW, ON),
        (NOW, {**NOW, "active": False, "name": "x"}, OFF),
        (NOW, {**NOW, "fields": []}, CHANGED),
    ],
)
def test_what_happened(old, new, expected):
    assert kind(old, new) == expected


def test_only_what_differs_is_told_with_both_values():
    assert differences(NOW, {**NOW, "fields": ["amount", "state"]}) == {
        "fields": (["amount"], ["amount", "state"])
    }
    assert differences({}, {"name": "x"}) == {"name": (None, "x")}
