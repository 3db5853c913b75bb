"""A decision nobody takes: the running server closes it by itself when its time is over."""

import time
import uuid
from datetime import datetime

import pytest
from street import Refused, eventually

pytest_plugins = ["street_fixtures"]

REQUEST = "approval_engine.request"
SECONDS_TO_DECIDE = 4
PATIENCE = 8  # far below the minute after which Odoo looks at its jobs again


@pytest.fixture
def hasty_type(admin, finance_manager):
    """A type whose effect would suspend a subscription, decided by finance within seconds."""
    code = f"hasty_{uuid.uuid4().hex[:8]}"
    values = {
        "code": code,
        "name": "Hasty suspension",
        "subject_model": "saas_risk.subscription",
        "effect": "_approval_effect_service_continuity",
        "option_ids": [[0, 0, {"code": "suspend", "name": "Suspend"}]],
    }
    (kind,) = admin.call("approval_engine.type", "create", vals_list=[values])
    person = {
        login: admin.one("res.users", [("login", "=", login)], ["id"])["id"]
        for login in ("finance", "finance_manager")
    }
    policy = {
        "name": "Hasty",
        "type_id": kind,
        "owner_id": person["finance_manager"],
        "deadline_hours": SECONDS_TO_DECIDE / 3600,
        "timeout_action": "expire",
        "on_expire": "activity",
        "step_ids": [
            [0, 0, {"name": "Finance", "user_ids": [[6, 0, [person["finance"]]]]}]
        ],
    }
    (policy_id,) = admin.call("approval_engine.policy", "create", vals_list=[policy])
    for manager in (admin, finance_manager):  # one proposes, another agrees
        manager.call("approval_engine.policy", "action_activate", ids=[policy_id])
    yield code
    admin.call("approval_engine.policy", "action_retire", ids=[policy_id])


@pytest.fixture
def subscription(csm):
    active = [("state", "=", "active")]
    return csm.find("saas_risk.subscription", active, ["id"], limit=1)[0]["id"]


def test_a_deadline_of_seconds_closes_the_request_and_carries_nothing_out(
    hasty_type, subscription, admin, csm, finance, auditor
):
    request_id = ask(csm, hasty_type, subscription)
    asked = time.monotonic()
    assert seconds_given(csm, request_id) == SECONDS_TO_DECIDE

    done = eventually(
        lambda: csm.one(
            REQUEST,
            [("id", "=", request_id), ("state", "!=", "pending")],
            ["state", "outcome", "attempts", "executed_at", "decision_ids"],
        ),
        "the request closing",
        SECONDS_TO_DECIDE + PATIENCE,
    )
    assert time.monotonic() - asked >= SECONDS_TO_DECIDE - 1, "not before its time"
    assert done["state"] == "expired"
    assert done["outcome"] == "Nobody decided until the deadline."
    untouched = (done["attempts"], done["executed_at"], done["decision_ids"])
    assert untouched == (0, False, [])

    the_policy_owner_is_told(admin, request_id)
    with pytest.raises(Refused) as late:
        finance.call(REQUEST, "action_approve", ids=[request_id], option="suspend")
    assert late.value.status == 409
    about = [("case_model", "=", REQUEST), ("case_id", "=", request_id)]
    events = auditor.find("event_hub.event", about, ["type"], order="id")
    assert [e["type"] for e in events] == ["approval.submitted", "approval.expired"]
    state = csm.one("saas_risk.subscription", [("id", "=", subscription)], ["state"])
    assert state["state"] == "active", "the effect is never carried out"


def ask(csm, hasty_type, subscription):
    """Ask to suspend the subscription; return the id of the request."""
    vals = {
        "name": "Suspend them quickly",
        "type_id": hasty_type,
        "option": "suspend",
        "res_model": "saas_risk.subscription",
        "res_id": subscription,
    }
    key = uuid.uuid4().hex
    return csm.call(REQUEST, "submit_request", vals=vals, idempotency_key=key)["id"]


def seconds_given(csm, request_id):
    row = csm.one(
        REQUEST, [("id", "=", request_id)], ["state", "due_at", "submitted_at"]
    )
    assert row["state"] == "pending"
    due, submitted = map(datetime.fromisoformat, (row["due_at"], row["submitted_at"]))
    return (due - submitted).total_seconds()


def the_policy_owner_is_told(admin, request_id):
    told = admin.find(
        "mail.activity",
        [("res_model", "=", REQUEST), ("res_id", "=", request_id)],
        ["user_id"],
    )
    owner = admin.one("res.users", [("login", "=", "finance_manager")], ["name"])
    assert [row["user_id"][1] for row in told] == [owner["name"]]
