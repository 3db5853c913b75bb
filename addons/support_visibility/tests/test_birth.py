from odoo.tests import freeze_time, tagged

from .common_sla import SlaCase, at
from .test_desk_assignment import DeskCase


@tagged("post_install", "-at_install")
class TestBirth(DeskCase, SlaCase):
    """Tickets that somebody has from the start: written once, told as if they had waited a moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})  # followers and messages as anywhere
        cls.team = cls.team.with_env(cls.env)
        cls.team.assignment = "round_robin"

    def _born(self, **vals):
        return self._tickets(1, **vals)

    def _rows(self, ticket):
        ticket.flush_recordset()
        self.env["event_hub.event"]._flush_emitted()
        return self.env["event_hub.event"].search(
            [("case_model", "=", ticket._name), ("case_id", "=", ticket.id)], order="id"
        )

    def test_the_ledger_hears_it_opened_new_and_then_given(self):
        told = [
            (event.activity, event.attributes["state"])
            for event in self._rows(self._born())
        ]
        self.assertEqual(told, [("Ticket opened", "new"), ("Ticket assigned", "open")])

    @freeze_time(at(9))
    def test_it_stands_as_if_it_had_been_given_a_moment_later(self):
        born = self._born()
        self.team.assignment = "manual"
        late = self._born()
        late.action_assign(born.user_id.id)
        for name in ("state", "stage_id", "handoff_count", "sla_due_at", "sla_state"):
            self.assertEqual(born[name], late[name], name)
        self.assertEqual(
            born.sla_clock_ids.mapped("kind"), late.sla_clock_ids.mapped("kind")
        )

    def test_its_handoff_comes_from_nobody(self):
        born = self._born()
        [handoff] = born.handoff_ids
        self.assertFalse(handoff.from_user_id)
        self.assertEqual(
            (handoff.to_user_id, handoff.to_team_id, handoff.waiting_seconds),
            (born.user_id, self.team, 0),
        )

    def test_a_stage_in_which_clocks_stand_still_holds_from_the_start(self):
        stage_id = self.env["support_visibility.stage"]._first_id("open", self.team.id)
        self.response.pause_stage_ids = self.resolution.pause_stage_ids = [
            (4, stage_id)
        ]
        clocks = self._born().sla_clock_ids
        self.assertIn("paused", clocks.mapped("state"))

    def test_opener_and_owner_follow_once(self):
        opener = self.colleague
        self.team.member_ids = self.agent + opener
        tickets = self.env["support_visibility.ticket"].with_user(opener)
        births = [
            {"name": "A", "partner_id": self.contact.id, "team_id": self.team.id}
        ] * 4
        made = tickets.create(births)
        self.assertEqual(made.user_id, self.agent + opener)
        for ticket in made:
            self.assertEqual(
                ticket.message_partner_ids,
                (opener + ticket.user_id).partner_id,
            )
        default = self.env["mail.message.subtype"].default_subtypes(made._name)[0]
        self.assertEqual(made.message_follower_ids.subtype_ids, default)

    def test_followers_that_are_named_follow_too(self):
        model = "support_visibility.ticket"
        named = (self.colleague.partner_id, self.contact)
        ticket = (
            self.env[model]
            .with_user(self.colleague)
            .sudo()
            .create(
                {
                    "name": "A",
                    "partner_id": self.contact.id,
                    "team_id": self.team.id,
                    "message_follower_ids": [
                        (0, 0, {"res_model": model, "partner_id": who.id})
                        for who in named
                    ],
                }
            )
        )
        self.assertEqual(
            ticket.message_partner_ids,
            self.colleague.partner_id + self.contact + ticket.user_id.partner_id,
        )

    def test_who_asks_not_to_follow_does_not(self):
        tickets = self.env["support_visibility.ticket"].with_context(
            mail_create_nosubscribe=True
        )
        ticket = tickets.create(
            {"name": "A", "partner_id": self.contact.id, "team_id": self.team.id}
        )
        self.assertEqual(ticket.message_partner_ids, ticket.user_id.partner_id)

    def test_without_tracking_nobody_follows(self):
        tickets = self.env["support_visibility.ticket"].with_context(
            tracking_disable=True
        )
        ticket = tickets.create(
            {"name": "A", "partner_id": self.contact.id, "team_id": self.team.id}
        )
        self.assertTrue(ticket.user_id)
        self.assertFalse(ticket.message_partner_ids)

    def test_only_what_cannot_wait_is_worth_a_message(self):
        first, second, _third = self.desk
        said = self.env["mail.message"]

        def told(ticket):
            return said.search(
                [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
            ).notified_partner_ids

        self.assertFalse(told(self._born()))
        self.assertEqual(told(self._born(priority="3")), second.partner_id)
        self.assertEqual(self.team.last_turn_id, second)
        self.assertNotEqual(first, second)

    def test_who_is_named_or_where_it_stands_is_left_alone(self):
        stage = self.env["support_visibility.stage"]._first_id("waiting", self.team.id)
        named = self._born(user_id=self.third.id)
        self.assertEqual(named.user_id, self.third)
        put = self._born(stage_id=stage)
        self.assertEqual((put.state, put.user_id), ("waiting", self.env["res.users"]))
        self.assertFalse(self.team.last_turn_id)

    def test_one_batch_for_teams_that_look_and_teams_that_do_not(self):
        self.upper.assignment = "by_skill"
        self.upper.member_ids = self.third
        vals = {"name": "A", "partner_id": self.contact.id}
        made = self.env["support_visibility.ticket"].create(
            [{**vals, "team_id": team.id} for team in (self.team, self.upper) * 2]
        )
        first, second, _third = self.desk
        self.assertEqual(
            [ticket.user_id for ticket in made],
            [first, self.third, second, self.third],
        )

    def test_only_the_queues_it_came_to_hear_of_it(self):
        (stranger,) = self.team.member_ids - self.agent - self.colleague
        self.team.member_ids = self.agent + self.colleague
        ticket = self._born()
        told = {ticket.id: {(None, self.team.id)}}
        heard = ticket._hearers(told).user_ids
        self.assertEqual(heard, self.agent + self.colleague)
        self.assertNotIn(stranger, heard)
