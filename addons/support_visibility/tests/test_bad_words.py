from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import MAX_TARGET_MINUTES, MAX_TEXT_CHARS
from ..policies import held_reply
from .common_sla import SlaCase


@tagged("post_install", "-at_install")
class TestBadWords(SlaCase):
    """What people and integrators may write: words about the field and the way out, never half a record."""

    def _incident(self, **vals):
        incidents = self.env["support_visibility.incident"].with_user(self.agent)
        return incidents.create({"name": "Export is down", **vals})

    def test_texts_of_incidents_and_problems(self):
        incident = self._incident()
        long = "x" * (MAX_TEXT_CHARS + 1)
        for vals in (
            {"name": "  "},
            {"name": "x" * 251},
            {"cause": long},
            {"release": "x" * 101},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                incident.write(vals)
        with self.assertRaises(ValidationError):
            self._incident(name=" ")
        with self.assertRaises(ValidationError):
            self.env["support_visibility.problem"].create(
                {"name": "A", "workaround": long}
            )
        for method in (incident.action_note, incident.action_update):
            with self.assertRaises(UserError):
                method(long)
        self.assertEqual(incident.name, "Export is down")

    def test_targets_of_policies(self):
        policies = self.env["support_visibility.sla_policy"]
        for vals in (
            {"target_minutes": 1.9},
            {"target_minutes": MAX_TARGET_MINUTES + 1},
            {"name": "   "},
            {"name": "x" * 251},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                policies.create({"name": "Odd", "target_minutes": 60, **vals})
        policy = policies.create({"name": "Even", "target_minutes": 60.0})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            policy.target_minutes = MAX_TARGET_MINUTES + 1
        with self.assertRaises(ValidationError):
            policy.write({"target_minutes": 1.5})
        self.assertEqual(policy.target_minutes, 60)

    def test_addresses_of_teams(self):
        for slug in ("rate", "Incident "):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.team.form_slug = slug
        with self.assertRaises(ValidationError):
            self.env["support_visibility.team"].create(
                {"name": "Odd", "alias_name": {"a": 1}}
            )
        self.team.form_slug = "ratings"

    def test_held_replies_end_somewhere(self):
        ticket = self._ticket()
        long = "x" * (held_reply.MOST_CHARS + 1)
        with self.assertRaisesRegex(UserError, "body"):
            ticket.action_reply_with_promise(long, "other")
        self.assertFalse(ticket.held_reply_ids)

    def test_a_move_is_taken_back_once(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.action_solve()
        ticket.action_undo_move()
        with self.assertRaises(ConflictError):
            ticket.action_undo_move()

    def test_the_id_of_no_record(self):
        with self.assertRaises(MissingError):
            self._ticket().action_assign(0)


@tagged("post_install", "-at_install")
class TestAnswerInAWindow(SlaCase):
    """The composer in a window of its own asks as the one in the conversation does."""

    def _composer(self, ticket, user, **vals):
        wizards = self.env["mail.compose.message"].with_user(user)
        return wizards.with_context(
            default_model=ticket._name, default_res_ids=ticket.ids
        ).create(
            {
                "composition_mode": "comment",
                "body": "<p>It works again.</p>",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                **vals,
            }
        )

    def _said(self, ticket):
        return ticket.message_ids.filtered(lambda m: "works again" in (m.body or ""))

    def test_what_others_said_is_shown_before_it_is_sent(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.message_post(body="First", subtype_xmlid="mail.mt_comment")
        composer = self._composer(ticket, self.agent)
        ticket.with_user(self.colleague).message_post(
            body="I called them",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        again = composer.action_send_mail()
        self.assertEqual(again["res_id"], composer.id)
        self.assertIn("I called", composer.support_news)
        self.assertFalse(self._said(ticket))
        composer.action_send_mail()
        self.assertEqual(len(self._said(ticket)), 1)

    def test_nothing_new_is_sent_at_once(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.message_post(body="First", subtype_xmlid="mail.mt_comment")
        composer = self._composer(ticket.with_user(self.agent), self.agent)
        ticket.with_user(self.agent).message_post(body="By myself")
        composer.action_send_mail()
        self.assertEqual(len(self._said(ticket)), 1)

    def test_a_note_asks_nobody(self):
        ticket = self._ticket(user_id=self.agent.id)
        ticket.message_post(body="First", subtype_xmlid="mail.mt_comment")
        composer = self._composer(
            ticket, self.agent, subtype_id=self.env.ref("mail.mt_note").id
        )
        ticket.with_user(self.colleague).message_post(
            body="Called", subtype_xmlid="mail.mt_comment"
        )
        composer.action_send_mail()
        self.assertEqual(len(self._said(ticket)), 1)
