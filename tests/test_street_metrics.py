"""What Prometheus would scrape from the running demo: each family is there, and moves when it should."""

import time

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from street import cloud_event, eventually

pytest_plugins = ["street_fixtures"]

# sample: labels of one series that is there; what happened in the demo gave it a value
WITH_VALUE = {
    "hub_received_total": {"source": "billing"},
    "hub_duplicates_total": {"source": "billing"},
    "hub_refused_total": {"source": "billing", "reason": "bad_signature"},
    "hub_messages_total": {"source": "billing", "outcome": "processed"},
    "hub_processing_seconds_count": {"source": "billing"},
    "hub_runs_total": {"outcome": "done"},
    "hub_deliveries_total": {"outcome": "delivered"},
    "hub_retries_total": {"queue": "runs"},
    "hub_dead_total": {"queue": "runs"},
    "hub_manual_overrides_total": {"kind": "run_overridden"},
    "hub_endpoint_live": {},
    "hub_check_ok": {"check": "automation"},
}
# there from the start, whatever the value: nothing has to wait or be late
THERE = {
    "hub_queue_depth": {"queue": "messages"},
    "hub_queue_oldest_age_seconds": {"queue": "messages"},
    "hub_lane_depth": {"lane": "0"},
    "hub_lane_oldest_age_seconds": {"lane": "3"},
    "hub_alert_firing": {"queue": "messages"},
    "hub_sla_risk": {"promise": "decisions", "state": "at_risk"},
}


def scrape(demo):
    """:return: list of ``(sample name, labels, value)``"""
    answer = requests.get(
        f"{demo['url']}/hub/v1/metrics",
        headers={"authorization": f"Bearer {demo['metrics_token']}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text[:300]
    return [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    ]


def values(samples, name, labels):
    return [
        value
        for found, known, value in samples
        if found == name and labels.items() <= known.items()
    ]


@pytest.fixture(scope="module")
def samples(demo, billing, admin):
    """:return: a scrape after one of each thing that a counter counts"""
    event = cloud_event("identity.login", "ACC-001", {"user": "metrics"})
    billing.standard(event, webhook_id="msg_metrics")
    billing.standard(event, webhook_id="msg_metrics")
    billing.standard(event, **{"webhook-signature": "v1,AAAA"})
    done = [["state", "=", "done"], ["overridden_at", "=", False]]
    (run,) = admin.find("event_hub.run", done, ["id"], limit=1)
    admin.call(
        "event_hub.run",
        "action_mark_override",
        ids=[run["id"]],
        reason="Done otherwise",
    )

    def complete():
        found = scrape(demo)
        missing = [n for n, w in WITH_VALUE.items() if sum(values(found, n, w)) <= 0]
        return None if missing else found

    try:
        return eventually(complete, "a value in each family", 30)
    except AssertionError:  # let the test of each family say what is missing
        return scrape(demo)


@pytest.mark.parametrize("name", WITH_VALUE)
def test_what_happened_has_a_value(samples, name):
    assert sum(values(samples, name, WITH_VALUE[name])) > 0


@pytest.mark.parametrize("name", THERE)
def test_what_may_wait_is_told_though_nothing_does(samples, name):
    assert values(samples, name, THERE[name])


def test_accepted_messages_are_counted_one_by_one(demo, billing):
    def received():
        return values(scrape(demo), "hub_received_total", {"source": "billing"})[0]

    before = received()
    for number in range(7):
        login = cloud_event("identity.login", "ACC-002", {"user": f"exact {number}"})
        assert billing.standard(login).status_code == 202
    time.sleep(6)  # a scrape is remembered for five seconds
    assert received() == before + 7
