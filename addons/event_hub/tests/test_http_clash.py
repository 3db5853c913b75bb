"""The same id with another body: refused, noted, told once, and over by itself."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.event_hub.models import event_hub_monitor_metrics
from odoo.addons.event_hub.models.event_hub_clash import ACTIVITY
from odoo.addons.event_hub.policies import clashes

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestClash(HubCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.owner = new_test_user(self.env, "hub_clash_owner")
        self.source.owner_id = self.owner

    def _clashes(self):
        self.env.invalidate_all()
        return self.env["event_hub.clash"].search([("source_id", "=", self.source.id)])

    def _use_again(self, message_id):
        response = self._post(self._event(), message_id=message_id)
        self.assertEqual(response.status_code, 409, response.text)

    def _check(self):
        self.env.flush_all()
        self.env["event_hub.tally"]._flush_answers()
        self.env["event_hub.alert"]._cron_check()
        self.env.invalidate_all()

    def _activities(self):
        kind = self.env.ref(ACTIVITY)
        return self.source.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def _alert(self):
        return self.env["event_hub.alert"].search([("queue", "=", "clashes")])

    def _an_hour_passes(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_hub_clash SET heard_at = heard_at - %(quiet)s; "
            "UPDATE event_hub_tally SET minute = minute - %(quiet)s - interval '1 minute'",
            {"quiet": clashes.QUIET},
        )
        self.env.invalidate_all()

    def test_the_owner_is_told_once_and_it_is_over_by_itself(self):
        for message_id in ("m1", "m2"):
            self._post(self._event(), message_id=message_id)
        for message_id in ("m1", "m1", "m2", "m1"):
            self._use_again(message_id)
        self.assertEqual(sorted(self._clashes().mapped("external_id")), ["m1", "m2"])
        for _ in range(2):
            self._check()
            self.assertEqual(self._activities().user_id, self.owner)
            self.assertEqual(len(self._activities()), 1)
        self.assertIn("m1", str(self._activities().note))
        self.env.cr.execute(
            "UPDATE event_hub_clash SET heard_at = heard_at - interval '5 seconds'"
        )
        self._check()
        self.assertEqual(self._alert().state, "firing")
        self.assertFalse(self._alert().activity_ids, "the source's owner was told")

        self._an_hour_passes()
        self._check()
        self.assertEqual(set(self._clashes().mapped("state")), {"settled"})
        self.assertFalse(self._activities())
        self.assertEqual(self._alert().state, "recovered")

        self._use_again("m1")
        self._check()
        self.assertEqual(len(self._activities()), 1, "news again")

    def test_it_goes_on_as_long_as_the_sender_does(self):
        self._post(self._event(), message_id="m1")
        self._use_again("m1")
        self._an_hour_passes()
        self._use_again("m1")
        self._check()
        self.assertEqual(self._clashes().mapped("state"), ["open"])

    def test_it_is_counted_as_refused_for_this_reason(self):
        self._post(self._event(), message_id="m1")
        self._use_again("m1")
        self._use_again("m1")
        self.env.flush_all()
        event_hub_monitor_metrics._cache.clear()
        page = self.env["event_hub.monitor"]._metrics().decode()
        self.assertIn(
            'hub_refused_total{reason="conflict",source="test_billing"} 2.0', page
        )
        self.assertIn('hub_queue_depth{queue="clashes"} 1.0', page)
        rates = self.env["event_hub.overview"]._figures()["rates"]
        rows = {row["label"]: row["hour"]["value"] for row in rates}
        self.assertEqual(rows["Refused: other content under a known id"], 2)

    def test_a_repeated_message_is_no_clash(self):
        event = self._event()
        for _ in range(2):
            self._post(event, message_id="m1")
        self.assertFalse(self._clashes())

    def test_only_administrators_settle_and_nobody_writes(self):
        self._post(self._event(), message_id="m1")
        self._use_again("m1")
        clash = self._clashes()
        reader = new_test_user(self.env, "hub_r_cl", groups="event_hub.group_hub_user")
        with self.assertRaises(AccessError):
            clash.with_user(reader).action_settle()
        for call in (
            lambda: clash.write({"state": "settled"}),
            clash.unlink,
            lambda: clash.create({"message_id": clash.message_id.id}),
        ):
            with self.assertRaises(UserError):
                call()
        admin = new_test_user(self.env, "hub_a_cl", groups="event_hub.group_hub_admin")
        self.assertTrue(clash.with_user(admin).action_settle())
        self.assertEqual(clash.state, "settled")
        self.assertEqual(clash.settled_at - clash.heard_at < timedelta(minutes=1), True)
