from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.tools import trace

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestEmitter(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoices = cls.env["test_event_hub.invoice"].create(
            [
                {
                    "name": f"E{n}",
                    "account_id": cls.account.id,
                    "company_id": cls.company_b.id,
                }
                for n in range(3)
            ]
        )

    def _emitted(self):
        return self.env["event_hub.event"].search([("type", "=", "test.e")], order="id")

    def test_one_event_per_record_is_written_before_the_commit(self):
        self.invoices._emit("test.e", "Something", level=3)
        self.assertFalse(self._emitted())
        self.env.cr.precommit.run()
        events = self._emitted()
        self.assertEqual(events.mapped("case_id"), self.invoices.ids)
        self.assertRecordValues(
            events[0],
            [
                {
                    "activity": "Something",
                    "attributes": {"level": 3},
                    "company_id": self.company_b.id,
                    "account_id": self.account.id,
                    "case_type": "test_invoice",
                    "depth": 0,
                    "causation": False,
                }
            ],
        )

    def test_flush_writes_at_once_and_only_once(self):
        self.invoices._emit("test.e")
        ledger = self.env["event_hub.event"]
        self.assertEqual(len(ledger._flush_emitted()), 3)
        self.assertFalse(ledger._flush_emitted())
        self.env.cr.precommit.run()
        self.assertEqual(len(self._emitted()), 3)

    def test_what_a_later_precommit_callback_emits_is_written_too(self):
        self.invoices[0]._emit("test.e", "first")
        self.env.cr.precommit.add(lambda: self.invoices[1]._emit("test.e", "late"))
        self.env.cr.precommit.run()
        self.assertEqual(self._emitted().mapped("activity"), ["first", "late"])

    def test_a_rolled_back_savepoint_takes_its_events_along(self):
        self.invoices[0]._emit("test.e", "kept")
        savepoint = self.env.cr.savepoint()
        self.invoices[1]._emit("test.e", "lost")
        savepoint.close(rollback=True)
        self.invoices[2]._emit("test.e", "kept too")
        self.env.cr.precommit.run()
        self.assertEqual(self._emitted().mapped("activity"), ["kept", "kept too"])

    def test_what_happens_in_one_transaction_shares_a_correlation(self):
        self.invoices._emit("test.e")
        self.invoices[0]._emit("test.e")
        self.env["event_hub.event"]._flush_emitted()
        correlations = set(self._emitted().mapped("correlation"))
        self.assertEqual(len(correlations), 1)
        self.assertRegex(correlations.pop(), "^[0-9a-f]{32}$")

    def test_the_actor_and_the_cause_are_those_of_the_moment_of_the_call(self):
        user = new_test_user(self.env, "hub_actor", groups="base.group_user")
        with trace.use(
            trace.Trace(
                "f" * 32, causation=7, actor_id=user.id, actor="hub_actor", depth=2
            )
        ):
            self.invoices[0]._emit("test.e")
        self.invoices[1].with_user(user).sudo()._emit("test.e")
        self.invoices[2].with_user(1)._emit("test.e")
        self.env["event_hub.event"]._flush_emitted()
        caused, by_user, by_system = self._emitted()
        self.assertEqual(
            (caused.correlation, caused.depth, caused.actor), ("f" * 32, 2, "hub_actor")
        )
        self.env.cr.execute(
            "SELECT causation FROM event_hub_event WHERE id = %s", [caused.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (7,))
        self.assertEqual((by_user.actor_id, by_user.actor), (user, "hub_actor"))
        self.assertEqual((by_system.actor_id.id, by_system.actor), (False, "system"))

    def test_the_context_of_a_client_cannot_forge_a_cause(self):
        forged = self.invoices[0].with_context(
            correlation="e" * 32, causation=9, event_hub_trace="x", trace={"depth": 9}
        )
        forged._emit("test.e")
        self.env["event_hub.event"]._flush_emitted()
        self.assertNotEqual(self._emitted().correlation, "e" * 32)

    def test_a_record_opens_the_ledger_on_its_story(self):
        self.invoices[0]._emit("test.e")
        self.env["event_hub.event"]._flush_emitted()
        action = self.invoices[0].action_open_events()
        self.assertEqual(
            self.env["event_hub.event"].search(action["domain"]), self._emitted()
        )
