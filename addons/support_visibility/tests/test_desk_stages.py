from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestDeskStages(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.testing, cls.received = cls.env["support_visibility.stage"].create(
            [
                {
                    "name": "Testing",
                    "state": "open",
                    "sequence": 1,
                    "team_ids": cls.upper.ids,
                },
                {
                    "name": "Received",
                    "state": "new",
                    "sequence": 1,
                    "team_ids": cls.upper.ids,
                },
            ]
        )

    def test_each_team_begins_and_goes_on_in_its_own_stages(self):
        here, there = self._ticket(), self._ticket(team_id=self.upper.id)
        self.assertEqual(here.stage_id, self._shared("new"))
        self.assertEqual(there.stage_id, self.received)
        (here + there).action_take()
        self.assertEqual(here.stage_id, self._shared("open"))
        self.assertEqual(there.stage_id, self.testing)

    def _shared(self, state):
        return self.env["support_visibility.stage"].search(
            [("state", "=", state), ("team_ids", "=", False)], limit=1
        )

    def test_a_ticket_goes_to_no_stage_of_another_team(self):
        ticket = self._ticket(user_id=self.agent.id)
        with self.assertRaisesRegex(UserError, "a stage of SV Specialists"):
            ticket.write({"stage_id": self.testing.id})
        with self.assertRaises(UserError):
            self._ticket(stage_id=self.testing.id)

    def test_who_changes_the_team_keeps_the_state(self):
        ticket = self._ticket(team_id=self.upper.id, user_id=self.agent.id)
        self.assertEqual(ticket.stage_id, self.testing)
        events = len(self._events(ticket))
        ticket.write({"team_id": self.team.id, "user_id": self.agent.id})
        self.assertEqual(
            (ticket.state, ticket.stage_id), ("open", self._shared("open"))
        )
        self.assertEqual(len(self._events(ticket)), events + 1)

    def test_a_stage_that_a_team_loses_lets_its_tickets_go(self):
        ticket = self._ticket(team_id=self.upper.id)
        ticket.action_take()
        self.testing.team_ids = self.team
        self.assertEqual(
            (ticket.state, ticket.stage_id), ("open", self._shared("open"))
        )

    def test_every_team_has_a_stage_for_every_state(self):
        for change in (
            lambda: self._shared("solved").write({"team_ids": self.team.ids}),
            lambda: self._shared("new").unlink(),
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                change()
        self.assertEqual(self._ticket().stage_id, self._shared("new"))

    def test_the_board_of_a_team_shows_its_columns(self):
        tickets = self.env["support_visibility.ticket"]
        for team, expected in ((self.team, False), (self.upper, True)):
            for domain in (
                [("team_id", "=", team.id)],
                [("state", "=", "open"), ("team_id", "in", team.ids)],
            ):
                columns = tickets._group_expand_stage_id(self.testing[:0], domain)
                self.assertEqual(self.testing in columns, expected)
                self.assertIn(self._shared("solved"), columns)
        every = self.env["support_visibility.stage"].search([])
        last = every[-1]
        for domain in ([], [("team_id", "=", self.upper.id)]):
            columns = tickets._group_expand_stage_id(last, domain)
            self.assertEqual(columns.ids, every.ids, "in the order of the board")
