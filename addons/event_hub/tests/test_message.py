from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub import const
from odoo.addons.event_hub.policies import lanes

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestMessage(HubCommon, TransactionCase):
    def test_messages_are_neither_made_nor_changed_nor_deleted_by_hand(self):
        message = self._hear(self._event())
        for call in (
            lambda: message.write({"state": "processed"}),
            lambda: message.write({"body": "{}"}),
            lambda: message.with_context(install_mode=True).write(
                {"state": "processed"}
            ),
            lambda: message.unlink(),
            lambda: message.with_context(_force_unlink=True).unlink(),
            lambda: message.copy(),
            lambda: message.create(
                {"source_id": self.source.id, "external_id": "x", "state": "processed"}
            ),
        ):
            with self.assertRaises(UserError):
                call()
        self.assertEqual(message.state, "received")

    def test_import_makes_no_messages(self):
        result = self.env["event_hub.message"].load(
            ["source_id/.id", "external_id"], [[str(self.source.id), "x"]]
        )
        self.assertFalse(result["ids"])

    def test_bodies_are_for_hub_administrators(self):
        message = self._hear(self._event())
        reader = new_test_user(
            self.env, "hub_reader3", groups="event_hub.group_hub_user"
        )
        with self.assertRaises(AccessError):
            message.with_user(reader).read(["body"])

    def test_what_is_shown_is_indented_and_a_body_that_is_no_json_is_shown_as_it_is(
        self,
    ):
        message = self._hear(self._event(id="</script><img src=x onerror=alert(1)>"))
        self.assertIn(
            '"id": "</script><img src=x onerror=alert(1)>"', message.body_pretty
        )

    def test_the_worker_leaves_what_is_not_due(self):
        message = self._hear(self._event())
        self.env.cr.execute(
            "UPDATE event_hub_message SET state = 'failed', next_try_at = now() + interval '1 hour' WHERE id = %s",
            [message.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["event_hub.message"]._process_waiting(), 0)

    def test_the_shipped_jobs_do_the_work(self):
        messages = self._hear(*[self._event(subject=f"S-{n}") for n in range(20)])
        self.assertEqual(set(messages.mapped("lane")), set(range(lanes.LANES)))
        with self.enter_registry_test_mode():
            for xmlid in const.CRONS_PROCESS:
                self.env.ref(xmlid).method_direct_trigger()
        self.assertEqual(set(messages.mapped("state")), {"parked"})
