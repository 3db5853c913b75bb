"""Receivers that accept and never answer: neither a user's save nor another receiver waits for them."""

import json
import statistics
import time

import pytest
from street import eventually

pytest_plugins = ["street_fixtures"]

ROUNDS, SAVES = 3, 20
HANGING = 5  # endpoints: together they ask for more than the whole pool
MORE_MS, MORE_SHARE = 10, 1.5  # of the 95th percentile, whichever allows more
WITHIN = 8  # seconds; a try that hangs takes 10


def endpoint(admin, name, url):
    values = {"name": name, "url": url, "event_pattern": "support.ticket_opened"}
    (id_,) = admin.call("event_hub.endpoint", "create", vals_list=[values])
    admin.call("event_hub.endpoint", "action_rotate_secret", ids=[id_])
    return id_


@pytest.fixture(scope="module")
def hanging(admin, receiver):
    """:return: ids of endpoints whose receiver never answers"""
    host = f"http://{receiver.host}"
    ids = [endpoint(admin, f"Hangs {n}", f"{host}/hang/{n}") for n in range(HANGING)]
    yield ids
    admin.call("event_hub.endpoint", "write", ids=ids, vals={"active": False})


@pytest.fixture(scope="module")
def partner(agent):
    return agent.find("res.partner", [["account_code", "=", "ACC-010"]], ["id"])[0]


def save(agent, partner, name):
    """:return: seconds that a user waited for a new ticket"""
    values = {"name": name, "partner_id": partner["id"]}
    began = time.perf_counter()
    agent.call("support_visibility.ticket", "create", vals_list=[values])
    return time.perf_counter() - began


def p95(agent, partner, name):
    return statistics.quantiles(
        [save(agent, partner, f"{name} {n}") for n in range(SAVES)], n=20
    )[-1]


@pytest.mark.optional("a percentile, on a quiet machine")
def test_a_save_takes_as_long_with_receivers_that_hang(
    admin, agent, partner, hanging, receiver
):
    def listen(on):
        admin.call("event_hub.endpoint", "write", ids=hanging, vals={"active": on})

    save(agent, partner, "Warm")
    figures = {True: [], False: []}
    for number in range(ROUNDS):
        for on in (False, True):
            listen(on)
            figures[on].append(p95(agent, partner, f"Save {number} {on}"))
    without, with_hanging = min(figures[False]), min(figures[True])
    print(f"p95 of a save: {without:.4f} s without, {with_hanging:.4f} s with hanging")
    eventually(lambda: receiver.hanging, "a try that hangs")
    assert with_hanging <= max(without + MORE_MS / 1000, without * MORE_SHARE)


def test_a_save_does_not_wait_for_receivers_that_hang(
    admin, agent, partner, hanging, receiver
):
    admin.call("event_hub.endpoint", "write", ids=hanging, vals={"active": True})
    took = [save(agent, partner, f"Meanwhile {number}") for number in range(SAVES)]
    eventually(lambda: receiver.hanging, "a try that hangs")
    assert max(took) < WITHIN  # a single wait for one of them takes longer


def test_deliveries_to_others_go_on_while_some_receivers_hang(
    admin, agent, partner, hanging, receiver
):
    admin.call("event_hub.endpoint", "write", ids=hanging, vals={"active": True})
    good = endpoint(admin, "Answers", f"http://{receiver.host}/good")
    try:
        for number in range(4):
            before = receiver.hanging
            save(agent, partner, f"Arrives {number}")
            _number_of(receiver, number)
            assert receiver.hanging >= before
        waiting = [["endpoint_id", "in", hanging], ["state", "=", "pending"]]
        assert admin.call("event_hub.delivery", "search_count", domain=waiting)
    finally:
        admin.call("event_hub.endpoint", "write", ids=[good], vals={"active": False})


def _number_of(receiver, number):
    def arrived():
        return [
            body
            for _headers, body in list(receiver.got)
            if json.loads(body)["type"] == "support.ticket_opened"
        ][number:]

    return eventually(arrived, f"delivery {number} to the good receiver", WITHIN)


def test_each_automation_rule_of_the_demo_has_somebody_who_answers_for_it(admin):
    rows = admin.find("event_hub.governance", [], ["automation_id", "governed", "gaps"])
    assert len(rows) >= 4
    for row in rows:
        assert row["governed"] and not row["gaps"], row
