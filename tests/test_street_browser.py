"""The first ten minutes: Start in a real browser on a real server, from the button to the delivery."""

import pytest
from street import eventually

pytest_plugins = ["street_fixtures"]


@pytest.fixture
def page(server, browser):
    browser.forget(f"http://127.0.0.1:{server.port}")
    browser.open(server.start_link())
    browser.see(".o_saas_demo_start h1")
    return browser


def step(page, key, status):
    page.see(f'.o_saas_demo_step[data-step="{key}"][data-status="{status}"]')
    return page.text(f'.o_saas_demo_step[data-step="{key}"]')


def press(page, button):
    """Press one of the buttons that begin a new episode, and wait for it."""
    before = page.text(".o_saas_demo_episode")
    page.click(button)
    eventually(
        lambda: page.text(".o_saas_demo_episode") != before, "a new invoice being shown"
    )


def approve(page):
    page.click(".o_approval_approve")
    page.miss(".o_approval_decision")


def play(page, login):
    """Switch to a persona in the top bar; it opens Start."""
    page.click(".o_saas_demo_switch")
    page.click(f'[data-persona="{login}"]')
    page.see(f'.o_saas_demo_who[data-login="{login}"]')


def test_the_button_leads_to_a_decision_that_is_carried_out_and_delivered(page):
    assert "Clara Sommer" in page.text(".o_saas_demo_who")
    press(page, ".o_saas_demo_strategic")
    assert "202 accepted" in step(page, "heard", "done")
    assert "third failed attempt" in step(page, "understood", "done")
    assert "critical" in step(page, "account", "done")
    assert "Finance" in step(page, "decision", "doing")
    step(page, "done", "todo")

    page.click('.o_saas_demo_continue[data-login="finance"]')
    page.click('.o_approval_decision input[value="extend_grace"]')
    approve(page)
    play(page, "csm")
    assert "Felix Moreau said yes" in step(page, "decision", "doing")
    page.click(".o_saas_demo_decide")
    page.see('.o_approval_decision input[value="extend_grace"]')
    approve(page)
    play(page, "finance")
    page.see(".o_saas_demo_who", "Felix Moreau")
    assert "Extend grace" in step(page, "decision", "done")
    assert "delivered" in step(page, "done", "done")
    page.see(".o_saas_demo_echo", "approval.executed")
    page.see(".o_saas_demo_echo", "signature verified")

    page.click(".o_saas_demo_pay")
    page.see(".o_saas_demo_timeline", "was paid")
    assert page.problems == []


def test_a_payment_while_the_decision_waits_lapses_it_on_the_page(page):
    press(page, ".o_saas_demo_strategic")
    step(page, "decision", "doing")
    page.click(".o_saas_demo_pay")
    assert "lapsed" in step(page, "decision", "done")
    step(page, "done", "skipped")


def test_a_standard_customer_needs_no_decision(page):
    press(page, ".o_saas_demo_standard")
    assert "policy decides" in step(page, "decision", "done")
    assert "in grace" in step(page, "done", "done")
    page.click(".o_saas_demo_pay")
    page.see('.o_saas_demo_step[data-step="done"]', "arrived")


@pytest.mark.optional("the walks of test_street_personas switch persona, too")
def test_every_persona_has_screens_and_can_be_played_from_the_top_bar(page):
    for login in ("agent", "auditor", "admin", "csm"):
        play(page, login)
        page.see(".o_saas_demo_screens button")
    assert page.problems == []
