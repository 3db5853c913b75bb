from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.event_hub.tests.people import people
from odoo.addons.event_hub.tools import history


@tagged("post_install", "-at_install")
class TestDeskRace(BaseCase):
    """Two transactions that give out tickets of one team at the same moment, on two real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            (user,) = people(
                env,
                {"login": "sv_race", "groups": "support_visibility.group_support_user"},
            )
            agent = env["support_visibility.agent"].create(
                {"user_id": user.id, "capacity": 1, "company_id": user.company_id.id}
            )
            teams = env["support_visibility.team"].create(
                [
                    {
                        "name": f"SV Race {number}",
                        "assignment": "least_loaded",
                        "member_ids": [Command.set(user.ids)],
                    }
                    for number in range(2)
                ]
            )
            self.ids = {"user": user.id, "agent": agent.id, "teams": teams.ids}

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["support_visibility.team"].browse(self.ids["teams"]).unlink()
            env["support_visibility.agent"].browse(self.ids["agent"]).unlink()
            user = env["res.users"].browse(self.ids["user"])
            partner = user.partner_id
            user.unlink()
            partner.unlink()

    def _ticket(self, cr, team=0):
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        with history.telling():  # no promises: their clocks have locks of their own
            ticket = env["support_visibility.ticket"].create(
                {
                    "name": "At once",
                    "email_from": "at@once.example",
                    "team_id": self.ids["teams"][team],
                }
            )
        ticket._give()
        return ticket

    def test_of_two_at_once_the_second_waits_in_the_queue_without_waiting_for_the_first(
        self,
    ):
        for team in (0, 1):  # the same queue, or another one of the same person
            with (
                self.subTest(team=team),
                self.registry.cursor() as first,
                self.registry.cursor() as second,
            ):
                second.execute("SET LOCAL lock_timeout = '3s'")
                self.assertTrue(self._ticket(first).user_id)
                waiting = self._ticket(second, team)
                self.assertFalse(waiting.user_id)
                first.rollback()
                self.assertFalse(waiting.user_id)
                second.rollback()

    def test_who_sees_an_old_desk_gives_out_nothing(self):
        with self.registry.cursor() as late:
            late.execute("SELECT count(*) FROM support_visibility_ticket")
            with self.registry.cursor() as early:
                env = api.Environment(early, SUPERUSER_ID, {})
                env["support_visibility.agent"].browse(self.ids["agent"]).write(
                    {"given_at": "2026-03-02 08:00:00"}
                )
            self.assertFalse(self._ticket(late).user_id)
            late.rollback()
        with self.registry.cursor() as again:
            self.assertEqual(self._ticket(again).user_id.id, self.ids["user"])
            again.rollback()
