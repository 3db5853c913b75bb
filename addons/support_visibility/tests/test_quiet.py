from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.event_hub.tests.people import people

from ..models import support_visibility_notice_item as notices
from .common_sla import at
from .test_escalation_chain import ChainCase


@tagged("post_install", "-at_install")
class TestQuiet(ChainCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.tz = "UTC"
        cls.env.user.tz = "UTC"
        cls.env["support_visibility.escalation_step"].create(
            {"act": "leader", "moment": "broken"}
        )

    def _late(self, count=1, hours=10.1, **vals):
        """Tickets that should be answered by 10:00."""
        tickets = self.env["support_visibility.ticket"].union(
            *[self._opened(**vals) for _number in range(count)]
        )
        self._chain(tickets, hours)
        return tickets

    def _quiet_team(self, begin=10, end=12, **vals):
        self.team.write(
            {
                "quiet_mode": "hours",
                "quiet_from": begin,
                "quiet_until": end,
                "quiet_tz": "UTC",
                **vals,
            }
        )

    def _waiting(self):
        return self.items.search_count([("state", "=", "waiting")])

    def test_what_waited_comes_as_one_message_at_the_end(self):
        self._quiet_team()
        self._late(30)
        self.assertEqual(self._tell(11), 0)
        self.assertEqual(self._waiting(), 30)
        self.assertEqual(self._tell(11.99), 0)
        self.assertEqual(self._tell(12), 1)
        self.assertEqual(len(self._messages(self.lead)), 1)
        self.assertFalse(self._waiting())

    def test_only_on_its_weekdays(self):
        self._quiet_team(quiet_day_0=False)  # 2 March 2026 is a Monday
        self._late()
        self.assertEqual(self._tell(11), 1)

    def test_outside_the_working_hours_of_the_team(self):
        self.team.write({"calendar_id": self.office.id, "quiet_mode": "outside"})
        self._late()
        self.assertEqual(self._tell(12.5), 0)  # lunch
        self.assertEqual(self._tell(13), 1)

    def test_severity_one_passes(self):
        self._quiet_team()
        self._late(severity="1")
        self._late()
        self.assertEqual(self._tell(11), 1)
        self.assertEqual(self._waiting(), 1)

    def test_what_a_person_says_wins(self):
        self._quiet_team()
        row = self.env["support_visibility.agent"].create(
            {"user_id": self.lead.id, "quiet_from": 13, "quiet_until": 14}
        )
        self._late()
        self.assertEqual(self._tell(11), 1)
        self._late()
        row.write({"quiet_from": 9, "quiet_until": 9, "never_quiet": True})
        self.assertEqual(self._tell(11), 1)
        self._late()
        row.never_quiet = False
        self.assertEqual(self._tell(11), 0)

    def test_the_team_of_the_ticket_counts(self):
        self._quiet_team()
        self.upper.leader_id = self.lead
        self._late()
        loud = self._late(team_id=self.upper.id)
        self.assertEqual(self._tell(11), 1)
        said = self.items.search([("state", "=", "sent")])
        self.assertEqual(said.ticket_id, loud)

    def test_words_for_team_and_person(self):
        self._quiet_team(20, 8)
        row = self.env["support_visibility.agent"].create({"user_id": self.agent.id})
        with freeze_time(at(21)):
            self.assertEqual(self.team.quiet_text, "quiet until Tue 08:00")
            self.assertEqual(row.quiet_text, "SV Desk: quiet until Tue 08:00")
        self.env.invalidate_all()
        with freeze_time(at(12)):
            words = "not quiet now, next from Mon 20:00"
            self.assertEqual(self.team.quiet_text, words)
            self.assertEqual(self.upper.quiet_text, "never quiet")
            row.write({"quiet_from": 11, "quiet_until": 13.5})
            self.assertEqual(row.quiet_text, "quiet until Mon 13:30")
            row.never_quiet = True
            self.assertEqual(row.quiet_text, "never quiet")

    def test_words_are_in_the_zone_of_the_reader(self):
        self._quiet_team(20, 8)
        self.env.user.tz = "Asia/Kathmandu"
        with freeze_time(at(21)):
            self.assertEqual(self.team.quiet_text, "quiet until Tue 13:45")

    def test_the_zone_follows_the_working_hours(self):
        tokyo = self.office.copy({"tz": "Asia/Tokyo"})
        self._quiet_team(19, 21, quiet_tz=False, calendar_id=tokyo.id)
        self._late()
        self.assertEqual(self._tell(11), 0)  # 20:00 in Tokyo
        self.assertEqual(self._tell(12), 1)

    def test_hours_that_never_come_or_never_end_are_refused(self):
        no_day = {f"quiet_day_{day}": False for day in range(7)}
        every = dict.fromkeys(no_day, True)
        for vals, words in [
            ({"begin": 8, "end": 8}, "never come"),
            (no_day, "never come"),
            ({"begin": 0, "end": 24}, "never end"),
            ({"quiet_mode": "outside", "calendar_id": False}, "needs some"),
        ]:
            with self.assertRaisesRegex(ValidationError, words):
                self._quiet_team(**{"begin": 10, "end": 12, **every, **vals})

    def test_a_calendar_without_hours_keeps_nothing_back(self):
        empty = self.office.copy({"attendance_ids": [(5,)]})
        self.team.write({"calendar_id": empty.id, "quiet_mode": "outside"})
        self.assertEqual(self.team.quiet_text, "never quiet")
        self._late()
        self.assertEqual(self._tell(11), 1)

    def test_a_form_shows_the_words_before_it_is_saved(self):
        with freeze_time(at(21)), Form(self.team) as form:
            form.quiet_mode = "hours"
            form.quiet_tz = "UTC"
            self.assertEqual(form.quiet_text, "quiet until Tue 08:00")

    def test_a_look_takes_the_same_queries_for_one_and_for_many(self):
        self._quiet_team()
        self._late(1)
        self.assertEqual(self._tell(11), 0)  # what is remembered is remembered
        one = self._queries()
        leads = people(
            self.env,
            *[
                {
                    "login": f"sv_quiet_{number}",
                    "groups": "support_visibility.group_support_manager",
                }
                for number in range(5)
            ],
        )
        teams = [
            self.team.copy({"name": f"SV {lead.login}", "leader_id": lead.id})
            for lead in leads
        ]
        for team in teams:
            self._late(4, team_id=team.id)
        self.assertEqual(self._waiting(), 21)
        self.assertEqual(self._queries(), one)

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self._tell(11), 0)
        return self.env.cr.sql_log_count - before

    def test_many_that_wait_hold_up_nobody(self):
        self._quiet_team()
        self._late(4)
        self.upper.leader_id = self.colleague
        self._late(team_id=self.upper.id)
        with patch.object(notices, "AT_ONCE", 2):
            self.assertEqual(self._tell(11), 1)
        self.assertTrue(self._messages(self.colleague))
