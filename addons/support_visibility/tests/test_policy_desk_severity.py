import itertools

import pytest

from odoo.addons.support_visibility.policies.desk.severity import (
    CONFIRMED,
    UNCONFIRMED,
    may_change,
    standing,
)


@pytest.mark.parametrize(
    ("severity", "may_confirm", "expected"),
    [
        ("1", False, UNCONFIRMED),
        ("2", False, UNCONFIRMED),
        ("1", True, CONFIRMED),
        ("2", True, CONFIRMED),
        *((mild, may, None) for mild in ("3", "4", None) for may in (False, True)),
    ],
)
def test_a_grave_severity_stands_on_somebodys_word(severity, may_confirm, expected):
    assert standing(severity, may_confirm) == expected


@pytest.mark.parametrize(
    ("stands", "may_confirm"),
    list(itertools.product((None, UNCONFIRMED, CONFIRMED), (False, True))),
)
def test_only_what_was_confirmed_is_kept_from_others(stands, may_confirm):
    assert may_change(stands, may_confirm) is (
        (stands, may_confirm) != (CONFIRMED, False)
    )
