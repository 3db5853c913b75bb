"""Everything that waits for a person, on one screen, each kind with its own rights."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon
from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestExceptions(HubCommon, HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "hub_boss", "event_hub.group_hub_admin,base.group_partner_manager"
        )
        cls.reader = new_test_user(cls.env, "hub_reader", "event_hub.group_hub_user")

    def stuck_message(self):
        return self._heard_and_processed(self._event(type="test.never_heard_of"))

    def stuck_run(self):
        rule = self.rule("raise UserError('no')")
        self.event(self.partners(1))
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            for _try in range(5):
                self.runs(rule).write({"next_try_at": fields.Datetime.now()})
                self.react()
        return self.runs(rule)

    def stuck_delivery(self):
        endpoint = self.env["event_hub.endpoint"].create(
            {
                "name": "Receiver",
                "url": "https://hooks.example.com/in",
                "event_pattern": "test.*",
                "owner_id": self.owner.id,
            }
        )
        self.event(self.partners(1))
        delivery = self.env["event_hub.delivery"].search(
            [("endpoint_id", "=", endpoint.id)]
        )
        delivery._set_state("dead", error="No answer")
        return delivery

    def conflict(self):
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.env["event_hub.field_owner"].create(
            {"model_id": field.model_id.id, "field_id": field.id}
        )
        self.service.group_ids = [(4, self.env.ref("base.group_partner_manager").id)]
        self.account.ref = "ours"
        self.account.with_user(self.service).ref = "theirs"
        return self.env["event_hub.conflict"].search([], limit=1)

    def rows(self, user=None, **vals):
        table = self.env["event_hub.exception"].with_user(user or self.admin)
        return table.search([(name, "=", value) for name, value in vals.items()])

    def row(self, thing, user=None):
        kind = thing._name.split(".")[1]
        return self.rows(user, kind=kind, res_id=thing.id)

    def test_each_kind_is_there_with_owner_age_and_category(self):
        things = [
            self.stuck_message(),
            self.stuck_run(),
            self.stuck_delivery(),
            self.conflict(),
        ]
        owners = [
            self.source.owner_id,
            self.owner,
            self.owner,
            self.source.owner_id,
        ]
        categories = [
            "Unknown event type",
            "Automation given up",
            "Delivery given up",
            "Another value offered",
        ]
        rows = [self.row(thing) for thing in things]
        self.assertEqual([len(row) for row in rows], [1, 1, 1, 1])
        self.assertEqual(len({row.id for row in rows}), 4)
        self.assertEqual([row.owner_id for row in rows], owners)
        self.assertEqual([row.category for row in rows], categories)
        for row, thing in zip(rows, things, strict=True):
            self.assertEqual((row.res_model, row.res_id), (thing._name, thing.id))
            self.assertTrue(row.correlation and row.since)
            self.assertLess(row.age_hours, 1)
            self.assertEqual(row.action_open()["res_id"], thing.id)
        self.assertIn("no", rows[1].detail)

    def test_it_can_be_searched_grouped_and_counted(self):
        self.stuck_run()
        table = self.env["event_hub.exception"].with_user(self.admin)
        groups = table._read_group([], ["kind", "owner_id"], ["__count"])
        self.assertIn(("run", self.owner, 1), groups)
        self.assertEqual(
            table.search_count([("kind", "=", "run"), ("detail", "ilike", "no")]), 1
        )
        self.assertTrue(table.formatted_read_group([], ["since:day"], ["__count"]))

    def test_each_reader_sees_of_each_kind_what_he_may_see_there(self):
        message, run, conflict = self.stuck_message(), self.stuck_run(), self.conflict()
        self.assertFalse(self.row(message, self.reader))
        self.assertFalse(self.row(conflict, self.reader))
        self.assertTrue(self.row(run, self.reader))
        conflict.sudo()._assign(self.reader)
        self.assertTrue(self.row(conflict, self.reader))
        other = new_test_user(
            self.env,
            "hub_b",
            "event_hub.group_hub_admin",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        self.assertFalse(self.rows(other))
        with self.assertRaises(AccessError):
            self.rows(self.actor)

    def test_trying_again_goes_through_each_kinds_own_gate(self):
        message, run = self.stuck_message(), self.stuck_run()
        rows = self.row(message) + self.row(run)
        with self.assertRaises(AccessError):
            self.row(run, self.reader).action_retry()
        rows.action_retry()
        self.assertEqual((message.state, run.state), ("parked", "pending"))
        self.assertFalse(self.row(run))

    def test_conflicts_are_decided_here_too(self):
        conflict, run = self.conflict(), self.stuck_run()
        with self.assertRaisesRegex(UserError, "none but them"):
            (self.row(conflict) + self.row(run)).action_take()
        with self.assertRaisesRegex(UserError, "is decided"):
            self.row(conflict).action_retry()
        self.row(conflict).action_take()
        self.assertEqual(self.account.ref, "theirs")
        self.assertFalse(self.row(conflict))

    def clash(self):
        message = self._heard_and_processed(self._event())
        message.env["event_hub.clash"]._note(message, "0" * 64)
        return self.env["event_hub.clash"].search([("message_id", "=", message.id)])

    def test_an_id_used_again_is_settled_here_not_tried_again(self):
        clash, run = self.clash(), self.stuck_run()
        row = self.row(clash)
        self.assertEqual(
            (row.category, row.place, row.owner_id, row.name),
            (
                "Same id, other content",
                self.source.name,
                self.source.owner_id,
                clash.external_id,
            ),
        )
        with self.assertRaisesRegex(UserError, "must send it again"):
            row.action_retry()
        with self.assertRaisesRegex(UserError, "none but them"):
            (row + self.row(run)).action_settle()
        with self.assertRaises(AccessError):
            self.row(clash, self.reader).action_settle()
        row.action_settle()
        self.assertEqual(clash.state, "settled")
        self.assertFalse(self.row(clash))

    def test_discarding_an_id_used_again_settles_it_and_keeps_the_reason(self):
        clash = self.clash()
        self.row(clash).action_discard("They know")
        self.assertEqual(clash.state, "settled")
        mark = self.env["event_hub.exception_mark"].search([("kind", "=", "clash")])
        self.assertEqual((mark.res_id, mark.reason), (clash.id, "They know"))

    def test_somebody_else_can_be_asked_to_look_after_them(self):
        run, conflict = self.stuck_run(), self.conflict()
        rows = self.row(run) + self.row(conflict)
        rows.action_assign(self.reader.id)
        self.env.invalidate_all()
        self.assertEqual(rows.owner_id, self.reader)
        for wrong in (self.env.ref("base.public_user").id, 987654321):
            with self.assertRaises(UserError):
                rows.action_assign(wrong)
        with self.assertRaises(AccessError):
            rows.with_user(self.reader).action_assign(self.reader.id)

    def test_discarded_things_leave_the_screen_until_they_are_stuck_again(self):
        run = self.stuck_run()
        row = self.row(run)
        with self.assertRaisesRegex(UserError, "Give a reason"):
            row.action_discard("")
        with self.assertRaises(AccessError):
            row.with_user(self.reader).action_discard("x")
        row.action_discard("The customer has left")
        self.env.invalidate_all()
        self.assertTrue(row.discarded)
        self.assertEqual(row.discard_reason, "The customer has left")
        self.assertFalse(self.rows(kind="run", discarded=False))
        self.assertEqual(run.state, "dead")
        run.action_retry()
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            for _try in range(5):
                run.write({"next_try_at": fields.Datetime.now()})
                self.react()
        self.assertEqual(run.state, "dead")
        self.assertFalse(self.row(run).discarded)

    def test_the_owners_activity_ends_with_the_last_thing_that_waits(self):
        run = self.stuck_run()
        rule = run.automation_id
        self.assertEqual(len(rule.activity_ids), 1)
        self.row(run).action_discard("Not needed")
        rule.invalidate_recordset()
        self.assertFalse(rule.activity_ids)
        message = self.stuck_message()
        second = self.stuck_message()
        self.assertTrue(self.source.activity_ids)
        self.row(message).action_discard("Spam")
        self.source.invalidate_recordset()
        self.assertEqual(self.source.message_waiting_count, 1)
        self.assertTrue(self.source.activity_ids)
        self.row(second).action_discard("Spam")
        self.source.invalidate_recordset()
        self.assertEqual(self.source.message_waiting_count, 0)
        self.assertFalse(self.source.activity_ids)

    def test_nothing_can_be_written_into_the_view(self):
        row = self.row(self.stuck_run())
        for attempt in (
            lambda: row.write({"owner_id": self.reader.id}),
            lambda: row.unlink(),
            lambda: row.create({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
