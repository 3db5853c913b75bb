"""What is sent to whom, and who may change it."""

import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.models import event_hub_delivery_sending as delivery_sending
from odoo.addons.event_hub.policies import delivery as policy
from odoo.addons.event_hub.tools import http_sender

from .common_outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOutboxDoors(OutboxCase):
    def test_deliveries_follow_pattern_and_company(self):
        other = self.env["res.company"].create({"name": "Second"})
        mine, all_companies = self.endpoint(), self.endpoint(company_id=False)
        theirs, other_type = (
            self.endpoint(company_id=other.id),
            self.endpoint(event_pattern="risk.*"),
        )
        self.event(self.partners(1))
        self.event(self.partners(1), company_id=None)
        self.event(self.partners(1), history=True)
        counts = [
            len(self.deliveries(endpoint))
            for endpoint in (mine, all_companies, theirs, other_type)
        ]
        self.assertEqual(counts, [2, 2, 1, 0])

    def test_only_settings_administrators_send_the_events_of_all_companies(self):
        admin = new_test_user(self.env, "hub_a", "event_hub.group_hub_admin")
        system = new_test_user(
            self.env, "hub_s", "event_hub.group_hub_admin,base.group_system"
        )
        own, of_all = self.endpoint(), self.endpoint(company_id=False)
        values = {"name": "All", "url": self.receiver.url, "company_id": False}
        model = own.with_user(admin)
        for forbidden in (
            lambda: model.create(values),
            lambda: model.with_context(default_company_id=False).create(
                {"name": "All", "url": self.receiver.url}
            ),
            lambda: model.write({"company_id": False}),
            lambda: of_all.with_user(admin).write({"url": "https://example.org/x"}),
        ):
            with self.assertRaisesRegex(AccessError, "events of all companies"):
                forbidden()
        for action in ("action_disable", "action_rotate_secret", "action_send_test"):
            with self.assertRaises(AccessError):
                getattr(of_all.with_user(admin), action)()
        self.assertEqual(of_all.with_user(admin).name, "Receiver")
        self.assertTrue(model.write({"name": "Mine"}))
        self.assertFalse(own.with_user(system).create(values).company_id)
        self.assertTrue(of_all.with_user(system).write({"name": "Everything"}))

    def test_what_is_remembered_of_endpoints_and_rules_is_dropped_again_after_the_commit(
        self,
    ):
        endpoint, rule = self.endpoint(), self.rule()
        dropped = []
        self.patch(
            type(self.env.registry),
            "clear_cache",
            lambda _registry, *names: dropped.append(names),
        )
        for change in (
            lambda: endpoint.write({"event_pattern": "x.*"}),
            endpoint.action_disable,
            lambda: rule.write({"event_pattern": "x.*"}),
        ):
            self.env.cr.postcommit.clear()
            change()
            dropped.clear()
            self.env.cr.postcommit.run()
            self.assertTrue(dropped)

    def test_one_delivery_that_fails_on_our_side_does_not_hold_up_the_others(self):
        endpoint = self.endpoint()
        bad = self.event(self.partners(1))
        good = [self.event(self.partners(1)) for _n in range(2)]
        send_body = type(endpoint)._wire_body

        def wire_body(model, event):
            if event == bad:
                model.env.cr.execute("SELECT 1 / 0")
            return send_body(model, event)

        self.patch(type(endpoint), "_wire_body", wire_body)
        with mute_logger("odoo.sql_db", delivery_sending.__name__):
            self.deliver()
        states = {d.event_id: d.state for d in self.deliveries(endpoint)}
        self.assertEqual([states[e] for e in good], ["delivered"] * 2)
        failed = self.deliveries(endpoint).filtered(lambda d: d.event_id == bad)
        self.assertEqual((failed.state, failed.attempts), ("pending", 1))
        self.assertIn("problem on our side: DivisionByZero", failed.error)
        self.assertGreater(failed.next_try_at, fields.Datetime.now())

    def test_an_outcome_that_cannot_be_written_does_not_hold_up_the_others(self):
        endpoint = self.endpoint()
        bad, good = [self.event(self.partners(1)) for _n in range(2)]
        words = delivery_sending.EventHubDelivery._words

        def failing(delivery, *args):
            if delivery.event_id == bad:
                raise LookupError
            return words(delivery, *args)

        self.patch(delivery_sending.EventHubDelivery, "_words", failing)
        with mute_logger(delivery_sending.__name__):
            self.deliver()
        states = {d.event_id: d.state for d in self.deliveries(endpoint)}
        self.assertEqual((states[bad], states[good]), ("pending", "delivered"))

    def test_a_delivery_that_dies_by_our_own_mistake_tells_its_owner(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE event_hub_delivery SET attempts = %s WHERE id = %s",
            [policy.MAX_TRIES - 1, delivery.id],
        )
        self.env.invalidate_all()
        self.patch(type(endpoint), "_wire_body", lambda *_args: {}["missing"])
        with mute_logger(delivery_sending.__name__):
            self.deliver()
        self.assertEqual(delivery.state, "dead")
        self.assertIn("problem on our side: KeyError", delivery.error)
        self.assertEqual(endpoint.activity_ids.user_id, self.owner)

    def test_a_mistake_while_sending_is_one_failed_try(self):
        endpoint = self.endpoint()
        bad, good = [self.event(self.partners(1)) for _n in range(2)]
        ids = {d.event_id: d.webhook_id for d in self.deliveries(endpoint)}
        exchange = http_sender._exchange

        def failing(connection, post):
            if post.headers["webhook-id"] == ids[bad]:
                raise LookupError("a bug")
            return exchange(connection, post)

        self.patch(http_sender, "_exchange", failing)
        rung = []
        waker = self.registry["event_hub.waker"]
        self.patch(waker, "_wake_at", lambda _self, *job: rung.append(job))
        with mute_logger(http_sender.__name__):
            self.deliver()
        states = {d.event_id: d for d in self.deliveries(endpoint)}
        self.assertEqual(states[good].state, "delivered")
        self.assertEqual((states[bad].state, states[bad].attempts), ("pending", 1))
        self.assertIn("LookupError", states[bad].error)
        # The next try does not wait for the minute.
        self.assertEqual(rung, [("event_hub.ir_cron_deliver", states[bad].next_try_at)])

    def test_a_test_event_goes_to_the_endpoint_that_asked(self):
        asked, other = (
            self.endpoint(event_pattern="risk.*"),
            self.endpoint(event_pattern="*"),
        )
        asked.action_send_test()
        self.assertEqual(
            (len(self.deliveries(asked)), len(self.deliveries(other))), (1, 0)
        )
        self.deliver()
        self.assertEqual(json.loads(self.receiver.requests[0][2])["type"], "hub.test")

    def test_disabling_gives_up_what_waits_and_enabling_lets_it_be_retried(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        endpoint.action_disable()
        delivery = self.deliveries(endpoint)
        self.assertEqual(delivery.state, "dead")
        with self.assertRaisesRegex(UserError, "switched off"):
            delivery.action_retry()
        with self.assertRaisesRegex(UserError, "switched off"):
            endpoint.action_send_test()
        endpoint.action_enable()
        delivery.action_retry()
        self.deliver()
        self.assertEqual(delivery.state, "delivered")

    def test_states_do_not_move_by_hand(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        for attempt in (
            lambda: endpoint.write({"state": "disabled"}),
            lambda: endpoint.copy({"state": "disabled"}),
            lambda: delivery.write({"state": "delivered"}),
            lambda: self.env["event_hub.delivery"].create(
                {"endpoint_id": endpoint.id, "event_id": 1}
            ),
        ):
            with self.assertRaises(UserError):
                attempt()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            endpoint.unlink()

    def test_hub_users_read_deliveries_and_only_administrators_act(self):
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        self.assertEqual(delivery.with_user(user).state, "pending")
        for attempt in (
            lambda: delivery.with_user(user).action_retry(),
            lambda: delivery.with_user(user).write({"error": "x"}),
            lambda: endpoint.with_user(user).action_disable(),
            lambda: endpoint.with_user(user).action_send_test(),
            lambda: endpoint.with_user(user).action_rotate_secret(),
            lambda: endpoint.with_user(user).write({"url": "https://example.com"}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_secrets_cannot_be_read_searched_or_exported(self):
        endpoint = self.endpoint().with_user(self.env.ref("base.user_admin"))
        for attempt in (
            lambda: endpoint.read(["secret_current"]),
            lambda: endpoint.search([("secret_current", "=like", "w%")]),
            lambda: endpoint.search([], order="secret_current"),
            lambda: endpoint.export_data(["secret_current"]),
            lambda: endpoint.write({"secret_current": "whsec_AAAA"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
