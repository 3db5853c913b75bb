from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.modules.migration import load_script
from odoo.tests import tagged

from odoo.addons.event_hub.tests.people import people

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestHeldReply(RiskCase):
    """A reply that promises money reaches the customer once finance said yes, and never before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.lead,) = people(
            cls.env,
            {
                "login": "t_support_lead",
                "groups": "support_visibility.group_support_manager",
            },
        )

    def _held(self, amount=50.0):
        Tickets = self.env["support_visibility.ticket"].with_user(self.agent)
        ticket = Tickets.create(
            {"name": "Export fails", "partner_id": self.strategic.id}
        )
        reply_id = ticket.action_reply_with_promise(
            "<p>We credit you <b>50</b>.</p>", "credit", amount
        )
        return self.env["support_visibility.held_reply"].browse(reply_id)

    def _carry_out(self):
        with self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_execute").method_direct_trigger()

    def _public(self, reply):
        return reply.ticket_id.message_ids.filtered(
            lambda m: m.subtype_id == self.env.ref("mail.mt_comment")
        )

    def test_finance_approves_and_the_customer_reads_it_once(self):
        reply = self._held()
        request = reply.request_id
        self.assertEqual((request.state, request.requester_id), ("pending", self.agent))
        self.assertEqual(request.reason, "We credit you *50*.")
        self.assertIn(self.strategic.name, request.name)
        self.assertEqual(request.correlation, reply.ticket_id.correlation)
        self.assertIn("until", reply.with_user(self.agent).standing)
        request.with_user(self.finance).action_approve("Fair")
        self._carry_out()
        self.assertEqual((request.state, reply.state), ("executed", "sent"))
        self.assertEqual(len(self._public(reply)), 1)
        reply.invalidate_recordset()
        self.assertIn(self.finance.name, reply.standing)
        self.assertIn("already", reply._approval_effect_send_reply(request))
        self.assertEqual(len(self._public(reply)), 1)

    def test_a_refusal_reaches_the_agent_and_nothing_reaches_the_customer(self):
        reply = self._held()
        reply.request_id.with_user(self.finance).action_reject("Not in the contract")
        self.assertIn("Not in the contract", reply.with_user(self.agent).standing)
        self.assertFalse(self._public(reply))

    def test_neither_the_agent_nor_a_support_manager_gets_around_policy(self):
        reply = self._held()
        for user in (self.agent, self.lead):
            with self.assertRaises(AccessError):
                reply.with_user(user).action_release()
            with self.assertRaises(AccessError):
                reply.with_user(user).action_refuse("x")
        with self.assertRaises(UserError):
            reply.request_id.with_user(self.agent).action_approve("Mine")
        self.assertEqual(reply.state, "held")

    def test_what_is_withdrawn_needs_no_decision(self):
        reply = self._held()
        reply.with_user(self.agent).action_withdraw()
        self.assertEqual(reply.request_id.state, "lapsed")
        self.assertIn("withdrawn", reply.request_id.outcome)

    def test_nothing_else_is_sent_than_what_was_approved(self):
        reply = self._held()
        request = reply.request_id
        reply.sudo().body = "<p>We credit you 5000.</p>"
        with self.assertRaises(UserError):
            request.with_user(self.finance).action_approve("Fair")
            self._carry_out()
            if request.state != "executed":
                raise UserError(request.outcome or request.state)
        self.assertFalse(self._public(reply))

    def test_without_a_policy_nothing_is_held_and_the_way_out_is_named(self):
        self.env.ref("saas_risk.policy_reply_promise").sudo().action_retire()
        with self.assertRaises(UserError) as refused:
            self._held()
        self.assertIn("policy", str(refused.exception).lower())
        self.assertFalse(
            self.env["support_visibility.held_reply"].search(
                [("user_id", "=", self.agent.id)]
            )
        )

    def test_an_existing_database_gets_the_policy_in_force(self):
        policy = self.env.ref("saas_risk.policy_reply_promise")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE approval_engine_policy SET state = 'draft' WHERE id = %s",
            [policy.id],
        )
        self.env.invalidate_all()
        script = (
            Path(__file__).parents[1] / "migrations/19.0.1.1.0/post-reply_promise.py"
        )
        load_script(str(script), "saas_risk_migration").migrate(
            self.env.cr, "19.0.1.0.0"
        )
        self.env.invalidate_all()
        self.assertEqual(policy.state, "active")
