from dataclasses import replace

import pytest

from odoo.addons.saas_demo.policies.steps import Facts, Link, Status, ended, tell

NOTHING = Facts(
    strategic=True, account="Borealis", invoice="INV-1", amount="24,360.00 €"
)
HEARD = replace(NOTHING, sent=3, heard=3, event=Link("event_hub.event", 1))
COUNTED = replace(
    HEARD,
    failures=3,
    billing_invoice=Link("saas_risk.billing_invoice", 2),
    subscription=Link("saas_risk.subscription", 3),
    subscription_state="past_due",
    partner=Link("res.partner", 4),
    health_status="critical",
    health_score=25.0,
    reasons=("3 failed payments",),
)
WAITING = replace(
    COUNTED,
    request=Link("approval_engine.request", 5),
    request_state="pending",
    waiting_for=("Finance", "Customer Success"),
)
APPROVED = replace(
    WAITING,
    request_state="approved",
    waiting_for=(),
    decided_by=("Felix", "Clara"),
    option="Extend grace",
)
EXECUTED = replace(
    APPROVED,
    request_state="executed",
    outcome="In grace until 5 December.",
    deliveries=4,
    delivered=4,
)
LAPSED = replace(
    WAITING,
    request_state="lapsed",
    waiting_for=(),
    paid=True,
    subscription_state="active",
)
STANDARD = replace(COUNTED, strategic=False, subscription_state="grace")


@pytest.mark.parametrize(
    ("facts", "statuses"),
    [
        (NOTHING, "todo todo todo todo todo"),
        (replace(NOTHING, sent=3, heard=2), "doing todo todo todo todo"),
        (HEARD, "done todo todo todo todo"),
        (replace(HEARD, failures=2), "done doing todo todo todo"),
        (COUNTED, "done done done todo todo"),
        (WAITING, "done done done doing todo"),
        (APPROVED, "done done done done doing"),
        (replace(EXECUTED, delivered=3), "done done done done doing"),
        (EXECUTED, "done done done done done"),
        (LAPSED, "done done done done skipped"),
        (replace(WAITING, request_state="rejected"), "done done done done skipped"),
        (replace(APPROVED, request_state="failed"), "done done done done problem"),
        (STANDARD, "done done done done done"),
        (
            replace(NOTHING, sent=1, parked="unknown account"),
            "problem todo todo todo todo",
        ),
    ],
)
def test_the_steps_follow_the_facts(facts, statuses):
    assert [step.status for step in tell(facts)] == statuses.split()


@pytest.mark.parametrize(
    "facts", [NOTHING, HEARD, COUNTED, WAITING, APPROVED, EXECUTED, LAPSED, STANDARD]
)
def test_every_step_says_something(facts):
    for step in tell(facts):
        assert step.title
        assert step.sentence[0].isupper() or step.sentence[0].isdigit()


@pytest.mark.parametrize("facts", [COUNTED, WAITING, EXECUTED])
def test_every_step_reached_opens_a_record(facts):
    reached = [
        step for step in tell(facts) if step.status in (Status.DONE, Status.DOING)
    ]
    assert all(step.link or step.key == "done" for step in reached)


def test_the_account_step_gives_its_reasons():
    step = tell(COUNTED)[2]
    assert "critical (health 25 of 100)" in step.sentence
    assert step.details == ("3 failed payments",)


def test_the_waiting_decision_names_who_is_asked_and_who_decided():
    halfway = replace(WAITING, waiting_for=("Customer Success",), decided_by=("Felix",))
    assert "Waiting for Finance and Customer Success." in tell(WAITING)[3].sentence
    assert tell(halfway)[3].sentence.startswith("Felix said yes.")


@pytest.mark.parametrize(
    ("facts", "over"),
    [
        (NOTHING, False),
        (WAITING, False),
        (APPROVED, False),
        (EXECUTED, True),
        (LAPSED, True),
        (STANDARD, True),
    ],
)
def test_the_page_knows_when_to_stop_looking(facts, over):
    assert ended(facts) is over
