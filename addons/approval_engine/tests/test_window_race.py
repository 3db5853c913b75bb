from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.exceptions import BusyError

# deleted in this order; the column names what is deleted
ROWS = (
    ("approval_engine_assignment", "request_id"),
    ("approval_engine_request_step", "request_id"),
    ("approval_engine_request", "id"),
)


@tagged("post_install", "-at_install")
class TestWindowRace(BaseCase):
    """Two parts of one thing, submitted at the same moment, on two real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.ids = {}
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._set_up(api.Environment(cr, SUPERUSER_ID, {}))

    def _set_up(self, env):
        group = env.ref("approval_engine.group_approval_user")
        people = env["res.users"].with_context(no_reset_password=True)
        people = people.create(
            [
                {
                    "name": f"Split {n}",
                    "login": f"approval_split_{n}",
                    "group_ids": [Command.set(group.ids)],
                }
                for n in range(3)
            ]
        )
        account = env["res.partner"].create({"name": "Split", "is_company": True})
        kind = env["approval_engine.type"].create({"code": "split", "name": "Split"})
        steps = [
            {"name": "Finance", "user_ids": [Command.set(people[1].ids)]},
            {
                "name": "Manager",
                "user_ids": [Command.set(people[2].ids)],
                "amount_from": 1000,
            },
        ]
        policies = env["approval_engine.policy"].create(
            [
                {
                    "name": f"Split, counted by {by}",
                    "type_id": kind.id,
                    "condition": condition,
                    "window_days": days,
                    "window_by": by,
                    "step_ids": [Command.create(step) for step in steps],
                }
                for by, days, condition in (
                    ("account", 30, False),
                    ("requester", 90, "[('urgent', '=', True)]"),
                )
            ]
        )
        policies.action_activate()
        parts = env["approval_engine.request"].with_user(people[0])
        parts = parts.create(
            [
                {
                    "name": f"Part {n}",
                    "type_id": kind.id,
                    "partner_id": account.id,
                    "amount": 600,
                    "urgent": urgent,
                    "urgent_reason": "Soon." if urgent else False,
                }
                for n, urgent in enumerate((False, False, True))
            ]
        )
        self.ids = {
            "people": people.ids,
            "account": account.id,
            "type": kind.id,
            "policies": policies.ids,
            "parts": parts.ids,
        }

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            cr.execute(
                "DELETE FROM event_hub_event_object WHERE event_id IN (SELECT id FROM event_hub_event"
                " WHERE (case_model, case_id) IN (SELECT 'approval_engine.request', unnest(%s)"
                " UNION SELECT 'approval_engine.policy', unnest(%s)))",
                [self.ids["parts"], self.ids["policies"]],
            )
            cr.execute(
                "DELETE FROM event_hub_event WHERE (case_model, case_id) IN"
                " (SELECT 'approval_engine.request', unnest(%s) UNION SELECT 'approval_engine.policy', unnest(%s))",
                [self.ids["parts"], self.ids["policies"]],
            )
            for table, column in ROWS:
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} = ANY(%s)",  # noqa: S608
                    [self.ids["parts"]],
                )
            for table, ids in (
                ("approval_engine_policy", self.ids["policies"]),
                ("approval_engine_type", [self.ids["type"]]),
            ):
                cr.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])  # noqa: S608
            env = api.Environment(cr, SUPERUSER_ID, {})
            for model, ids in (
                ("approval_engine.request", self.ids["parts"]),
                ("approval_engine.policy", self.ids["policies"]),
            ):
                messages = [("model", "=", model), ("res_id", "in", ids)]
                env["mail.message"].search(messages).unlink()
                followers = [("res_model", "=", model), ("res_id", "in", ids)]
                env["mail.followers"].search(followers).unlink()
            people = env["res.users"].browse(self.ids["people"])
            partners = people.partner_id
            people.unlink()
            (partners + env["res.partner"].browse(self.ids["account"])).unlink()

    def _part(self, cr, index):
        env = api.Environment(cr, self.ids["people"][0], {})
        return env["approval_engine.request"].browse(self.ids["parts"][index])

    def _submit_at_once(self, first, second):
        """Submit two parts of which neither sees the other; the later one begins anew, as the server makes it."""
        with self.registry.cursor() as late:
            self._part(late, second).read(["state"])  # it sees the world as of now
            with self.registry.cursor() as early:
                part = self._part(early, first)
                part.action_submit()
                self.assertEqual(part.step_ids.mapped("name"), ["Finance"])
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(BusyError),  # for the server: begin anew
            ):
                self._part(late, second).action_submit()
            late.rollback()
        with self.registry.cursor() as again:
            part = self._part(again, second)
            part.action_submit()
            self.assertEqual(part.step_ids.mapped("name"), ["Finance", "Manager"])

    def test_the_second_of_two_parts_starts_over_and_meets_the_manager_too(self):
        self._submit_at_once(0, 1)

    def test_so_it_does_where_its_policy_counts_by_something_else(self):
        self._submit_at_once(0, 2)

    def test_whichever_of_the_policies_comes_first(self):
        self._submit_at_once(2, 0)
