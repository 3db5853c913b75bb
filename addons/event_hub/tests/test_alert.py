from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.models import event_hub_alert

from .common import HubCommon
from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestAlert(HubCommon, HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alert = cls.env.ref("event_hub.alert_messages")
        cls.keeper = new_test_user(
            cls.env,
            "alert_keeper",
            groups="event_hub.group_hub_admin",
            email="keeper@example.com",
            tz="Europe/Brussels",
        )
        cls.alert.owner_id = cls.keeper

    def _late(self, seconds):
        """One message that is due for so long."""
        message = self._hear(self._event())
        self.env.cr.execute(
            "UPDATE event_hub_message SET next_try_at = (clock_timestamp() AT TIME ZONE 'UTC') - %s * interval '1 s'"
            " WHERE id = %s",
            [seconds, message.id],
        )
        self.env.invalidate_all()
        return message

    def _check(self):
        return self.env["event_hub.alert"].sudo()._check()

    def _told(self, event_type):
        self.env["event_hub.event"]._flush_emitted()
        return self.env["event_hub.event"].search(
            [("type", "=", event_type), ("case_id", "=", self.alert.id)]
        )

    # ------------------------------------------------------------------- firing

    def test_a_late_queue_fires_once_and_tells_its_owner(self):
        self._late(20)
        self.assertNotIn(self.alert, self._check())
        self._late(40)
        self.assertIn(self.alert, self._check())
        self.assertEqual(self.alert.state, "firing")
        self.assertTrue(self.alert.since)
        activity = self.alert.activity_ids
        self.assertEqual(activity.user_id, self.keeper)
        self.assertRegex(activity.note, r"the first for \d+ seconds more than")
        self.assertEqual(len(self._told("hub.alert_fired")), 1)
        self.assertNotIn(self.alert, self._check())
        self.assertEqual(self.alert.activity_ids, activity)
        self.assertEqual(len(self._told("hub.alert_fired")), 1)

    def test_threshold_and_check_together_tell_within_two_minutes(self):
        interval = {"minutes": 60}
        cron = self.env.ref("event_hub.ir_cron_check_alerts")
        every = cron.interval_number * interval[cron.interval_type]
        for queue in ("messages", "runs", "deliveries"):
            alert = self.env.ref(f"event_hub.alert_{queue}")
            with self.subTest(queue=queue):
                self.assertLessEqual(alert.max_age_seconds + every, 120)

    def test_it_recovers_by_itself_and_closes_its_activity(self):
        message = self._late(40)
        self._check()
        self._process()
        self.assertNotIn(message.state, ("received", "failed"))
        self.assertIn(self.alert, self._check())
        self.assertEqual(self.alert.state, "recovered")
        self.assertFalse(self.alert.activity_ids)
        (event,) = self._told("hub.alert_recovered")
        self.assertEqual(event.attributes["queue"], "messages")

    def test_too_many_fire_as_too_late_do(self):
        self.alert.max_depth = 2
        self._hear(self._event(), self._event(), self._event())
        self._check()
        self.assertEqual(self.alert.state, "firing")
        (event,) = self._told("hub.alert_fired")
        self.assertEqual(event.attributes["reasons"], "depth")

    def test_one_that_is_switched_off_fires_nothing_and_ends(self):
        self._late(40)
        self._check()
        self.alert.active = False
        self._check()
        self.assertEqual(self.alert.state, "recovered")
        self._check()
        self.assertEqual(self.alert.state, "recovered")

    def test_an_owner_who_left_is_replaced_by_an_administrator(self):
        self.keeper.active = False
        self._late(40)
        self._check()
        self.assertTrue(self.alert.activity_ids.user_id.active)

    def test_each_queue_has_an_alert_also_one_that_is_new(self):
        queues = self.env["event_hub.monitor"]._queues()
        queues["more"] = queues["messages"]
        monitor = self.env["event_hub.monitor"]
        self.patch(type(monitor), "_queues", lambda self: queues)
        with self.enter_registry_test_mode():
            self.env["event_hub.alert"].sudo()._cron_check()
        known = self.env["event_hub.alert"].search([]).mapped("queue")
        self.assertEqual(set(known), set(queues))

    # ------------------------------------------------------------------- digest

    def test_the_digest_tells_an_alert_once_and_nothing_sends_no_mail(self):
        mails = self.env["mail.mail"].sudo()
        digest = self.env["event_hub.alert"].sudo()._cron_digest
        before = mails.search([])
        digest()
        self.assertEqual(mails.search([]), before)
        self._late(40)
        self._check()
        digest()
        mail = (mails.search([]) - before).filtered(
            lambda m: "queues need" in m.subject
        )
        self.assertEqual(mail.recipient_ids, self.keeper.partner_id)
        self.assertIn("firing", mail.body_html)
        self.assertIn(f"/odoo/event_hub.alert/{self.alert.id}", mail.body_html)
        self._process()
        self._check()
        told = mails.search([])
        digest()
        self.assertEqual(mails.search([]), told)

    def test_several_alerts_of_one_owner_are_one_mail(self):
        alerts = self.env["event_hub.alert"].search([], limit=3)
        values = alerts._digest_values(self.keeper)
        for alert in alerts:
            self.assertIn(f"/odoo/event_hub.alert/{alert.id}", values["body_html"])

    # ------------------------------------------------------------------- rights

    def test_what_is_measured_cannot_be_forged(self):
        alert = self.alert.with_user(self.keeper)
        for vals in (
            {"state": "firing"},
            {"since": "2026-01-01 00:00:00"},
            {"recovered_at": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                alert.write(vals)
        alert.write({"max_depth": 5})
        with self.assertRaises(AccessError):
            alert.create({"queue": "x"})

    def test_a_reader_changes_no_threshold(self):
        groups = "event_hub.group_hub_user"
        reader = new_test_user(self.env, "alert_reader", groups=groups)
        with self.assertRaises(AccessError):
            self.alert.with_user(reader).max_depth = 1

    def test_what_waits_is_one_click_away(self):
        message = self._late(40)
        action = self.alert.action_open_waiting()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(message, found)
        self.assertEqual(self.alert.depth, len(found))

    def test_every_watched_queue_is_named(self):
        queues = self.env["event_hub.monitor"]._queues()
        for alert in self.env["event_hub.alert"].search(
            [("queue", "in", list(queues))]
        ):
            self.assertTrue(alert.display_name)
            self.assertNotIn("_", alert.display_name)
        self.assertLessEqual(set(event_hub_alert.DEFAULT_AGE), set(queues))
