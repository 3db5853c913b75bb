import pytest

from odoo.addons.event_hub.policies import attribute_match as match

ATTRIBUTES = {
    "tier": "strategic",
    "failures": 3,
    "mrr": 950.5,
    "late": True,
    "plan": {"code": "pro"},
    "note": None,
}


@pytest.mark.parametrize(
    ("path", "operator", "operand", "expected"),
    [
        ("tier", "=", "strategic", True), ("tier", "!=", "strategic", False),
        ("tier", "in", ["growth", "strategic"], True),
        ("tier", "not in", ["growth"], True), ("failures", ">=", 3, True), ("failures", ">", 3, False),
        ("failures", "<", 4, True), ("failures", "<=", 2, False), ("mrr", ">", 900, True),
        ("tier", "ilike", "STRAT", True),
        ("tier", "like", "STRAT", False), ("tier", "not ilike", "x", True), ("plan.code", "=", "pro", True),
        ("plan.code.deep", "=", "pro", False), ("missing", "=", False, True), ("missing", "!=", False, False),
        ("note", "=", False, True), ("note", "ilike", "x", False), ("late", "=", True, True),
        ("failures", "=", True, False),
        ("tier", ">", 3, False), ("late", ">", 0, False), ("missing", "<", 3, False), ("missing", "in", [False], True),
    ],
)  # fmt: skip
def test_conditions_on_attributes(path, operator, operand, expected):
    value = match.value_at(ATTRIBUTES, match.PREFIX + path)
    assert match.holds(value, operator, operand) is expected


def test_an_event_without_attributes_has_no_values():
    assert match.value_at(None, "attributes.tier") is None


def test_an_unknown_operator_is_refused():
    with pytest.raises(ValueError, match="child_of"):
        match.holds(1, "child_of", 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("attributes.tier", True),
        ("attributes.", False),
        ("attributes", False),
        ("type", False),
    ],
)
def test_attribute_paths_are_told_from_fields(path, expected):
    assert match.is_attribute(path) is expected
