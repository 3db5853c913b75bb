"""The Start link and the demo's own routes, as a browser meets them."""

import re

import pytest
import requests

pytest_plugins = ["street_fixtures"]


def test_the_start_link_opens_start_as_customer_success(server, demo):
    browser = requests.Session()
    answer = browser.get(server.start_link(), timeout=60)
    assert answer.status_code == 200
    assert answer.url.endswith("/odoo/start")
    info = browser.post(
        f"{demo['url']}/web/session/get_session_info", json={"params": {}}, timeout=60
    ).json()["result"]
    assert info["username"] == "csm"


@pytest.mark.parametrize("key", ["", "wrong", "%00", "é"])
def test_a_wrong_key_opens_nothing(demo, key):
    answer = requests.get(
        f"{demo['url']}/saas_demo/start",
        params={"key": key},
        timeout=60,
        allow_redirects=False,
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "demo.example"},
        {"x-forwarded-for": "203.0.113.7"},
        {"forwarded": "for=203.0.113.7"},
    ],
    ids=str,
)
def test_through_a_proxy_or_under_a_foreign_name_the_demo_does_not_exist(
    server, headers
):
    answer = requests.get(
        server.start_link(), headers=headers, timeout=60, allow_redirects=False
    )
    assert answer.status_code == 404


def test_a_switch_of_persona_keeps_to_the_personas_and_to_this_server(server, demo):
    browser = requests.Session()
    page = browser.get(server.start_link(), timeout=60).text
    token = re.search(r'csrf_token: "([^"]+)"', page).group(1)

    def switch(**form):
        return browser.post(
            f"{demo['url']}/saas_demo/switch",
            data=form,
            timeout=60,
            allow_redirects=False,
        )

    assert switch(login="finance").status_code == 400, "no token, no switch"
    assert switch(login="service_billing", csrf_token=token).status_code == 404
    moved = switch(login="finance", to="//evil.example", csrf_token=token)
    assert (moved.status_code, moved.headers["location"]) == (303, "/odoo/start")
    page = browser.get(f"{demo['url']}/odoo/start", timeout=60).text
    assert '"username": "finance"' in page


def test_the_echo_refuses_what_is_not_signed(demo):
    answer = requests.post(
        f"{demo['url']}/saas_demo/echo",
        data=b"{}",
        headers={"content-type": "application/json"},
        timeout=60,
    )
    assert answer.status_code == 401
