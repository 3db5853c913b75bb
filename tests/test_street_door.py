"""The door of a running server, as any outside system meets it."""

import json
import time
import uuid

import pytest
import requests
from street import Sender, cloud_event, eventually, stripe_failed_invoice

pytest_plugins = ["street_fixtures"]


def paid(invoice=None, account="ACC-020"):
    return cloud_event(
        "billing.payment_succeeded",
        account,
        {
            "invoice": invoice or f"DOOR-{uuid.uuid4().hex[:8]}",
            "amount": 10.0,
            "currency": "EUR",
        },
    )


def test_a_signed_event_is_accepted_and_a_resent_one_is_a_duplicate(billing):
    event, identity = paid(), f"msg_{uuid.uuid4().hex}"
    first = billing.standard(event, identity)
    assert first.status_code == 202
    assert first.json()["status"] == "accepted"
    again = billing.standard(event, identity)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    assert again.json()["correlation"] == first.json()["correlation"]


def test_the_same_identity_with_another_body_is_a_conflict(billing):
    identity = f"msg_{uuid.uuid4().hex}"
    assert billing.standard(paid(), identity).status_code == 202
    other = billing.standard(paid(), identity)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")


def test_an_event_told_twice_in_two_messages_takes_effect_once(billing, admin):
    event = paid()
    for _ in range(2):
        assert billing.standard(event).status_code == 202
    eventually(
        lambda: (
            admin.call(
                "event_hub.message",
                "search_count",
                domain=[("body", "like", event["id"]), ("state", "=", "processed")],
            )
            == 2
        ),
        "both messages being processed",
    )
    assert (
        admin.call(
            "event_hub.event", "search_count", domain=[("ce_id", "=", event["id"])]
        )
        == 1
    )


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"webhook-signature": "v1,"}, "bad_signature"),
        ({"webhook-signature": "v1,AAAA"}, "bad_signature"),
        ({"webhook-signature": "nonsense"}, "bad_signature"),
        ({"webhook-signature": ""}, "bad_signature"),
    ],
)
def test_a_wrong_signature_is_refused(billing, headers, code):
    answer = billing.standard(paid(), **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)


def test_a_body_changed_by_one_space_is_refused(billing):
    body = json.dumps(paid()).encode()
    signed = {}
    billing_post = billing.post
    billing.post = lambda sent, headers: signed.update(headers)
    billing.standard(body)
    billing.post = billing_post
    answer = requests.post(billing.url, data=body + b" ", headers=signed, timeout=30)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("offset", "status"), [(-302, 401), (302, 401), (-290, 202), (290, 202)]
)
def test_only_five_minutes_are_fresh(billing, offset, status):
    answer = billing.standard(paid(), timestamp=int(time.time()) + offset)
    assert answer.status_code == status


def test_malformed_json_is_refused_naming_the_place(billing):
    answer = billing.standard(b'{"specversion": "1.0",\n "id": }')
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_json")
    assert "line 2" in answer.json()["error"]["detail"]


def test_an_envelope_without_type_is_refused_naming_it(billing):
    event = paid()
    del event["type"]
    answer = billing.standard(event)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_envelope")
    assert "type" in answer.json()["error"]["detail"]


def test_an_unknown_source_a_wrong_method_and_a_wrong_type_have_their_own_answers(
    billing, demo
):
    nowhere = requests.post(
        f"{demo['url']}/hub/v1/events/nobody", data=b"{}", timeout=30
    )
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (
        404,
        "unknown_source",
    )
    got = requests.get(billing.url, timeout=30)
    assert (got.status_code, got.json()["error"]["code"]) == (405, "method_not_allowed")
    text = billing.standard(paid(), **{"content-type": "text/plain"})
    assert (text.status_code, text.json()["error"]["code"]) == (415, "unsupported_type")


def test_a_body_over_the_limit_is_refused_also_in_chunks(billing):
    large = b'"' + b"x" * (1024 * 1024 + 1) + b'"'
    answer = billing.standard(large)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    chunked = requests.post(
        billing.url,
        data=iter([large[:70_000], large[70_000:]]),
        headers={"content-type": "application/json"},
        timeout=30,
    )
    assert chunked.status_code == 413


def test_a_stripe_event_is_accepted_from_billing_only(billing, helpdesk):
    event = stripe_failed_invoice(
        "ACC-020", f"DOOR-{uuid.uuid4().hex[:8]}", "SUB-020", 1, 26600
    )
    assert billing.stripe(event).status_code == 202
    assert billing.stripe(event).status_code == 200
    assert helpdesk.stripe(event).status_code == 401


def test_the_secret_of_another_source_opens_nothing(billing, helpdesk):
    assert Sender(billing.url, helpdesk.secret).standard(paid()).status_code == 401


def test_health_says_ok_without_figures_and_metrics_need_their_token(demo):
    health = requests.get(f"{demo['url']}/hub/v1/health", timeout=30)
    assert health.status_code == 200
    assert set(health.json()) == {"status", "version", "checks"}
    assert requests.get(f"{demo['url']}/hub/v1/metrics", timeout=30).status_code == 401
    metrics = requests.get(
        f"{demo['url']}/hub/v1/metrics",
        headers={"authorization": f"Bearer {demo['metrics_token']}"},
        timeout=30,
    )
    assert metrics.status_code == 200
    assert metrics.text.startswith("#")


def test_the_door_describes_itself(demo):
    described = requests.get(f"{demo['url']}/hub/v1/openapi.json", timeout=30)
    assert described.status_code == 200
    assert described.json()["openapi"].startswith("3.1")
    assert "/hub/v1/events/{source}" in described.json()["paths"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (cloud_event("billing.meteor_struck", "ACC-020", {}), "unknown_type"),
        (
            cloud_event("billing.payment_succeeded", "ACC-020", {"invoice": "X"}),
            "schema",
        ),
        (
            cloud_event(
                "billing.payment_succeeded",
                "NOBODY-1",
                {"invoice": "X", "amount": 1.0, "currency": "EUR"},
            ),
            "unknown_account",
        ),
    ],
    ids=["unknown type", "schema breach", "unknown account"],
)
def test_what_cannot_be_understood_is_parked_with_its_reason(
    billing, admin, event, code
):
    identity = f"msg_{uuid.uuid4().hex}"
    assert billing.standard(event, identity).status_code == 202
    message = eventually(
        lambda: admin.one(
            "event_hub.message",
            [("external_id", "=", identity), ("state", "=", "parked")],
            ["error_code", "error"],
        ),
        "the message being parked",
    )
    assert message["error_code"] == code
    assert message["error"]


def test_a_parked_message_is_replayed_once_its_cause_is_gone(billing, admin):
    code = f"NEW-{uuid.uuid4().hex[:6]}"
    identity, event = f"msg_{uuid.uuid4().hex}", paid(account=code)
    billing.standard(event, identity)
    parked = [("external_id", "=", identity), ("state", "=", "parked")]
    message = eventually(
        lambda: admin.one("event_hub.message", parked, ["id"]),
        "the message being parked",
    )
    admin.call(
        "res.partner",
        "create",
        vals_list=[{"name": "Late Riser", "is_company": True, "account_code": code}],
    )
    admin.call("event_hub.message", "action_replay", ids=[message["id"]])
    eventually(
        lambda: admin.find(
            "event_hub.message",
            [("id", "=", message["id"]), ("state", "=", "processed")],
            ["id"],
        ),
        "the replayed message being processed",
    )
    assert (
        admin.call(
            "event_hub.event", "search_count", domain=[("ce_id", "=", event["id"])]
        )
        == 1
    )


def test_a_late_event_is_kept_and_never_moves_a_state_backwards(billing, admin):
    number = f"LATE-{uuid.uuid4().hex[:8]}"
    due = {"invoice": number, "amount": 10.0, "currency": "EUR"}
    late = cloud_event("billing.payment_failed", "ACC-020", {**due, "attempt": 1})
    late["time"] = "2026-01-05T09:00:00Z"
    now = cloud_event("billing.payment_succeeded", "ACC-020", due)
    for event in (now, late):  # what happened first comes last
        assert billing.standard(event).status_code == 202
        eventually(
            lambda event=event: admin.find(
                "event_hub.event", [("ce_id", "=", event["id"])], ["id"]
            ),
            "the event being in the ledger",
        )
    invoice = admin.one(
        "saas_risk.billing_invoice", [("number", "=", number)], ["state"]
    )
    assert invoice["state"] == "paid"


def test_a_test_event_goes_through_the_real_door_and_has_no_effect(admin):
    source = admin.one("event_hub.source", [("code", "=", "billing")], ["id"])
    told = admin.call("event_hub.source", "send_test", ids=[source["id"]])
    assert {t["adapter"]: t["status"] for t in told} == {"standard": 202, "stripe": 202}
    ids = [t["message"] for t in told]
    eventually(
        lambda: (
            admin.call(
                "event_hub.message",
                "search_count",
                domain=[("id", "in", ids), ("state", "=", "processed")],
            )
            == 2
        ),
        "both test events being processed",
    )
    events = admin.find("event_hub.event", [("message_id", "in", ids)], ["id", "type"])
    assert [event["type"] for event in events] == ["hub.test"] * 2
    made = [("event_id", "in", [event["id"] for event in events])]
    for model in ("event_hub.run", "event_hub.delivery"):
        assert admin.call(model, "search_count", domain=made) == 0
    heard = admin.call("event_hub.source", "connection", ids=[source["id"]])["test"]
    assert (heard["id"], heard["state"]) == (max(ids), "processed")
