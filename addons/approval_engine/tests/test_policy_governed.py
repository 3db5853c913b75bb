import pytest

from odoo.addons.approval_engine.policies import governed


def rule(**values):
    return governed.Rule("governed:1", "Large", "x.order", "refund", **values)


@pytest.mark.parametrize(
    "model",
    [
        "ir.model",
        "ir.cron",
        "res.users",
        "res.users.apikeys",
        "res.groups",
        "approval_engine.request",
        "event_hub.event",
        "base",
        "base.automation",
        "mail.message",
        "bus.bus",
    ],
)
def test_what_would_lock_everybody_out_is_never_governed(model):
    assert governed.is_never(model)


@pytest.mark.parametrize(
    "model", ["res.partner", "sale.order", "saas_risk.plan", "irrigation.x", "basement"]
)
def test_business_models_can_be_governed(model):
    assert not governed.is_never(model)


@pytest.mark.parametrize(
    ("kind", "store", "inherited", "has_inverse", "problem"),
    [
        ("char", True, False, False, None),
        ("monetary", True, False, False, None),
        ("one2many", False, False, True, None),
        ("one2many", False, False, False, governed.UNSTORED),
        ("char", False, False, False, governed.UNSTORED),
        ("char", True, True, False, governed.UNSTORED),
        ("many2many", True, False, False, governed.TWO_SIDED),
        ("binary", True, False, False, governed.NOT_A_VALUE),
        ("properties", True, False, False, governed.NOT_A_VALUE),
        ("many2one_reference", True, False, False, governed.NOT_A_VALUE),
    ],
)
def test_which_fields_can_be_held(kind, store, inherited, has_inverse, problem):
    found = governed.field_problem(
        kind=kind, store=store, inherited=inherited, has_inverse=has_inverse
    )
    assert found == problem


def test_only_held_fields_are_touched_and_only_where_changing_is_held():
    held = rule(writes=True, fields=("amount", "state"))
    assert held.touched({"amount": 1, "note": "x"}) == {"amount"}
    assert not held.touched(["note"])
    assert not rule(fields=("amount",)).touched(["amount"])


def test_a_rule_that_holds_becoming_looks_at_the_fields_of_its_condition():
    held = rule(enters=True, domain_fields=frozenset({"state"}))
    assert held.may_enter(["state", "note"])
    assert not held.may_enter(["note"])
    assert not rule(domain_fields=frozenset({"state"})).may_enter(["state"])


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ([], set()),
        ([("amount", ">", 1)], {"amount"}),
        (
            ["|", ("partner_id.country_id", "=", 1), ["state", "=", "x"]],
            {"partner_id", "state"},
        ),
    ],
)
def test_the_fields_of_a_condition(domain, names):
    assert governed.domain_fields(domain) == names


def test_gates_are_by_model_and_lines_know_their_parents():
    held = rule(
        writes=True,
        fields=("line_ids", "total"),
        lines={"line_ids": ("price",)},
        computed=frozenset({"total"}),
        methods=frozenset({"action_confirm"}),
    )
    lines = governed.Lines(held, "line_ids", "order_id", frozenset({"price"}))
    found = governed.gates([held], [("x.line", lines)])
    assert set(found) == {"x.order", "x.line"}
    assert found["x.order"].methods == {"action_confirm"}
    assert found["x.order"].watched == {"total"}
    assert found["x.line"].lines == (lines,)
    assert not found["x.line"].watched


def test_nothing_governed_is_no_gate_at_all():
    assert governed.gates([], []) == {}
