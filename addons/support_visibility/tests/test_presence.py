from datetime import datetime, timedelta

from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.event_hub.tests.people import people

from ..models.support_visibility_presence_ticket import PRESENCE_MESSAGE
from .common import TicketCase

NOW = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestPresence(TicketCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._ticket()
        self.env.flush_all()
        self.sent = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **_m: self.sent.append((user, kind, message)),
        )

    def _look(self, user, seconds=0, **more):
        with freeze_time(NOW + timedelta(seconds=seconds)):
            return self.ticket.with_user(user).presence_announce(**more)

    def _rows(self):
        return self.env["support_visibility.presence"].sudo().search([])

    def test_two_who_look_at_one_ticket_see_each_other(self):
        self.assertEqual(self._look(self.agent), [])
        [other] = self._look(self.colleague, 5)
        self.assertEqual(other["user_id"], self.agent.id)
        self.assertFalse(other["is_writing"])
        [(user, kind, message)] = self.sent
        self.assertEqual((user, kind), (self.agent, PRESENCE_MESSAGE))
        self.assertEqual(message["viewers"][0]["name"], self.colleague.name)

    def test_signs_of_life_make_no_rows_and_no_noise(self):
        self._look(self.agent)
        self._look(self.colleague)
        self.sent.clear()
        for seconds in range(25, 250, 25):
            self._look(self.agent, seconds)
            self._look(self.colleague, seconds)
        self.assertEqual(len(self._rows()), 2)
        self.assertEqual(self.sent, [])

    def test_writing_is_told_when_it_begins_and_when_it_ends(self):
        self._look(self.agent)
        self._look(self.colleague)
        self.sent.clear()
        for seconds, is_writing in ((5, True), (10, True), (20, False)):
            self._look(self.colleague, seconds, is_writing=is_writing)
        told = [message["viewers"][0]["is_writing"] for _u, _k, message in self.sent]
        self.assertEqual(told, [True, False])

    def test_who_gave_no_sign_for_a_minute_is_gone_and_swept_away(self):
        self._look(self.agent)
        self.assertEqual(self._look(self.colleague, 61), [])
        self.assertEqual(self._rows().user_id.ids, self.colleague.ids)

    def test_leaving_is_told(self):
        self._look(self.agent)
        self._look(self.colleague)
        self.sent.clear()
        with freeze_time(NOW):
            self.assertTrue(self.ticket.with_user(self.colleague).presence_leave())
            self.assertTrue(self.ticket.with_user(self.colleague).presence_leave())
        [(user, _kind, message)] = self.sent
        self.assertEqual((user, message["viewers"]), (self.agent, []))

    def test_it_costs_few_queries(self):
        self._look(self.agent)
        self._look(self.agent, 20)
        with self.assertQueryCount(5):
            self._look(self.agent, 25)

    def test_nothing_of_it_is_in_the_ledger(self):
        before = len(self._events(self.ticket))
        self._look(self.agent, is_writing=True)
        self.assertEqual(len(self._events(self.ticket)), before)

    def test_who_may_not_read_the_ticket_neither_announces_nor_sees(self):
        for call in (
            lambda t: t.presence_announce(),
            lambda t: t.presence_leave(),
            lambda t: t.answers_since(0),
        ):
            with self.assertRaises(AccessError):
                call(self.ticket.with_user(self.employee))
        self.assertFalse(self._rows())

    def test_who_may_not_read_it_any_more_is_told_nothing(self):
        self._look(self.colleague)
        group = self.env.ref("support_visibility.group_support_user")
        self.colleague.sudo().group_ids = [(3, group.id)]
        self.sent.clear()
        self._look(self.agent, 5)
        self.assertEqual(self.sent, [])

    def test_people_of_another_company_cannot_announce(self):
        company = self.env["res.company"].create({"name": "SV Far"})
        [far] = people(
            self.env,
            {
                "login": "sv_far",
                "groups": "support_visibility.group_support_user",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            },
        )
        with self.assertRaises(AccessError):
            self._look(far)

    def test_what_expired_long_ago_goes_with_the_vacuum(self):
        self._look(self.agent)
        with freeze_time(NOW + timedelta(hours=2)):
            self.env["support_visibility.presence"]._gc_expired()
        self.assertFalse(self._rows())


@tagged("post_install", "-at_install")
class TestAnswersSince(TicketCase):
    def setUp(self):
        super().setUp()
        self.env = self.env(context=dict(self.env.context, tracking_disable=False))
        self.ticket = self._ticket().with_context(tracking_disable=False)
        self.ticket.action_take()
        self._flush()
        self.seen = max(self.ticket.message_ids.ids, default=0)

    def _flush(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _post(self, user, body="We look into it", subtype="mail.mt_comment", **more):
        return self.ticket.with_user(user).message_post(
            body=body, message_type="comment", subtype_xmlid=subtype, **more
        )

    def _news(self, user=None, since=None):
        seen = self.seen if since is None else since
        return self.ticket.with_user(user or self.agent).answers_since(seen)

    def test_nothing_happened(self):
        self.assertEqual(self._news()["answers"], [])
        self.assertEqual(self._news()["moves"], [])

    def test_a_public_answer_of_somebody_else_is_news(self):
        message = self._post(self.colleague, Markup("<b>Fixed</b> in 2.4"))
        [answer] = self._news()["answers"]
        self.assertEqual(answer["id"], message.id)
        self.assertEqual(answer["author"], self.colleague.name)
        self.assertIn("2.4", answer["text"])
        self.assertNotIn("<b>", answer["text"])
        self.assertEqual(self._news(since=message.id)["answers"], [])

    def test_ones_own_words_and_notes_are_none(self):
        self._post(self.agent)
        self._post(self.colleague, subtype="mail.mt_note")
        self.assertEqual(self._news()["answers"], [])

    def test_the_customers_word_is_news_too(self):
        self.ticket.sudo()._hear("It works again", author=self.contact)
        [answer] = self._news()["answers"]
        self.assertEqual(answer["author"], "Anna")

    def test_a_move_and_a_change_of_hands_are_told(self):
        self.ticket.with_user(self.colleague).action_assign(self.colleague.id)
        self._flush()
        self.ticket.with_user(self.colleague).action_solve()
        self._flush()
        moves = self._news()["moves"]
        self.assertTrue(any("Solved" in line for line in moves), moves)
        self.assertTrue(any(self.agent.name in line for line in moves), moves)
        self.assertEqual(self._news(self.colleague)["moves"], [])

    def test_a_change_that_moves_nothing_is_not_told(self):
        self.ticket.with_user(self.colleague).write({"priority": "3"})
        self._flush()
        self.assertEqual(self._news()["moves"], [])

    def test_programs_are_not_asked(self):
        self._post(self.colleague)
        self.assertTrue(self._post(self.agent, "Sent all the same"))
