"""Fixtures of the whole-system tests: one server and one outside receiver for the whole session."""

import os
import shutil
from pathlib import Path

import pytest
from browser import Browser
from street import ROOT, Api, Receiver, Sender, Server


@pytest.fixture(scope="session")
def receiver():
    outside = Receiver()
    yield outside
    outside.stop()


@pytest.fixture(scope="session")
def server(receiver):
    state = (
        Path(os.environ.get("SAAS_STATE_DIR") or ROOT / ".runtime").absolute()
        / "street"
    )
    if not os.environ.get(
        "SAAS_STREET_KEEP"
    ):  # to try again without a new installation
        shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True, exist_ok=True)
    served = Server(state, receiver.host)
    try:
        demo = served.wait_until_ready()
        _subscribe(receiver, Api(demo["url"], demo["users"]["admin"]["api_key"]))
        served.demo = demo
        yield served
    finally:
        served.stop()


def _subscribe(receiver, admin):
    """Make an endpoint for the outside receiver; its secret is shown this once."""
    values = {"name": "Outside", "url": receiver.url, "event_pattern": "approval.*"}
    (endpoint,) = admin.call("event_hub.endpoint", "create", vals_list=[values])
    receiver.secret = admin.call(
        "event_hub.endpoint", "action_rotate_secret", ids=[endpoint]
    )["secret"]


@pytest.fixture(scope="session")
def browser():
    """To start one takes as long as many a test: whoever uses it begins with ``forget``."""
    page = Browser(width=1366, height=768)
    yield page
    page.close()


@pytest.fixture(scope="session")
def demo(server):
    return server.demo


def _sender(code):
    @pytest.fixture(scope="session", name=code)
    def sender(demo):
        return Sender(**demo["sources"][code])

    return sender


def _api(login):
    @pytest.fixture(scope="session", name=login)
    def api(demo):
        return Api(demo["url"], demo["users"][login]["api_key"])

    return api


billing, helpdesk = map(_sender, ("billing", "helpdesk"))
admin, agent, csm, finance, finance_manager, auditor = map(
    _api, ("admin", "agent", "csm", "finance", "finance_manager", "auditor")
)
