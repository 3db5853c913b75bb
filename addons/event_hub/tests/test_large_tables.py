"""The screens of Operations over a hundred thousand rows of each kind."""

import time

import pytest

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import HubCommon
from .common_outbox import HubCase

ROWS = 100_000
SECONDS = 0.3  # of one question a screen asks; the best of three
COUNTS = 20  # times what it takes to count one table, where that is more
RULES = 20
PAGE = 80

FILL = {
    # A ledger of half a year: 500 accounts, 200 types.
    "event_hub_event": """
        INSERT INTO event_hub_event (type, activity, case_type, case_model, case_id, account_id, actor, occurred_at,
               recorded_at, correlation, company_id, source_id, ce_source, ce_id, depth, history)
        SELECT 'large.type_' || n %% 200, 'Step', 'large', 'res.partner', %(account)s, %(account)s - n %% 500, 'system',
               now() - n * interval '150 seconds', now(), md5((n / 3)::text), %(company)s, %(source)s, '/large',
               n::text, 0, FALSE
          FROM generate_series(1, %(rows)s) n""",
    # Half of the year's runs; one in a hundred was given up.
    "event_hub_run": """
        INSERT INTO event_hub_run (event_id, automation_id, event_type, state, attempts, planned_at, started_at,
               correlation, res_model, res_id, company_id, owner_told)
        SELECT -n, (%(rules)s::int[])[1 + n %% %(count)s], 'large', CASE n %% 100 WHEN 0 THEN 'dead' ELSE 'done' END,
               1, now() - n * interval '150 seconds', now() - n * interval '150 seconds', md5(n::text), 'res.partner',
               %(account)s, %(company)s, TRUE
          FROM generate_series(1, %(rows)s) n""",
    "event_hub_delivery": """
        INSERT INTO event_hub_delivery (endpoint_id, event_id, event_type, webhook_id, state, attempts, planned_at,
               last_try_at, correlation, company_id)
        SELECT %(endpoint)s, n, 'large.type', 'msg_' || n, CASE n %% 100 WHEN 0 THEN 'dead' ELSE 'delivered' END, 1,
               now() - n * interval '150 seconds', now() - n * interval '150 seconds', md5(n::text), %(company)s
          FROM generate_series(1, %(rows)s) n""",
    "event_hub_message": """
        INSERT INTO event_hub_message (source_id, external_id, state, error_code, attempts, received_at, correlation,
               lane)
        SELECT %(source)s, 'large_' || n, CASE n %% 100 WHEN 0 THEN 'parked' ELSE 'processed' END, 'unknown_type', 1,
               now() - n * interval '150 seconds', md5(n::text), n %% 4
          FROM generate_series(1, %(rows)s) n""",
}
# What a screen asks when it opens, and when it is grouped as its search offers first.
SCREENS = {
    "event_hub.event": ([("history", "=", False)], ["type", "account_id"]),
    "event_hub.run": ([], ["automation_id", "state"]),
    "event_hub.delivery": ([], ["endpoint_id", "state"]),
    "event_hub.message": ([("state", "in", ("parked", "dead"))], ["state"]),
    "event_hub.exception": ([("discarded", "=", False)], ["kind", "owner_id"]),
    "event_hub.governance": ([], ["status"]),
}


@pytest.mark.optional("100,000 rows of each kind, half a minute")
@tagged("post_install", "-at_install")
class TestLargeTables(HubCommon, HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(cls.env, "large_boss", "event_hub.group_hub_admin")
        cls.auditor = new_test_user(cls.env, "large_aud", "event_hub.group_hub_user")
        cls.rules = cls.env["base.automation"].create(
            [
                {
                    "name": f"Large {number}",
                    "model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "trigger": "on_business_event",
                    "event_pattern": "large.*",
                }
                for number in range(RULES)
            ]
        )
        endpoint = cls.env["event_hub.endpoint"].create(
            {"name": "L", "url": "https://example.com/x", "event_pattern": "large.*"}
        )
        values = {
            "rows": ROWS,
            "rules": cls.rules.ids,
            "count": RULES,
            "account": cls.account.id,
            "company": cls.company.id,
            "source": cls.source.id,
            "endpoint": endpoint.id,
        }
        cls.env.flush_all()
        for table, statement in FILL.items():
            cls.env.cr.execute(statement, values)
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def allowed(self):
        """:return: seconds; more on a machine that is busy, by how long it takes to count one table"""
        count = "SELECT count(*) FROM event_hub_run WHERE attempts = 1"
        return max(SECONDS, COUNTS * self.best(lambda: self.env.cr.execute(count)))

    def best(self, ask):
        """:return: seconds that the quickest of three took"""
        times = []
        for _ in range(3):
            self.env.invalidate_all()
            began = time.perf_counter()
            ask()
            times.append(time.perf_counter() - began)
        return min(times)

    def columns(self, model):
        view = self.env[model].get_view(view_type="list")
        return {name: {} for name in view["models"][model] if name != "id"}

    def test_the_first_page_and_the_first_groups_of_each_screen_come_quickly(self):
        slow = {}
        allowed = self.allowed()
        for user in (self.boss, self.auditor):
            for model, (domain, groups) in SCREENS.items():
                table = self.env[model].with_user(user)
                if not table.has_access("read"):
                    continue
                columns = self.columns(model)
                asked = {
                    "page": lambda t=table, d=domain, c=columns: t.web_search_read(
                        d, c, limit=PAGE, count_limit=10_001
                    )
                }
                for group in groups:
                    asked[group] = lambda t=table, d=domain, g=group: (
                        t.formatted_read_group(d, [g], ["__count"], limit=PAGE)
                    )
                for name, ask in asked.items():
                    took = self.best(ask)
                    if took > allowed:
                        slow[model, name, user.login] = round(took, 3)
        self.assertFalse(slow)

    def test_the_timeline_of_one_account_among_many_comes_quickly(self):
        other = self.account.id - 7
        took = self.best(
            lambda: self.env["event_hub.event"]._timeline_page(
                [("account_id", "=", other)], None, 51
            )
        )
        self.assertLess(took, self.allowed())
        busy = self.best(
            lambda: self.env["event_hub.event"].timeline("res.partner", self.account.id)
        )
        self.assertLess(busy, self.allowed(), "an account that all events are about")

    def plan(self, query):
        self.env.cr.execute(SQL("EXPLAIN %s", query))
        return "\n".join(line for (line,) in self.env.cr.fetchall())

    def test_the_figures_of_a_rule_read_its_own_runs_only(self):
        rule = self.rules[0]
        table = self.env["event_hub.governance"]
        plan = self.plan(table._search([("id", "=", rule.id)]).select("runs"))
        self.assertIn("event_hub_run_rule_idx", plan)
        self.assertNotIn("Seq Scan on event_hub_run", plan)
        row = table.browse(rule.id)
        with self.assertQueryCount(2):  # the row, and whether its users still exist
            self.assertEqual(row.runs, row.done + row.failed)
        self.assertGreater(row.runs, 1000)

    def test_what_waits_for_a_person_is_found_by_index(self):
        for table in ("run", "delivery"):
            model = self.env[f"event_hub.{table}"]
            plan = self.plan(model._search([("state", "=", "dead")]).select("id"))
            self.assertIn("Index", plan, table)
