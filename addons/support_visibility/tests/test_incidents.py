from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from .common import NOON, TicketCase

MANAGERS = "support_visibility.group_support_manager"


class IncidentCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls.env["support_visibility.component"].create(
            {"name": "Export", "code": "export-api"}
        )

    def _incident(self, user=None, **vals):
        incidents = self.env["support_visibility.incident"].with_user(
            user or self.agent
        )
        return incidents.create(
            {
                "name": "Exports fail",
                "severity": "1",
                "component_ids": [(6, 0, self.part.ids)],
                **vals,
            }
        )

    def _types(self, record):
        return self._events(record).mapped("type")


@tagged("post_install", "-at_install")
class TestIncidents(IncidentCase):
    def test_an_incident_goes_its_way_and_each_step_is_told(self):
        incident = self._incident(started_at="2026-03-02 10:00:00")
        self.assertTrue(incident.number.startswith("INC-"))
        incident.action_acknowledge()
        self.assertEqual(incident.commander_id, self.agent)
        incident.action_mitigate()
        incident.action_resolve()
        with self.assertRaisesRegex(UserError, "root cause"):
            incident.action_review()
        incident.write({"cause": "Memory", "learnt": "Streams"})
        incident.action_review()
        self.assertEqual(incident.state, "reviewed")
        self.assertEqual(
            self._types(incident),
            [
                f"support.incident_{step}"
                for step in (
                    "opened",
                    "acknowledged",
                    "mitigated",
                    "resolved",
                    "reviewed",
                )
            ],
        )
        self.assertEqual(incident.entry_ids.mapped("kind"), ["opened", *["moved"] * 4])

    def test_times_to_acknowledge_and_resolve_follow_from_the_steps(self):
        with freeze_time("2026-03-02 10:10:00"):
            incident = self._incident(started_at="2026-03-02 10:00:00")
        with freeze_time("2026-03-02 10:25:00"):
            incident.action_acknowledge()
        with freeze_time("2026-03-02 11:30:00"):
            incident.action_resolve()
        self.assertEqual((incident.mtta_minutes, incident.mttr_minutes), (15, 90))
        incident.action_reopen()
        self.assertEqual((incident.mtta_minutes, incident.mttr_minutes), (15, 0))

    def test_a_step_that_does_not_exist_says_which_do(self):
        incident = self._incident()
        with self.assertRaisesRegex(UserError, "Acknowledged, Mitigated, Resolved"):
            incident._move("reviewed", "support.incident_reviewed", "Incident reviewed")
        incident.action_resolve()
        with self.assertRaises(UserError):
            incident.action_resolve()

    def test_nobody_writes_what_methods_move(self):
        incident = self._incident()
        for vals in (
            {"state": "resolved"},
            {"resolved_at": "2026-03-02 10:00:00"},
            {"severity": "4"},
            {"started_at": "2020-01-01 00:00:00"},
            {"severity_confirmed_by_id": self.lead.id},
            {"is_maintenance": True},
            {"number": "INC-1"},
        ):
            for user in (self.agent, self.lead, self.env.ref("base.user_admin")):
                with self.subTest(vals, user=user.login), self.assertRaises(UserError):
                    incident.with_user(user).write(vals)
        with self.assertRaises(UserError):
            self._incident(state="reviewed")
        with self.assertRaises(UserError):
            incident.entry_ids.with_user(self.lead).write({"text": "x"})

    def test_the_worst_severities_are_confirmed_by_somebody_else(self):
        incident = self._incident()
        self.assertTrue(incident.is_unconfirmed)
        with self.assertRaisesRegex(AccessError, "somebody else"):
            incident.action_confirm_severity()
        incident.with_user(self.colleague).action_confirm_severity()
        self.assertFalse(incident.is_unconfirmed)
        incident.action_change_severity("2", "Only some accounts")
        self.assertTrue(incident.is_unconfirmed)
        with self.assertRaisesRegex(UserError, "why"):
            incident.action_change_severity("1", " ")
        self.assertIn("Sev 1 to Sev 2: Only some accounts", incident.entry_ids[-1].text)

    def test_one_word_reaches_all_linked_open_tickets(self):
        incident = self._incident()
        open_one, open_two, solved = (self._ticket() for _index in range(3))
        solved.action_solve()
        incident.action_link_tickets((open_one | open_two | solved).ids)
        wizards = self.env["support_visibility.incident_say"].with_user(self.agent)
        form = Form(wizards.with_context(active_id=incident.id, default_what="update"))
        self.assertIn("2 open tickets of 1 accounts", form.reach)
        form.text = "We know <b>why</b>."
        form.save().action_say()
        for ticket in open_one | open_two:
            message = ticket.message_ids[0]
            self.assertIn("We know &lt;b&gt;why&lt;/b&gt;.", str(message.body))
            self.assertTrue(ticket.first_response_at)
        self.assertNotIn("We know", str(solved.message_ids.mapped("body")))
        self.assertEqual(incident.hit_ids.account_id, self.account)
        self.assertEqual(incident.entry_ids[-1].kind, "update")

    def test_who_leads_is_reminded_once_when_customers_wait_for_a_word(self):
        with freeze_time("2026-03-02 10:00:00"):
            incident = self._incident()
            incident.action_acknowledge()
        self.assertEqual(str(incident.next_update_at), "2026-03-02 11:00:00")
        Incidents = self.env["support_visibility.incident"]
        with freeze_time("2026-03-02 10:59:00"):
            Incidents._remind_of_updates()
            self.assertFalse(incident.activity_ids)
        with freeze_time("2026-03-02 11:01:00"):
            Incidents._remind_of_updates()
            Incidents._remind_of_updates()
            self.assertEqual(incident.activity_ids.user_id, self.agent)
            self.assertEqual(len(incident.activity_ids), 1)
            incident.action_update("Soon")
        self.assertFalse(incident.activity_ids)
        self.assertEqual(str(incident.next_update_at), "2026-03-02 12:01:00")
        self.assertEqual(self._types(incident).count("support.incident_update_due"), 1)

    def test_a_late_word_reaches_a_person_whoever_opened_the_incident(self):
        with freeze_time("2026-03-02 10:00:00"):
            incident = self._incident(self.env.ref("base.user_root"))
        self.assertIn(self.lead, self.env.ref(MANAGERS).all_user_ids)
        with freeze_time("2026-03-02 12:00:00"):
            incident._remind_of_updates()
        self.assertTrue(incident.activity_ids.user_id.has_group(MANAGERS))
        incident.stakeholder_ids = self.employee | self.colleague
        self.assertEqual(incident._who_answers(), self.colleague)

    def test_lines_of_an_update_stay_lines(self):
        ticket = self._ticket()
        incident = self._incident()
        incident.action_link_tickets(ticket.ids)
        incident.action_update("Mended <b>now</b>.\nSorry.")
        body = ticket.message_ids[0].body
        self.assertIn("&lt;b&gt;", body)
        self.assertRegex(body, r"<br ?/?>\s*Sorry")

    def test_downtime_leaves_announced_maintenance_out(self):
        with freeze_time("2026-03-02 12:00:00"):
            incident = self._incident(started_at="2026-03-02 10:00:00")
            incident.action_link_tickets(self._ticket().ids)
            incident.action_resolve()
        with freeze_time("2026-03-02 11:30:00"):
            planned = self._incident(
                self.lead, started_at="2026-03-02 11:00:00", is_maintenance=True
            )
            planned.action_resolve()
        hit = incident.hit_ids
        hit.invalidate_recordset()
        self.assertEqual(hit.minutes, 90)
        hit.with_user(self.lead).down_from = "2026-03-02 11:15:00"
        self.assertEqual(hit.minutes, 30)
        with self.assertRaises(AccessError):
            hit.with_user(self.agent).down_from = False
        with self.assertRaises(ValidationError):
            hit.with_user(self.lead).down_until = "2026-03-02 11:00:00"
        Incidents = self.env["support_visibility.incident"]
        day = (
            NOON.replace(hour=0, microsecond=0),
            NOON.replace(hour=23, microsecond=0),
        )
        self.assertEqual(Incidents._downtime(self.account, *day), 30)
        with self.assertRaisesRegex(AccessError, "manager"):
            self._incident(is_maintenance=True)

    def test_a_known_workaround_shows_on_the_ticket(self):
        problem = (
            self.env["support_visibility.problem"]
            .with_user(self.agent)
            .create({"name": "Memory", "workaround": "Export by month"})
        )
        incident = self._incident(problem_id=problem.id)
        ticket = self._ticket(incident_id=incident.id)
        self.assertEqual(ticket.workaround, "Export by month")
        self.assertEqual(incident.hit_ids.account_id, self.account)


@tagged("post_install", "-at_install")
class TestIncidentsHeard(IncidentCase):
    def _told(self, event_type, minutes=0, **data):
        rows = [
            EventRow(
                type=event_type,
                correlation="0" * 32,
                occurred_at=NOON + timedelta(minutes=minutes),
                case_type="incident",
                case_model=False,
                case_id=False,
                company_id=self.env.company.id,
                attributes=data,
                source_id=self.source.id,
                ce_source="/monitor",
                ce_id=f"{event_type}{minutes}",
            )
        ]
        events = self.env["event_hub.event"]._append(rows)
        self.env["support_visibility.incident"].with_user(self.service)._hear(
            events.with_user(self.service)
        )
        return self.env["support_visibility.incident"].search(
            [("source_id", "=", self.source.id)]
        )

    def test_monitoring_opens_moves_and_ends_one_incident(self):
        incident = self._told(
            "incident.opened", incident="M-1", severity=2, component="Export API"
        )
        self.assertEqual((incident.severity, incident.component_ids), ("2", self.part))
        self.assertTrue(incident.is_unconfirmed)
        self.assertEqual(
            self._told("incident.updated", 5, incident="M-1", severity=1), incident
        )
        self.assertEqual(incident.severity, "1")
        self._told(
            "incident.resolved",
            9,
            incident="M-1",
            severity=1,
            resolved_at="2026-03-02T12:42:00Z",
        )
        self.assertEqual(incident.state, "resolved")
        self.assertEqual(
            (str(incident.resolved_at), incident.mttr_minutes),
            ("2026-03-02 12:42:00", 42),
        )
        self._told("incident.resolved", 10, incident="M-1", severity=1)
        self.assertEqual(str(incident.resolved_at), "2026-03-02 12:42:00")

    def test_a_surge_is_told_once_with_its_figures_and_the_release_behind_it(self):
        self._told(
            "release.published", -600, version="2.4.0", components=["export-api"]
        )
        self._told(
            "release.published", -600, version="2.4.0", components=["export-api"]
        )
        self.assertEqual(
            self.env["support_visibility.release"].search_count(
                [("name", "=", "2.4.0")]
            ),
            1,
        )
        before = [NOON - timedelta(weeks=week, minutes=20) for week in (1, 2, 3, 4)]
        for moment in [*before, *[NOON - timedelta(minutes=n) for n in range(9)]]:
            with freeze_time(moment):
                self._ticket()
        Incidents = self.env["support_visibility.incident"]
        with freeze_time(NOON):
            Incidents._look_for_surges()
            Incidents._look_for_surges()
        surge = self.env["support_visibility.surge"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual((surge.count, surge.usual), (9, 1.0))
        self.assertIn("9 tickets within an hour", surge.words)
        self.assertIn("2.4.0", surge.words)
        self.assertEqual(self._types(surge), ["support.surge"])
