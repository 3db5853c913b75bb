from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ApprovalCase

START = "2026-11-23 09:00:00"
ALONE = "odoo.addons.approval_engine.models.approval_engine_request_alone"


@tagged("post_install", "-at_install")
class TestEscalation(ApprovalCase):
    """24 hours to decide; the people of the policy are fred and fay; max owns it."""

    def _under(self, *levels, steps=None, **values):
        self.credit_policy.action_retire()
        return self._policy(
            self.credit_type,
            steps
            or [
                {
                    "name": "Finance",
                    "user_ids": [Command.set((self.fred | self.fay).ids)],
                }
            ],
            escalation_ids=[Command.create(level) for level in levels],
            **values,
        )

    def _asked(self, **values):
        with freeze_time(START):
            return self._submitted(**values)

    def _look(self, hours):
        """What the Scheduled Action does so many hours after the start."""
        at = fields.Datetime.to_datetime(START) + timedelta(hours=hours)
        self.env["event_hub.event"]._flush_emitted()
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref("approval_engine.ir_cron_deadlines").method_direct_trigger()
        self.env.invalidate_all()

    def _seats(self, request):
        return [
            (seat.user_id.name, seat.why, seat.state)
            for seat in request.sudo().assignment_ids
        ]

    BEFORE = [("Fred", "named", "pending"), ("Fay", "named", "pending")]

    def _to(self, user, after=50, **values):
        return {"after": after, "target": "user", "user_id": user.id, **values}

    def test_after_half_of_the_time_one_more_person_is_asked_once(self):
        self._under(self._to(self.cleo))
        request = self._asked()
        self._look(11.9)
        self.assertEqual(sorted(self._seats(request)), sorted(self.BEFORE))
        for hours in (12, 12.1, 20):
            self._look(hours)
        self.assertEqual(
            sorted(self._seats(request)),
            sorted([*self.BEFORE, ("Cleo", "escalated", "pending")]),
        )
        self.assertEqual(self._events(request).count("approval.escalated"), 1)
        self.assertEqual(request.state, "pending")
        with freeze_time("2026-11-23 22:00:00"):
            self._approve(request, self.cleo)
        self.assertEqual(request.state, "executed")

    def test_levels_missed_happen_in_order_and_the_end_comes_before_them(self):
        self._under(self._to(self.olaf, 75, sequence=2), self._to(self.cleo, 25))
        late, missed = self._asked(), self._asked()
        self._look(20)
        for request in (late, missed):
            told = [
                name for name, why, _s in self._seats(request) if why == "escalated"
            ]
            self.assertEqual(sorted(told), ["Cleo", "Olaf"])
        gone = self._asked()
        self._look(30)
        self.assertEqual(gone.state, "expired")
        self.assertNotIn("approval.escalated", self._events(gone))

    def test_the_manager_of_each_approver_is_asked(self):
        self._under({"after": 6, "unit": "hours", "target": "manager"})
        request = self._asked()
        managers = {self.fred.id: self.cleo, self.fay.id: self.ria}

        def manager(user):
            return managers.get(user.id, user.browse())

        with patch.object(type(self.fred), "_approval_manager", manager):
            self._look(6)
        new = [one for one in self._seats(request) if one[1] == "escalated"]
        self.assertEqual(
            new, [("Cleo", "escalated", "pending")], "the requester is never asked"
        )

    def test_a_group_is_asked_those_with_access_only(self):
        outside = self.env["res.users"].create(
            {
                "name": "No Access",
                "login": "escalation_none",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        team = self.env["res.groups"].create(
            {
                "name": "Toy Team",
                "user_ids": [Command.set((self.olaf | outside | self.ria).ids)],
            }
        )
        self._under({"after": 50, "target": "group", "group_id": team.id})
        request = self._asked()
        self._look(12)
        self.assertEqual(
            [n for n, why, _s in self._seats(request) if why == "escalated"], ["Olaf"]
        )

    def test_where_nobody_is_new_the_owner_is_asked_and_then_somebody_has_to_mend_it(
        self,
    ):
        self._under(self._to(self.fay, 25), self._to(self.fred, 50))
        request = self._asked()
        self._look(6)
        self.assertEqual(
            [n for n, why, _s in self._seats(request) if why == "escalated"], ["Max"]
        )
        self._look(12)
        self.assertEqual(len(self._seats(request)), 3)
        self.assertEqual(request.sudo().activity_ids.user_id, self.max)

    def test_at_the_end_the_owner_is_asked_with_the_same_time_again_and_then_it_expires(
        self,
    ):
        self._under(timeout_action="escalate")
        request = self._asked()
        self._look(24)
        self.assertEqual(request.state, "pending")
        self.assertEqual(
            request.due_at, fields.Datetime.to_datetime("2026-11-25 09:00:00")
        )
        self.assertIn(("Max", "escalated", "pending"), self._seats(request))
        self._look(47.9)
        self.assertEqual(request.state, "pending")
        self._look(48)
        self.assertEqual(request.state, "expired")

    def test_an_owner_who_cannot_be_asked_does_not_keep_it_open(self):
        self._under(timeout_action="escalate", owner_id=self.fred.id)
        request = self._asked()
        self._look(24)
        self.assertEqual(request.state, "expired")

    def test_a_level_that_fails_holds_up_nobody_and_happens_later(self):
        self._under(self._to(self.cleo))
        bad, good = self._asked(), self._asked()
        Request = type(bad)
        escalate = Request._escalate_to

        def fail_for_the_first(request, level):
            escalate(request, level)
            if request == bad:
                raise ValueError("broken")

        with (
            patch.object(Request, "_escalate_to", fail_for_the_first),
            mute_logger(ALONE),
        ):
            self._look(12)
        self.assertEqual(len(self._seats(bad)), 2, "nothing of it is kept")
        self.assertEqual(len(self._seats(good)), 3)
        self._look(12.2)
        self.assertEqual((len(self._seats(bad)), len(self._seats(good))), (3, 3))
        self.assertEqual(self._events(bad).count("approval.escalated"), 1)

    def test_a_new_round_escalates_anew(self):
        self._under(self._to(self.cleo))
        request = self._asked()
        self._look(12)
        with freeze_time("2026-11-23 22:00:00"):
            request.sudo()._change_content({"amount": 120}, "Corrected.")
        self.assertEqual(len(self._seats(request)), 2)
        self._look(13 + 11)
        self.assertEqual(len(self._seats(request)), 2)
        self._look(13 + 12)
        self.assertEqual(len(self._seats(request)), 3)

    def test_working_time_counts_where_the_deadline_does(self):
        self.env.company.resource_calendar_id.tz = "UTC"
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        self._under(self._to(self.cleo, 75), deadline_hours=16, calendar_id=calendar.id)
        request = self._asked()
        self.assertEqual(
            request.escalate_at, fields.Datetime.to_datetime("2026-11-24 13:00:00")
        )

    def test_who_was_asked_later_keeps_the_seat_until_they_lose_access(self):
        self._under(self._to(self.cleo))
        request = self._asked()
        self._look(12)
        seats_job = self.env.ref("approval_engine.ir_cron_seats")
        with self.enter_registry_test_mode():
            seats_job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(("Cleo", "escalated", "pending"), self._seats(request))
        self.cleo.action_archive()
        with self.enter_registry_test_mode():
            seats_job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(("Cleo", "escalated", "skipped"), self._seats(request))

    def test_several_reminders_each_once(self):
        self._under(reminders="50 %, 2 h")
        request = self._asked()
        sent = []
        Request = type(request)
        with patch.object(Request, "_mail_reminders", lambda r: sent.extend(r.ids)):
            for hours in (11, 12, 12.5, 21, 22, 23):
                self._look(hours)
        self.assertEqual(sent, 2 * request.ids)
        self.assertFalse(request.remind_at)

    def test_a_policy_that_makes_no_sense_is_refused_in_words(self):
        cases = [
            ({"reminders": "soon"}, (), "“soon” cannot be read"),
            ({"urgent_hours": 48}, (), "between 0 and"),
            ({"auto_amount": -1}, (), "cannot be negative"),
            ({}, (self._to(self.cleo, 100),), "before the deadline"),
            ({"deadline_hours": 0}, (self._to(self.cleo, 50),), "no deadline"),
            ({}, ({"after": 50, "target": "user"},), "say who is asked"),
        ]
        for values, levels, words in cases:
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._under(*levels, **values)

    def test_the_policy_says_so_in_its_sentence_and_is_frozen_with_it(self):
        policy = self._under(self._to(self.cleo), auto_amount=50)
        self.assertIn(
            "If nobody decides, after 50 % of the time Cleo is asked too.",
            policy.sentence,
        )
        self.assertRegex(policy.sentence, "Up to .*50.* it needs nobody")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            policy.escalation_ids.after = 60
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            policy.reminders = "none"
        copy = policy._new_version()
        self.assertEqual(copy.escalation_ids.user_id, self.cleo)
        snapshot = self._asked().sudo().policy_snapshot
        self.assertEqual(
            snapshot["escalation"], ["after 50 % of the time Cleo is asked too"]
        )

    def test_the_clock_is_written_by_the_clock_alone(self):
        request = self._asked()
        for name, value in {
            "escalate_at": False,
            "levels_done": "1",
            "paused_at": START,
            "resume_at": START,
            "open_questions": 0,
            "clock": {},
            "extended": True,
            "auto_approved": True,
            "watcher_ids": [Command.set(self.ria.ids)],
        }.items():
            with self.subTest(name=name), self.assertRaises(UserError):
                request.write({name: value})
        born = self._draft(**{"escalate_at": START, "auto_approved": True})
        self.assertFalse(born.escalate_at or born.auto_approved)
