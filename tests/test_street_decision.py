"""From a failed payment to a decided, executed and delivered approval, on a running server."""

import uuid

import pytest
from street import Refused, cloud_event, eventually, stripe_failed_invoice

pytest_plugins = ["street_fixtures"]

REQUEST = "approval_engine.request"


class Case:
    """One invoice of one account that cannot be collected."""

    def __init__(self, account, billing):
        self.account = account
        self.billing = billing
        self.subscription = account.replace("ACC", "SUB")
        self.invoice = f"ST-{uuid.uuid4().hex[:10]}"
        self.correlation = uuid.uuid4().hex

    def settle(self, api):
        """Pay whatever the account still owes, so that nothing of another test is left."""
        domain = [
            ("partner_id.account_code", "=", self.account),
            ("state", "!=", "paid"),
            ("failed_count", ">", 0),
        ]
        for owed in api.find("saas_risk.billing_invoice", domain, ["number"]):
            self.pay(owed["number"])
        self.subscription_is(api, "active")
        return self

    def fail(self, attempt):
        data = {
            "invoice": self.invoice,
            "amount": 24360.0,
            "currency": "EUR",
            "subscription": self.subscription,
            "attempt": attempt,
            "decline_code": "insufficient_funds",
        }
        event = cloud_event(
            "billing.payment_failed", self.account, data, correlationid=self.correlation
        )
        assert self.billing.standard(event).status_code == 202

    def fail_by_stripe(self, attempt):
        event = stripe_failed_invoice(
            self.account, self.invoice, self.subscription, attempt, 2436000
        )
        assert self.billing.stripe(event).status_code == 202

    def pay(self, invoice=None):
        data = {
            "invoice": invoice or self.invoice,
            "amount": 24360.0,
            "currency": "EUR",
            "subscription": self.subscription,
        }
        event = cloud_event(
            "billing.payment_succeeded",
            self.account,
            data,
            correlationid=self.correlation,
        )
        assert self.billing.standard(event).status_code == 202

    def subscription_is(self, api, state):
        return eventually(
            lambda: api.one(
                "saas_risk.subscription",
                [("external_ref", "=", self.subscription), ("state", "=", state)],
                ["id"],
            ),
            f"{self.subscription} becoming {state}",
        )["id"]

    def request(self, api, state):
        fields = [
            "state",
            "option",
            "requester_id",
            "correlation",
            "outcome",
            "attempts",
            "res_model",
            "res_id",
        ]
        domain = [("correlation", "=", self.correlation), ("state", "=", state)]
        return eventually(
            lambda: api.one(REQUEST, domain, fields), f"a request being {state}"
        )

    def events(self, api, type_):
        return api.find(
            "event_hub.event",
            [("correlation", "=", self.correlation), ("type", "=", type_)],
            ["id", "actor"],
        )


@pytest.fixture
def waiting(billing, finance):
    """A decision that waits for finance and customer success."""

    def make(account):
        case = Case(account, billing).settle(finance)
        for attempt in (1, 2, 3):
            case.fail(attempt)
        return case, case.request(finance, "pending")["id"]

    return make


def refused(api, method, request_id, **arguments):
    with pytest.raises(Refused) as caught:
        api.call(REQUEST, method, ids=[request_id], **arguments)
    return caught.value.status


def approve(api, request_id, **arguments):
    assert api.call(REQUEST, "action_approve", ids=[request_id], **arguments) is True


def test_a_third_failure_becomes_a_decision_carried_out_once_and_delivered(
    billing, admin, finance, csm, auditor, receiver
):
    case = Case("ACC-001", billing).settle(finance)
    case.fail(1)
    case.fail(2)
    case.subscription_is(finance, "past_due")
    assert not finance.find(REQUEST, [("correlation", "=", case.correlation)], ["id"])
    case.fail(3)
    request_id = case.request(finance, "pending")["id"]
    it_rests_on_evidence(finance, request_id)

    for nobody in (admin, auditor):
        assert refused(nobody, "action_approve", request_id) == 403, "not asked"
    approve(finance, request_id, comment="Give them time", option="extend_grace")
    assert refused(finance, "action_approve", request_id) in (403, 409, 422), (
        "one person, one seat"
    )
    assert refused(csm, "action_approve", request_id, option="suspend") == 409, (
        "another option"
    )
    assert case.request(finance, "pending")
    approve(csm, request_id, comment="They will pay", option="extend_grace")

    done = case.request(finance, "executed")
    assert done["option"] == "extend_grace"
    case.subscription_is(finance, "grace")
    the_ledger_tells_it_once(case, auditor)
    it_is_delivered_once(case, receiver)
    case.pay()
    case.subscription_is(finance, "active")


def it_rests_on_evidence(finance, request_id):
    account = finance.one(
        "res.partner", [("account_code", "=", "ACC-001")], ["health_status"]
    )
    assert account["health_status"] == "critical"
    sections = finance.call(REQUEST, "evidence", ids=[request_id])["sections"]
    assert len({section["key"] for section in sections}) >= 3


def the_ledger_tells_it_once(case, auditor):
    assert len(case.events(auditor, "risk.subscription_grace")) == 1
    assert len(case.events(auditor, "approval.executed")) == 1
    assert len(case.events(auditor, "billing.payment_failed")) == 3
    decided = case.events(auditor, "approval.decided")
    assert {event["actor"] for event in decided} == {"finance", "csm"}


def it_is_delivered_once(case, receiver):
    delivered = eventually(
        lambda: [
            event
            for event in receiver.events(case.correlation)
            if event["type"] == "approval.executed"
        ],
        "the signed delivery arriving",
    )
    assert len(delivered) == 1


def test_neither_requester_nor_anybody_unasked_gets_around_the_decision(
    waiting, admin, agent, finance, finance_manager
):
    case, request_id = waiting("ACC-002")
    for api in (admin, agent):
        assert refused(api, "action_approve", request_id) in (403, 404)
    for values in (
        {"state": "approved"},
        {"state": "executed"},
        {"option": "suspend"},
        {"requester_id": 2},
        {"amount": 1},
    ):
        for api in (admin, finance, finance_manager):
            assert refused(api, "write", request_id, vals=values) in (403, 422)
    for api in (admin, finance_manager):
        assert refused(api, "unlink", request_id) in (403, 422)
    forged = {
        "context": {
            "su": True,
            "install_mode": True,
            "default_state": "approved",
            "skip_checks": True,
        }
    }
    assert refused(admin, "action_approve", request_id, **forged) == 403
    subscription = finance.one(
        "saas_risk.subscription",
        [("external_ref", "=", case.subscription)],
        ["id", "state"],
    )
    with pytest.raises(Refused):
        admin.call(
            "saas_risk.subscription",
            "write",
            ids=[subscription["id"]],
            vals={"state": "suspended"},
        )
    case.pay()
    case.request(finance, "lapsed")


def test_a_payment_that_arrives_while_the_decision_waits_lapses_it(
    waiting, finance, csm, auditor
):
    case, request_id = waiting("ACC-004")
    finance.call(REQUEST, "action_approve", ids=[request_id], option="suspend")
    case.pay()
    case.request(finance, "lapsed")
    assert refused(csm, "action_approve", request_id, option="suspend") in (
        403,
        409,
        422,
    )
    case.subscription_is(finance, "active")
    assert not case.events(auditor, "risk.subscription_suspended")
    assert not case.events(auditor, "approval.executed")


def test_a_rejection_carries_nothing_out(waiting, finance, auditor):
    case, request_id = waiting("ACC-005")
    finance.call(
        REQUEST, "action_reject", ids=[request_id], comment="We call them first"
    )
    case.request(finance, "rejected")
    assert not case.events(auditor, "approval.executed")
    case.subscription_is(finance, "past_due")
    case.pay()
    case.subscription_is(finance, "active")


def test_a_payment_resets_the_count(billing, finance):
    case = Case("ACC-001", billing).settle(finance)
    case.fail(1)
    case.fail(2)
    case.subscription_is(finance, "past_due")
    case.pay()
    case.subscription_is(finance, "active")
    case.fail(3)
    case.subscription_is(finance, "past_due")
    assert not finance.find(REQUEST, [("correlation", "=", case.correlation)], ["id"])
    case.pay()
    case.subscription_is(finance, "active")


def test_one_attempt_told_by_two_schemes_counts_once(billing, finance):
    case = Case("ACC-001", billing).settle(finance)
    case.fail(1)
    case.fail_by_stripe(1)
    case.fail(2)
    invoice = [("number", "=", case.invoice)]
    eventually(
        lambda: finance.one(
            "saas_risk.billing_invoice", [*invoice, ("failed_count", "=", 2)], ["id"]
        ),
        "two failures",
    )
    case.fail_by_stripe(3)
    eventually(
        lambda: finance.one(
            "saas_risk.billing_invoice", [*invoice, ("failed_count", "=", 3)], ["id"]
        ),
        "three failures",
    )
    domain = [("partner_id.account_code", "=", "ACC-001"), ("state", "=", "pending")]
    eventually(lambda: finance.find(REQUEST, domain, ["id"]), "the request")
    case.pay()
    eventually(lambda: not finance.find(REQUEST, domain, ["id"]), "the request lapsing")


def test_a_standard_customer_gets_grace_by_policy_without_a_decision(
    billing, finance, auditor
):
    case = Case("ACC-014", billing).settle(finance)
    for attempt in (1, 2, 3):
        case.fail(attempt)
    case.subscription_is(finance, "grace")
    assert not finance.find(REQUEST, [("correlation", "=", case.correlation)], ["id"])
    case.pay()
    case.subscription_is(finance, "active")


def test_the_audit_chain_holds(auditor):
    verified = auditor.call("approval_engine.decision", "verify_chain")
    assert verified["ok"], verified
    assert verified["first_bad"] is False
    assert verified["checked"] >= 5


def test_the_demo_tells_its_story(admin, finance, csm):
    codes = [f"ACC-{number:03d}" for number in range(1, 41)]
    accounts = admin.find(
        "res.partner",
        [("account_code", "in", codes)],
        ["account_code", "account_tier", "health_status"],
    )
    assert len(accounts) == 40
    assert {
        a["account_code"] for a in accounts if a["account_tier"] == "strategic"
    } == set(codes[:5])
    assert {a["health_status"] for a in accounts} == {
        "healthy",
        "watch",
        "at_risk",
        "critical",
    }
    assert admin.call("approval_engine.decision", "search_count", domain=[]) >= 5
    assert finance.call("saas_risk.subscription", "search_count", domain=[]) >= 40
    assert (
        csm.call("event_hub.event", "search_count", domain=[("history", "=", True)])
        > 500
    )
