"""Decline codes fall into classes that ask for different next steps."""

import pytest

from odoo.addons.saas_risk.policies.decline import CLASSES, CODES, classify


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("insufficient_funds", "funds"),
        ("expired_card", "card"),
        ("do_not_honor", "bank"),
        ("stolen_card", "fraud"),
        ("processing_error", "technical"),
        ("  Expired_Card ", "card"),
        ("something_new", "other"),
        ("", "other"),
        (None, "other"),
    ],
)
def test_a_code_has_a_class(code, expected):
    assert classify(code) == expected


def test_every_known_code_has_a_known_class():
    assert set(CODES.values()) <= set(CLASSES)
