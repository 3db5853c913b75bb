from dataclasses import replace
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.event_hub.exceptions import ParkMessage
from odoo.addons.event_hub.tools.event_row import EventRow

from .common import TicketCase


class BondsCase(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_account = cls.env["res.partner"].create(
            {"name": "Cygnus", "is_company": True}
        )

    def _say(self, ticket, body, author=None, **kwargs):
        message = ticket.sudo().message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=(author or self.contact).id,
            **kwargs,
        )
        return message.with_env(ticket.env)


@tagged("post_install", "-at_install")
class TestMerge(BondsCase):
    def test_words_files_and_followers_go_on_in_the_survivor(self):
        stays, goes = self._ticket(), self._ticket(name="Export fails again")
        goes.description = "It stops <b>at 50 %</b>"
        said = self._say(goes, "Any news?", attachments=[("log.txt", b"stop")])
        goes.message_subscribe(self.contact.ids)
        goes.action_merge(stays.id)
        self.assertEqual((said.res_id, said.attachment_ids.res_id), (stays.id,) * 2)
        self.assertIn(self.contact, stays.message_partner_ids)
        note = stays.message_ids.filtered(lambda m: "was merged into" in str(m.body))
        self.assertIn("It stops &lt;b&gt;at 50 %&lt;/b&gt;", str(note.body))
        self.assertEqual((goes.state, goes.merged_into_id), ("closed", stays))
        self.assertEqual(stays.state, "new")
        event = self._events(goes)[-1]
        self.assertEqual(
            (event.type, event.attributes["into"]), ("support.merged", stays.number)
        )

    def test_tags_parts_links_issues_and_reminders_go_along(self):
        stays, goes, friend, part = (self._ticket() for _index in range(4))
        tag = self.env["support_visibility.tag"].create({"name": "Bonds"})
        goes.write({"tag_ids": [(4, tag.id)]})
        part.parent_id = goes
        goes.action_link(friend.id, "relates")
        friend.action_link(goes.id, "duplicates")
        goes.action_link_issue("https://github.com/acme/app/issues/12")
        goes.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        goes.action_merge(stays.id)
        self.assertEqual((stays.tag_ids, part.parent_id), (tag, stays))
        self.assertEqual(stays.link_ids.other_id, friend)
        self.assertEqual(stays.linked_from_ids.ticket_id, friend)
        self.assertEqual(stays.issue_ids.name, "acme/app#12")
        self.assertEqual(len(stays.activity_ids), 1)
        self.assertFalse(goes.link_ids | goes.linked_from_ids)

    def test_promises_of_the_merged_ticket_count_no_more_and_the_survivors_go_on(self):
        stays, goes = self._ticket(), self._ticket()
        before = [(c.id, c.state, c.due_at) for c in stays.sla_clock_ids]
        self.assertTrue(before and goes.sla_clock_ids)
        goes.action_merge(stays.id)
        self.assertEqual(set(goes.sla_clock_ids.mapped("state")), {"void"})
        self.assertIn(stays.number, goes.sla_clock_ids[0].void_reason)
        self.assertEqual(
            [(c.id, c.state, c.due_at) for c in stays.sla_clock_ids], before
        )
        changes = self.env["support_visibility.sla_change"].search(
            [("ticket_id", "=", goes.id)]
        )
        self.assertEqual(len(changes), len(goes.sla_clock_ids))
        self.assertFalse(goes.sla_state)

    def test_a_broken_promise_of_a_merged_ticket_leaves_the_attainment(self):
        stays, goes = self._ticket(), self._ticket()
        clock = goes.sla_clock_ids[0].sudo()
        policy = clock.policy_id
        late = clock.due_at + timedelta(days=9)
        clock._step("stop", late, "")
        self.assertEqual(clock.state, "breached")
        policy.invalidate_recordset()
        judged = policy.judged_count
        goes.action_merge(stays.id)
        policy.invalidate_recordset()
        self.assertEqual(policy.judged_count, judged - 1)
        self.assertTrue(clock.breached_at)

    def test_a_merged_ticket_is_moved_by_nobody(self):
        stays, goes = self._ticket(), self._ticket()
        goes.action_merge(stays.id)
        for move in (
            lambda t: t.action_reopen(),
            lambda t: t.action_assign(self.agent.id),
            lambda t: t.write({"stage_id": self._stage("open").id}),
            lambda t: t.action_escalate("Why not", "capacity"),
            lambda t: t.action_merge(self._ticket().id),
        ):
            with self.assertRaisesRegex(UserError, "merged"):
                move(goes)
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            goes.write({"merged_into_id": False})
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            self._ticket(merged_into_id=stays.id)

    def test_what_a_customer_writes_to_a_merged_ticket_reaches_the_survivor(self):
        stays, middle, goes = (self._ticket() for _index in range(3))
        goes.action_merge(middle.id)
        middle.action_merge(stays.id)
        said = self._say(goes.sudo(), "Still broken")
        self.assertEqual(said.res_id, stays.id)
        with self.assertRaisesRegex(UserError, stays.number):
            goes.with_user(self.agent).message_post(body="x", message_type="comment")

    def test_words_of_one_customer_never_reach_another(self):
        stays = self._ticket()
        other = self._ticket(partner_id=self.other_account.id)
        with self.assertRaisesRegex(UserError, "another customer"):
            other.action_merge(stays.id)
        self.assertEqual((other.state, other.merged_into_id.id), ("new", False))

    def test_a_mirrored_ticket_ends_where_it_lives(self):
        (mirrored,) = self._hear(self._incoming())
        stays = self._ticket()
        with self.assertRaisesRegex(UserError, "Merge it there"):
            mirrored.with_user(self.agent).action_merge(stays.id)
        stays.action_merge(mirrored.id)
        self.assertEqual(stays.merged_into_id, mirrored)

    def test_the_wizard_says_what_would_happen_before_it_does(self):
        old = self._ticket()
        new = self._ticket()
        self._say(new, "One word")
        wizards = self.env["support_visibility.merge"].with_user(self.agent)
        form = Form(wizards.with_context(active_ids=(new | old).ids))
        self.assertEqual(form.survivor_id, old)
        self.assertIn(new.number, form.summary)
        self.assertIn("messages 1, files 0", form.summary)
        action = form.save().action_merge()
        self.assertEqual((action["res_id"], new.merged_into_id), (old.id, old))

    def test_merging_forty_asks_no_more_of_the_database_per_ticket_than_merging_ten(
        self,
    ):
        costs = []
        for count in (10, 40):
            stays = self._ticket()
            going = self.env["support_visibility.ticket"].with_user(self.agent)
            going = going.create(
                [
                    {
                        "name": f"T {n}",
                        "partner_id": self.contact.id,
                        "team_id": self.team.id,
                    }
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            going.action_merge(stays.id)
            self.env.flush_all()
            costs.append((self.env.cr.sql_log_count - before) / count)
        self.assertLessEqual(costs[1], costs[0])


@tagged("post_install", "-at_install")
class TestSplitAndLink(BondsCase):
    def test_chosen_messages_go_on_in_a_new_ticket_with_promises_of_its_own(self):
        ticket = self._ticket()
        stays = self._say(ticket, "The export fails")
        goes = self._say(
            ticket, "And my invoice is wrong", attachments=[("a.txt", b"a")]
        )
        new = self.env["support_visibility.ticket"].browse(
            ticket.action_split(goes.ids, " Wrong invoice ")
        )
        self.assertEqual((new.name, new.partner_id), ("Wrong invoice", self.contact))
        self.assertEqual((stays.res_id, goes.res_id), (ticket.id, new.id))
        self.assertEqual(goes.attachment_ids.res_id, new.id)
        self.assertEqual(
            (new.link_ids.kind, new.link_ids.other_id), ("split_from", ticket)
        )
        self.assertTrue(new.sla_clock_ids)
        self.assertEqual(self._events(ticket)[-1].attributes["into"], new.number)

    def test_messages_of_elsewhere_are_not_split_off(self):
        ticket, other = self._ticket(), self._ticket()
        strange = self._say(other, "Not yours")
        note = ticket._message_log(body="What happened")
        for messages in (strange, note, strange.browse()):
            with self.assertRaisesRegex(UserError, "Choose messages"):
                ticket.action_split(messages.ids, "Stolen")
        said = self._say(ticket, "Mine")
        with self.assertRaisesRegex(UserError, "title"):
            ticket.action_split(said.ids, "  ")
        self.assertEqual((strange.res_id, said.res_id), (other.id, ticket.id))

    def test_links_are_made_once_and_taken_off_from_either_side(self):
        one, two = self._ticket(), self._ticket()
        one.action_link(two.id, "duplicates")
        one.action_link(two.id, "duplicates")
        self.assertEqual(two.linked_from_ids.ticket_id, one)
        two.action_unlink_ticket(one.id)
        self.assertFalse(one.link_ids | two.linked_from_ids)
        with self.assertRaisesRegex(UserError, "itself"):
            one.action_link(one.id)

    def test_nobody_writes_links_issues_or_what_a_tracker_said(self):
        one, two = self._ticket(), self._ticket()
        for model, vals in (
            ("ticket_link", {"ticket_id": one.id, "other_id": two.id}),
            (
                "issue",
                {
                    "name": "x",
                    "url": "https://e.example/1",
                    "tracker": "other",
                    "company_id": one.company_id.id,
                },
            ),
        ):
            with self.assertRaises(AccessError):
                self.env[f"support_visibility.{model}"].with_user(self.lead).create(
                    vals
                )

    def test_no_ticket_is_part_of_itself(self):
        whole, part = self._ticket(), self._ticket()
        part.parent_id = whole
        self.assertEqual(whole.child_count, 1)
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            whole.parent_id = part
        with self.assertRaisesRegex(UserError, "Merge the part"):
            whole.action_merge(part.id)

    def test_a_matter_that_is_done_goes_on_in_a_new_ticket(self):
        ticket = self._ticket()
        ticket.action_close()
        new = ticket._continue_in_new({"description": "It is back"})
        self.assertEqual(new.partner_id, ticket.partner_id)
        self.assertEqual(
            (new.link_ids.kind, new.link_ids.other_id), ("follows", ticket)
        )
        self.assertEqual((new.state, ticket.state), ("new", "closed"))

    def test_tickets_of_a_customer_that_look_alike_are_suggested_with_the_reason(self):
        ticket = self._ticket()
        twin = self._ticket(name="Export fails!")
        self._ticket(name="Wrong invoice")
        self._ticket(partner_id=self.other_account.id)
        found = ticket.with_user(self.agent).possible_duplicates()
        self.assertEqual([each["id"] for each in found], [twin.id])
        self.assertIn("title 100 % alike", found[0]["why"])
        twin.action_merge(ticket.id)
        self.assertEqual(ticket.possible_duplicates(), [])
        self.assertEqual(twin.possible_duplicates(), [])


@tagged("post_install", "-at_install")
class TestIssues(BondsCase):
    URL = "https://github.com/acme/app/issues/12"

    def test_tickets_wait_for_one_issue(self):
        one, two = self._ticket(), self._ticket()
        one.action_link_issue(self.URL)
        (one | two).action_link_issue(self.URL + "#comment")
        issue = one.issue_ids
        self.assertEqual((two.issue_ids, issue.open_ticket_count), (issue, 2))
        self.assertEqual(self._activities(one).count("Engineering issue linked"), 1)
        one.action_unlink_issue(issue.id)
        self.assertEqual(issue.ticket_ids, two)

    def test_a_link_to_nothing_is_refused_with_an_example(self):
        with self.assertRaisesRegex(UserError, "issues/12"):
            self._ticket().action_link_issue("javascript:alert(1)")

    def test_an_older_report_changes_nothing(self):
        ticket = self._ticket()
        ticket.action_link_issue(self.URL)
        issue = ticket.issue_ids.sudo()
        now = issue.create_date
        self.assertEqual(issue._note_state("closed", now, "Export"), issue)
        self.assertFalse(issue._note_state("closed", now + timedelta(hours=1)))
        self.assertFalse(issue._note_state("open", now - timedelta(hours=1)))
        self.assertEqual((issue.state, issue.title), ("done", "Export"))

    def _told(self, **data):
        item = replace(
            self._incoming(event_type="engineering.issue_updated"),
            data={"issue": self.URL, **data},
        )
        issues = self.env["support_visibility.issue"].with_user(self.service)
        (issue,) = issues._hub_subjects([item])
        (event,) = self.env["event_hub.event"]._append(
            [
                EventRow(
                    type=item.type,
                    correlation=item.correlation,
                    occurred_at=item.occurred_at,
                    case_type="issue",
                    case_model=issue._name,
                    case_id=issue.id,
                    company_id=item.company.id,
                    attributes=item.data,
                    source_id=item.source.id,
                    ce_source=item.ce_source,
                    ce_id=item.ce_id,
                )
            ]
        )
        issues._hub_on_issue_updated(event)
        return issue.sudo(), event

    def test_the_tracker_tells_how_an_issue_stands(self):
        ticket = self._ticket()
        ticket.action_link_issue(self.URL)
        issue, _event = self._told(status="indeterminate", status_there="In Review")
        self.assertEqual(ticket.issue_ids, issue)
        self.assertEqual((issue.state, issue.state_there), ("in_progress", "In Review"))

    def test_an_issue_heard_of_before_shows_its_state_when_it_is_linked(self):
        self._told(status="closed", title="Export")
        ticket = self._ticket()
        ticket.action_link_issue(self.URL)
        self.assertEqual(ticket.issue_ids.mapped("state"), ["done"])

    def test_what_is_no_issue_waits_with_the_reason(self):
        with self.assertRaisesRegex(ParkMessage, "no web address of an issue"):
            self._told(issue="ABC-7", status="closed")

    def test_who_waits_for_an_issue_is_reminded_once_when_it_is_done(self):
        ticket, solved = self._ticket(), self._ticket()
        (ticket | solved).action_link_issue(self.URL)
        (ticket | solved).action_assign(self.agent.id)
        solved.action_solve()
        for _report in range(2):
            issue, event = self._told(status="closed")
            issue._remind_of_done(event)
        reminders = ticket.activity_ids
        self.assertEqual(reminders.mapped("summary"), ["acme/app#12 is done"])
        self.assertEqual(reminders.user_id, self.agent)
        self.assertFalse(solved.activity_ids)
