from odoo.tests import tagged

from odoo.addons.event_hub.tests.people import people

from ..models.support_visibility_ticket_queue_live import BORN, QUEUE_MESSAGE
from .common_sla import SlaCase


@tagged("post_install", "-at_install")
class TestQueueLive(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "support_visibility.group_support_user"
        cls.mate, cls.stranger, cls.loner = people(
            cls.env,
            {"login": "sv_mate", "groups": group},
            {"login": "sv_stranger", "groups": group},
            {"login": "sv_loner", "groups": group},
        )
        cls.team.member_ids = cls.agent | cls.mate
        cls.upper.member_ids = cls.colleague
        cls.env["support_visibility.team"].create(
            {"name": "SV Elsewhere", "member_ids": [(6, 0, cls.stranger.ids)]}
        )

    def _told(self):
        return self.env.cr.precommit.data.get(QUEUE_MESSAGE, {})

    def _forget(self):
        """As after a commit."""
        self.env.flush_all()
        self.env.cr.precommit.data.pop(BORN, None)
        self.env.cr.precommit.data.pop(QUEUE_MESSAGE, None)

    def _heard(self, ticket):
        """:return: who is sent the message that waits, and what it says"""
        sent = []

        def send(records, kind, message, **_more):
            if kind == QUEUE_MESSAGE:
                sent.append((records, message))

        for model in ("res.groups", "res.partner"):
            self.patch(type(self.env[model]), "_bus_send", send)
        ticket._send_to_queues()
        [(records, message)] = sent
        self.assertEqual(message, {"ticket_ids": ticket.ids})
        return records if records._name == "res.groups" else records.sudo().user_ids

    def _hearers(self, ticket, act):
        self._forget()
        act(ticket)
        return self._heard(ticket)

    def test_queues_hear_of_moves_words_and_changes_once(self):
        ticket = self._opened()
        for act in (
            lambda: ticket.action_take(),
            lambda: ticket.message_post(body="x", subtype_xmlid="mail.mt_comment"),
            lambda: ticket.write({"priority": "3"}),
            lambda: ticket.action_solve(),
        ):
            self._forget()
            act()
            self.assertEqual(list(self._told()), ticket.ids)

    def test_another_team_hears_nothing_of_a_ticket_somebody_has(self):
        ticket = self._opened(user_id=self.agent.id)
        heard = self._hearers(ticket, lambda t: t.write({"priority": "3"}))
        self.assertEqual(heard, self.agent | self.mate)

    def test_who_loses_it_and_who_gets_it_hear(self):
        ticket = self._opened(user_id=self.stranger.id)
        heard = self._hearers(ticket, lambda t: t.action_assign(self.colleague.id))
        self.assertEqual(heard, self.stranger | self.agent | self.mate | self.colleague)

    def test_the_team_that_loses_it_hears_too(self):
        ticket = self._opened(user_id=self.agent.id)
        heard = self._hearers(ticket, lambda t: t.write({"team_id": self.upper.id}))
        self.assertLessEqual(self.agent | self.mate | self.colleague, heard)

    def test_who_is_in_no_team_hears_of_what_nobody_has(self):
        ticket = self._opened(user_id=False)
        heard = self._hearers(ticket, lambda t: t.write({"priority": "3"}))
        self.assertLessEqual(self.agent | self.mate | self.loner, heard)
        self.assertFalse((self.stranger | self.colleague | self.employee) & heard)

    def test_what_has_neither_team_nor_person_concerns_every_agent(self):
        ticket = self._opened(user_id=False)
        self._forget()
        self.env.cr.precommit.data[QUEUE_MESSAGE] = {ticket.id: {(None, None)}}
        group = self.env.ref("support_visibility.group_support_user")
        self.assertEqual(self._heard(ticket), group)

    def test_who_looks_at_it_hears_in_whatever_team(self):
        ticket = self._opened(user_id=self.agent.id)
        ticket.with_user(self.stranger).presence_announce()
        heard = self._hearers(ticket, lambda t: t.write({"priority": "3"}))
        self.assertEqual(heard, self.agent | self.mate | self.stranger)
