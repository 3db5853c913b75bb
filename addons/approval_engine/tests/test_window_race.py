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
        policy = env["approval_engine.policy"].create(
            {
                "name": "Split",
                "type_id": kind.id,
                "window_days": 30,
                "step_ids": [Command.create(step) for step in steps],
            }
        )
        policy.action_activate()
        parts = env["approval_engine.request"].with_user(people[0])
        parts = parts.create(
            [
                {
                    "name": f"Part {n}",
                    "type_id": kind.id,
                    "partner_id": account.id,
                    "amount": 600,
                }
                for n in range(2)
            ]
        )
        self.ids = {
            "people": people.ids,
            "account": account.id,
            "type": kind.id,
            "policy": policy.id,
            "parts": parts.ids,
        }

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
            cr.execute(
                "DELETE FROM event_hub_event_object WHERE event_id IN (SELECT id FROM event_hub_event"
                " WHERE (case_model, case_id) IN (SELECT 'approval_engine.request', unnest(%s)"
                " UNION SELECT 'approval_engine.policy', %s))",
                [self.ids["parts"], self.ids["policy"]],
            )
            cr.execute(
                "DELETE FROM event_hub_event WHERE (case_model, case_id) IN"
                " (SELECT 'approval_engine.request', unnest(%s) UNION SELECT 'approval_engine.policy', %s)",
                [self.ids["parts"], self.ids["policy"]],
            )
            for table, column in ROWS:
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} = ANY(%s)",  # noqa: S608
                    [self.ids["parts"]],
                )
            for table, key in (
                ("approval_engine_policy", "policy"),
                ("approval_engine_type", "type"),
            ):
                cr.execute(f"DELETE FROM {table} WHERE id = %s", [self.ids[key]])
            env = api.Environment(cr, SUPERUSER_ID, {})
            for model, ids in (
                ("approval_engine.request", self.ids["parts"]),
                ("approval_engine.policy", [self.ids["policy"]]),
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

    def test_the_second_of_two_parts_starts_over_and_meets_the_manager_too(self):
        with self.registry.cursor() as late:
            self._part(late, 1).read(["state"])  # it sees the world as of now
            with self.registry.cursor() as early:
                part = self._part(early, 0)
                part.action_submit()
                self.assertEqual(part.step_ids.mapped("name"), ["Finance"])
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(BusyError),  # for the server: begin anew
            ):
                self._part(late, 1).action_submit()
            late.rollback()
        with self.registry.cursor() as again:  # as the server does by itself
            part = self._part(again, 1)
            part.action_submit()
            self.assertEqual(part.step_ids.mapped("name"), ["Finance", "Manager"])
