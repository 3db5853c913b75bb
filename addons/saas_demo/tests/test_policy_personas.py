import pytest

from odoo.addons.saas_demo.policies import personas


@pytest.mark.parametrize(
    "target",
    [
        "/odoo",
        "/odoo/start",
        "/odoo/approval_engine.request/7",
        "/odoo/action-12/5?debug=1",
    ],
)
def test_pages_of_the_web_client_are_safe_targets(target):
    assert personas.safe_target(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example/odoo",
        "https://evil.example",
        "/odoo//evil.example",
        "/odoo@evil.example",
        "/odoo.evil.example",
        "/odooevil",
        "/web/session/logout",
        "/odoo/\\evil",
        "/odoo/x\r\nSet-Cookie: a=b",
        "/odoo\n",
        "javascript:alert(1)",
    ],
)
def test_anything_else_leads_to_start(target):
    assert personas.safe_target(target) == "/odoo/start"


def test_the_logins_are_those_of_the_contract():
    assert set(personas.BY_LOGIN) == {
        "admin",
        "agent",
        "support_manager",
        "csm",
        "finance",
        "finance_manager",
        "auditor",
    }
    assert personas.FIRST_PERSONA in personas.BY_LOGIN


def test_the_sources_are_those_of_the_contract():
    assert [source.code for source in personas.SOURCES] == [
        "billing",
        "helpdesk",
        "telemetry",
        "identity",
    ]
    assert [source.code for source in personas.SOURCES if source.stripe] == ["billing"]
