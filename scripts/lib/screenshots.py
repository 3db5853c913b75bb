"""scripts/screenshots: the main screens of the running demo, as each persona sees them.

Pictures go to `.runtime/screenshots/<name>.png`, and `<name>-phone.png` for a phone.
"""

import argparse
import importlib.util
import json
import re
import urllib.request

from . import browser, machine, paths, running
from .progress import say

DESKTOP = (1440, 900, False)
PHONE = (390, 844, True)
WAIT_SECONDS = 40
LOADED = ".o_action_manager > .o_action, .o_action_manager .o_view_controller"
FILLED = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost), .o_view_nocontent"
PENDING = ("approval_engine.request", [["state", "=", "pending"]])
SEAL = ("approval_engine.seal", [])
STRATEGIC = ("res.partner", [["account_tier", "=", "strategic"]])
OPEN_TICKET = ("support_visibility.ticket", [])
ARTICLE = ("support_visibility.article", [["state", "=", "review"]])
# name, login, path, what must be on the page (CSS), record whose id the path names
SCREENS = (
    ("start", "csm", "/odoo/start", LOADED, None),
    ("accounts", "csm", "/odoo/risk-accounts", LOADED, None),
    ("account", "csm", "/odoo/risk-accounts/{id}", ".o_form_view", STRATEGIC),
    ("subscriptions", "finance", "/odoo/risk-subscriptions", LOADED, None),
    ("approvals", "finance", "/odoo/approvals-needs-me", FILLED, None),
    (
        "decision",
        "finance",
        "/odoo/approval_engine.request/{id}",
        ".o_form_view",
        PENDING,
    ),
    ("tickets", "agent", "/odoo/support-tickets", LOADED, None),
    (
        "ticket",
        "agent",
        "/odoo/support_visibility.ticket/{id}",
        ".o_form_view",
        OPEN_TICKET,
    ),
    ("articles", "agent", "/odoo/support-articles", LOADED, None),
    (
        "article",
        "support_manager",
        "/odoo/support-articles/{id}",
        ".o_form_view",
        ARTICLE,
    ),
    ("article-gaps", "agent", "/odoo/support-article-gaps", LOADED, None),
    ("article-use", "support_manager", "/odoo/support-article-use", LOADED, None),
    ("article-page", "agent", "/support/articles?search=exprot", "main", None),
    ("queue", "support_manager", "/odoo/support-queue", LOADED, None),
    ("workspace", "agent", "/odoo/support-workspace", ".o_support_workspace", None),
    ("today", "support_manager", "/odoo/support-today", ".o_support_answer", None),
    (
        "questions",
        "support_manager",
        "/odoo/support-questions",
        "section[data-question]",
        None,
    ),
    ("process-map", "admin", "/odoo/process-map", ".o_process_map svg", None),
    ("events", "auditor", "/odoo/hub-events", LOADED, None),
    ("seals", "auditor", "/odoo/approvals-seals", FILLED, None),
    ("seal", "auditor", "/odoo/approvals-seals/{id}", ".o_form_view", SEAL),
    ("overview", "admin", "/odoo/hub-overview", ".o_hub_answer", None),
    ("waiting", "admin", "/odoo/hub-exceptions", LOADED, None),
    ("governance", "admin", "/odoo/hub-governance", LOADED, None),
    ("inbox", "admin", "/odoo/hub-inbox", LOADED, None),
    ("deliveries", "admin", "/odoo/hub-deliveries", LOADED, None),
    ("suggestions", "admin", "/odoo/ai-suggestions", LOADED, None),
)


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("name", nargs="*", help="screens to take; default: all")
    parser.add_argument("--list", action="store_true", help="name the screens")
    options = parser.parse_args(args)
    if options.list:
        print("\n".join(name for name, *_ in SCREENS))
        return 0
    if not importlib.util.find_spec("websocket"):
        return machine.in_environment("screenshots", args)
    chosen = [
        screen for screen in SCREENS if not options.name or screen[0] in options.name
    ]
    return _take(chosen, running.demo(), browser.ensure())


def _take(screens, demo, program):
    from . import devtools  # needs the prepared environment

    folder = paths.ensure(paths.state() / "screenshots")
    bad = 0
    with devtools.page(program) as page:
        for login in dict.fromkeys(screen[1] for screen in screens):
            _log_in(page, demo, login)
            for name, _, path, selector, record in (
                s for s in screens if s[1] == login
            ):
                path = path.format(id=_first(demo, login, *record) if record else "")
                for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
                    target = folder / f"{name}{suffix}.png"
                    problems = _shot(page, demo["url"] + path, selector, size, target)
                    say(f"{target.name} as {login}: {'; '.join(problems) or 'ok'}")
                    bad += bool(problems)
    print(f"{len(screens)} screens in {folder}, {bad} pictures with problems")
    return 1 if bad else 0


def _first(demo, login, model, domain):
    """The newest record that this person can see, or 0."""
    request = urllib.request.Request(
        f"{demo['url']}/json/2/{model}/search",
        json.dumps({"domain": domain, "limit": 1, "order": "id desc"}).encode(),
        {
            "Authorization": f"bearer {demo['users'][login]['api_key']}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (json.load(answer) or [0])[0]
    except OSError as error:
        say(f"{login} cannot search {model}: {error}")
        return 0


def _log_in(page, demo, login):
    page.forget_login()
    page.open(demo["url"] + "/web/login")
    page.wait_for("document.readyState === 'complete'", WAIT_SECONDS)
    params = {
        "db": demo["db"],
        "login": login,
        "password": demo["users"][login]["password"],
    }
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
    page.evaluate(
        "fetch('/web/session/authenticate', {method: 'POST', headers: "
        "{'content-type': 'application/json'}, body: " + json.dumps(body) + "})"
        ".then((answer) => answer.text())"
    )


def _shot(page, url, selector, size, target):
    """Take one picture and return what is wrong with the page."""
    page.problems.clear()
    page.size(*size)
    page.open(url)
    there = page.wait_for(
        f"document.querySelector({json.dumps(selector)})"
        " && !document.querySelector('.o_loading_indicator, .o_view_nocontent_loading')"
        " && document.fonts.status === 'loaded'",
        WAIT_SECONDS,
    )
    page.wait_for("new Promise((done) => setTimeout(() => done(true), 700))", 2)
    target.write_bytes(page.png())
    problems = [re.sub(r"\s+", " ", text)[:200] for text in page.problems]
    if not there:
        problems.append(f"{selector} did not appear")
    dialog = page.evaluate(
        "document.querySelector('.o_error_dialog, .o_dialog .alert-danger')?.innerText"
    )
    if dialog:
        problems.append(f"dialog: {dialog[:100]}")
    return problems
