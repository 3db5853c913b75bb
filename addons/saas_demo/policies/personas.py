"""Who plays in the demo, and where the Start page may send them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """One demo login.

    `role` completes the sentence "You are <name>, <role>."; `does` says in one
    sentence what this person comes to the system for; `groups` are XML ids.
    """

    login: str
    name: str
    role: str
    does: str
    groups: tuple[str, ...]


#: The groups of the architecture's table of personas.
PERSONAS: tuple[Persona, ...] = (
    Persona(
        "csm",
        "Clara Sommer",
        "customer success",
        "Keeps accounts healthy and speaks for the customer when a decision is due.",
        (
            "saas_risk.group_risk_user",
            "saas_risk.group_customer_success",
            "approval_engine.group_approval_user",
        ),
    ),
    Persona(
        "finance",
        "Felix Moreau",
        "finance",
        "Looks after money owed and decides what may be given away.",
        (
            "saas_risk.group_risk_finance",
            "approval_engine.group_approval_user",
            "process_intelligence.group_process_reader",
        ),
    ),
    Persona(
        "finance_manager",
        "Ingrid Olsen",
        "finance manager",
        "Takes the second look at large amounts and writes the policies.",
        (
            "saas_risk.group_risk_finance",
            "saas_risk.group_risk_manager",
            "approval_engine.group_approval_manager",
            "process_intelligence.group_process_reader",
        ),
    ),
    Persona(
        "agent",
        "Aisha Rahman",
        "support agent",
        "Answers customers and solves their tickets.",
        ("support_visibility.group_support_user",),
    ),
    Persona(
        "support_manager",
        "Marek Novak",
        "support manager",
        "Watches the queue and what comes back.",
        (
            "support_visibility.group_support_manager",
            "process_intelligence.group_process_reader",
        ),
    ),
    Persona(
        "auditor",
        "Ade Okafor",
        "auditor",
        "Reads who decided what, on which evidence, and changes nothing.",
        ("approval_engine.group_approval_auditor", "event_hub.group_hub_user"),
    ),
    Persona(
        "admin",
        "Robin Admin",
        "administrator",
        "Connects systems, reads what came in, replays what got stuck.",
        (
            "base.group_system",
            "event_hub.group_hub_admin",
            "process_intelligence.group_process_manager",
            "ai_assist.group_ai_manager",
            "approval_engine.group_approval_manager",
            "approval_engine.group_approval_auditor",
            "support_visibility.group_support_manager",
            "saas_risk.group_risk_manager",
            "saas_risk.group_customer_success",
        ),
    ),
)

BY_LOGIN: dict[str, Persona] = {persona.login: persona for persona in PERSONAS}

#: The Start page opens as this person: customer success hears of the trouble
#: first, sees the account, and is one of the two who decide.
FIRST_PERSONA = "csm"


@dataclass(frozen=True)
class DemoSource:
    """A system that sends events; its service user has the rights of `group` and no password."""

    code: str
    name: str
    group: str
    stripe: bool = False


SOURCES: tuple[DemoSource, ...] = (
    DemoSource(
        "billing", "Billing system", "saas_risk.group_risk_service", stripe=True
    ),
    DemoSource("helpdesk", "Helpdesk", "support_visibility.group_support_service"),
    DemoSource("telemetry", "Product telemetry", "saas_risk.group_risk_service"),
    DemoSource("identity", "Identity provider", "event_hub.group_hub_service"),
)

_TARGET = re.compile(r"/odoo(?:[/?][A-Za-z0-9_.~%=&?/-]*)?")


def safe_target(target: str | None) -> str:
    """The page to go to after a switch of persona.

    Only a path of the web client on this server; anything else goes to Start.

    >>> safe_target("/odoo/approval_engine.request/7")
    '/odoo/approval_engine.request/7'
    >>> safe_target("//elsewhere.example/odoo")
    '/odoo/start'
    """
    if target and _TARGET.fullmatch(target) and "//" not in target:
        return target
    return "/odoo/start"
