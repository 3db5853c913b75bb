"""Who may create, read, update and delete what: counted from the registry.

To write `docs/access_matrix.csv` anew after a change of rights, on a database DB with
the whole suite installed:

    echo "from odoo.addons.saas_risk.tests.access_matrix import write; write(env)" | scripts/shell --test --db DB

then read the diff: every changed letter is a right somebody gained or lost.
"""

import csv
import io
from pathlib import Path

from odoo.addons.event_hub.tests.people import people

SUITE = (
    "event_hub",
    "process_intelligence",
    "ai_assist",
    "approval_engine",
    "support_visibility",
    "support_visibility_knowledge",
    "saas_risk",
)
FILE = Path(__file__).resolve().parents[3] / "docs" / "access_matrix.csv"

# docs/architecture.md, section 10; plus those who come without a persona of their own
PERSONAS = {
    "admin": (
        "base.group_user",
        "event_hub.group_hub_admin",
        "process_intelligence.group_process_manager",
        "ai_assist.group_ai_manager",
        "approval_engine.group_approval_manager",
        "approval_engine.group_approval_auditor",
        "support_visibility.group_support_manager",
        "saas_risk.group_risk_manager",
        "saas_risk.group_customer_success",
    ),
    "agent": ("support_visibility.group_support_user",),
    "support_manager": ("support_visibility.group_support_manager",),
    "csm": (
        "saas_risk.group_risk_user",
        "saas_risk.group_customer_success",
        "approval_engine.group_approval_user",
    ),
    "finance": ("saas_risk.group_risk_finance", "approval_engine.group_approval_user"),
    "finance_manager": (
        "saas_risk.group_risk_finance",
        "saas_risk.group_risk_manager",
        "approval_engine.group_approval_manager",
    ),
    "auditor": ("approval_engine.group_approval_auditor", "event_hub.group_hub_user"),
    "process_user": ("process_intelligence.group_process_user",),
    "billing_service": ("saas_risk.group_risk_service",),
    "helpdesk_service": ("support_visibility.group_support_service",),
    "employee": ("base.group_user",),
    "portal": ("base.group_portal",),
}
OPERATIONS = {"C": "create", "R": "read", "U": "write", "D": "unlink"}


def suite_models(env):
    """:return: names of the suite's own models, those with a table or a wizard's"""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module in SUITE and not model._abstract
    )


def matrix(env):
    """:return: ``{model: {persona: letters}}``, letters such as ``CRU-``"""
    wanted = (
        {"login": f"matrix_{persona}", "groups": ",".join(groups)}
        for persona, groups in PERSONAS.items()
    )
    users = dict(zip(PERSONAS, people(env, *wanted), strict=True))
    return {
        model: {
            persona: letters(env[model].with_user(user))
            for persona, user in users.items()
        }
        for model in suite_models(env)
    }


def letters(model):
    return "".join(
        letter if model.has_access(operation) else "-"
        for letter, operation in OPERATIONS.items()
    )


def as_csv(cells):
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["model", *PERSONAS])
    table.writerows(
        [model, *(row[persona] for persona in PERSONAS)] for model, row in cells.items()
    )
    return out.getvalue()


def committed():
    """:return: the committed matrix, same shape as ``matrix``"""
    rows = csv.DictReader(io.StringIO(FILE.read_text()))
    return {row.pop("model"): row for row in rows}


def write(env):
    FILE.write_text(as_csv(matrix(env)))
    env.cr.rollback()
