"""Everybody opens everything in their menu, and a record of each kind: no error, no empty page without words."""

import json
from pathlib import Path

import pytest

pytest_plugins = ["street_fixtures"]

WALK = (Path(__file__).parent / "walk.js").read_text()
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
CRASH = "Exception during request handling"
#: the least that each of them has to see; fewer means that the walk found no menu
SCREENS = {
    "finance": 15,
    "csm": 15,
    "finance_manager": 15,
    "agent": 6,
    "support_manager": 6,
    "auditor": 6,
}
#: what they open, their managers open too, or the walk on a phone
LONG = pytest.mark.optional("one more walk through the menus")
PLAYED = [
    pytest.param(login, marks=LONG) if login in ("finance", "csm", "agent") else login
    for login in SCREENS
]


@pytest.fixture(scope="module")
def tab(server, browser):
    browser.forget(f"http://127.0.0.1:{server.port}")
    browser.open(server.start_link())
    browser.see(".o_saas_demo_start h1")
    return browser


def become(tab, login):
    """Switch to a persona in the top bar, unless it is played already; it opens Start."""
    tab.see(".o_saas_demo_switch")
    tab.click(".o_saas_demo_switch")
    tab.see(".o_saas_demo_to_start")
    if not tab.ask(f"""!!document.querySelector('[data-persona="{login}"]')"""):
        tab.click(".o_saas_demo_to_start")
        tab.see(".o_saas_demo_who")
        return
    tab.click(f'[data-persona="{login}"]')
    tab.see(f'.o_saas_demo_who[data-login="{login}"]')


def walk(tab, server, phone):
    """:return: what was opened, and ``{screen: what is wrong there}``"""
    tab.problems.clear()
    heard = len(server.log())
    found = tab.ask(f"({WALK})({json.dumps(phone)})")
    wrong = {
        f"{step['name']} ({step['where']})": step["trouble"]
        for step in found
        if step["trouble"]
    }
    # Some widgets swallow the errors of the server: the page looks well, the log does not.
    if CRASH in server.log()[heard:]:
        wrong["log of the server"] = server.log()[heard:].split(CRASH)[1][-3000:]
    return found, wrong


@pytest.mark.parametrize("login", PLAYED)
def test_every_screen_of_a_persona_opens_without_error(server, tab, login):
    become(tab, login)
    found, wrong = walk(tab, server, phone=False)
    assert wrong == {}
    assert tab.problems == []
    assert len(found) >= SCREENS[login]


def test_every_screen_of_customer_success_fits_a_phone(server, tab):
    become(tab, "csm")
    tab.send("Emulation.setDeviceMetricsOverride", **PHONE)
    try:
        found, wrong = walk(tab, server, phone=True)
    finally:
        tab.send("Emulation.clearDeviceMetricsOverride")
    assert wrong == {}
    assert tab.problems == []
    assert len(found) >= SCREENS["csm"]
