"""Updating and uninstalling the suite on a database with everything in it, and installing it again."""

import json
import re

import pytest
from lib import addons, machine, postgres, template

pytestmark = pytest.mark.optional("updates and uninstalls all addons, 8 minutes")

OURS = [name for name in addons.names() if not name.startswith("test_")]
GLUE = [x for x in OURS if x.startswith(("event_hub_", "approval_engine_"))]
# Addons in the order in which somebody may take them off, and what goes with each.
STEPS = [GLUE, ["saas_demo"], ["saas_risk"], ["support_visibility"], ["event_hub"]]
PREFIX = re.compile(
    r"^(event_hub|saas|support_visibility|approval_engine|ai_assist|process_intelligence)[._]"
)
LEAST_EVENTS = 1000  # in the ledger of the demo
ECHO = "127.0.0.1:8069"  # where the demo's own receiver would listen
PROVISION = 'env["saas_demo.setup"]._provision(); env.cr.commit()'
LEDGER = (
    "SELECT count(*), md5(string_agg(e::text, '' ORDER BY id)) FROM event_hub_event e"
)
GUARDS = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only'"
MY_RULE = """
model = env.ref("base.model_res_partner").id
env["base.automation"].create({
    "name": "My own rule", "model_id": model, "trigger": "on_business_event", "event_pattern": "billing.*",
    "owner_id": env.ref("base.user_admin").id,
    "action_server_ids": [(0, 0, {
        "name": "Mine", "model_id": model, "state": "code", "code": "pass", "usage": "base_automation"})]})
env.cr.commit()
"""
UNINSTALL = """
import json
names = json.loads(%r)
env["ir.module.module"].search([("name", "in", names), ("state", "=", "installed")]).button_immediate_uninstall()
env.cr.commit()
"""
# Every view that is left is put together, and every job and rule called to mind.
HEALTHY = """
import json
problems = []
for view in env["ir.ui.view"].search([("type", "in", ("form", "list", "kanban", "search"))]):
    if view.model not in env:
        problems.append(f"view {view.xml_id} of {view.model}")
    elif view.mode == "primary":
        try:
            view._check_xml()
        except Exception as error:
            problems.append(f"view {view.xml_id}: {error}")
for cron in env["ir.cron"].with_context(active_test=False).search([]):
    if cron.model_id.model not in env:
        problems.append(f"job {cron.cron_name}")
for menu in env["ir.ui.menu"].with_context(active_test=False).search([("action", "!=", False)]):
    window = menu.action._name == "ir.actions.act_window"
    if not menu.action.exists() or window and menu.action.res_model not in env:
        problems.append(f"menu {menu.complete_name}")
env["res.partner"].create({"name": "Still works"}).unlink()
print("FOUND", json.dumps(problems))
"""


class Site:
    """One database, and Odoo commands on it."""

    def __init__(self, conf, database):
        self.conf, self.database = conf, database

    def odoo(self, *args, text=""):
        """:return: what Odoo wrote, its complaints that are ours to mend"""
        level = ("--no-http", "--log-level=warn")
        command = self.conf.odoo_command(*args, "-d", self.database, *level)
        done = self.conf.run(command, input=text, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-4000:]
        marks = (" WARNING ", " ERROR ", " CRITICAL ", "Traceback")
        bad = [x for x in done.stderr.splitlines() if any(m in x for m in marks)]
        return done.stdout, bad

    def shell(self, text):
        return self.odoo("shell", text=text)

    def ask(self, sql):
        return postgres.query(self.conf.env, sql, self.database).splitlines()

    def problems(self):
        out, bad = self.shell(HEALTHY)
        found = next(x for x in out.splitlines() if "FOUND" in x).partition("FOUND ")[2]
        return json.loads(found) + bad


@pytest.fixture(scope="module")
def site():
    """A copy of the demo database with its story told: three months of everything."""
    with machine.running("test", durable=False) as ready:
        source = template.build(ready, template.names(ready), "demo")
        with template.clone(ready, source) as database:
            options = {"data_dir": str(template.data_dir()), "max_cron_threads": "0"}
            options["http_interface"] = "127.0.0.1"
            sections = {
                "saas_demo": {"enabled": "1"},
                "event_hub": {"allow_hosts": ECHO},
            }
            conf = ready.write_conf(f"life-{database}", options, sections)
            told = Site(conf, database)
            assert told.shell(PROVISION)[1] == []
            yield told


def test_an_update_of_all_addons_changes_no_history_and_says_nothing(site):
    before, guards = site.ask(LEDGER), site.ask(GUARDS)
    assert int(before[0].split("|")[0]) > LEAST_EVENTS
    _, bad = site.odoo("-u", ",".join(OURS), "--stop-after-init")
    assert bad == []
    assert site.ask(LEDGER) == before
    assert site.ask(GUARDS) == guards and guards != ["0"]
    assert site.problems() == []


@pytest.mark.parametrize("names", STEPS, ids=lambda names: names[0])
def test_an_addon_leaves_nothing_behind_that_stands_in_the_way(site, names):
    if names == ["event_hub"]:
        site.shell(MY_RULE)
    _, bad = site.shell(UNINSTALL % json.dumps(names))
    told = [line for line in bad if "are removed with the event hub" in line]
    assert [line for line in bad if line not in told] == []
    assert bool(told) == (names == ["event_hub"])
    gone = site.ask(
        "SELECT name FROM ir_module_module WHERE state = 'uninstalled' AND author = 'SaaS Operational Visibility'"
    )
    assert set(names) <= set(gone)
    assert site.problems() == []
    assert _left(site, set(OURS) - set(gone)) == []


def _left(site, installed):
    """:return: what in the database belongs to an addon of ours that is not installed"""
    listed = "', '".join(sorted(set(OURS) - installed))
    left = site.ask(
        f"SELECT 'data ' || module || '.' || name FROM ir_model_data WHERE module IN ('{listed}')"
    )
    left += site.ask(
        "SELECT 'action ' || id FROM ir_act_server a WHERE usage = 'base_automation' AND NOT EXISTS"
        " (SELECT FROM base_automation r WHERE r.id = a.base_automation_id) AND base_automation_id IS NOT NULL"
    )
    left += site.ask(
        "SELECT 'field ' || f.model || '.' || f.name FROM ir_model_fields f WHERE NOT EXISTS"
        " (SELECT FROM ir_model m WHERE m.model = f.model)"
    )
    if "event_hub" in installed:
        return left
    left += [
        "trigger " + x
        for x in site.ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    ]
    left += [
        "function " + x
        for x in site.ask(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'event\\_hub%'"
        )
    ]
    for kind, sql in {
        "table": "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'S', 'i')",
        "model": "SELECT model FROM ir_model",
        "parameter": "SELECT key FROM ir_config_parameter",
    }.items():
        left += [f"{kind} {name}" for name in site.ask(sql) if PREFIX.match(name)]
    left += [
        "rule " + x
        for x in site.ask(
            "SELECT id FROM base_automation WHERE trigger = 'on_business_event'"
        )
    ]
    left += [
        "column " + x
        for x in site.ask(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name IN ('account_code', 'account_tier', 'account_owner_id', 'event_pattern', 'governed')"
        )
    ]
    return left


def test_owners_of_rules_were_told_that_they_are_gone(site):
    (body,) = site.ask(
        "SELECT body FROM mail_message WHERE subject = 'Rules removed with the Event Hub'"
    )
    assert "My own rule" in body


def test_all_of_it_can_be_installed_again(site):
    wanted = [name for name in OURS if name != addons.DEMO]
    _, bad = site.odoo("-i", ",".join(wanted), "--stop-after-init")
    assert bad == []
    assert site.problems() == []
    assert int(site.ask(GUARDS)[0]) > 0
