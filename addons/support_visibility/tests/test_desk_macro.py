from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestDeskMacro(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bug, cls.old = cls.env["support_visibility.tag"].create(
            [{"name": "sv bug"}, {"name": "sv old"}]
        )

    def _macro(self, **vals):
        return self.env["support_visibility.macro"].create(
            {"name": "Ask for the log", **vals}
        )

    def _run(self, tickets, macro):
        return tickets.with_user(self.agent).action_run_macro(macro.id)

    def _said(self, ticket, subtype="mail.mt_comment"):
        return ticket.message_ids.filtered(
            lambda message: (
                message.subtype_id == self.env.ref(subtype)
                and message.message_type == "comment"
            )
        )

    def test_a_macro_does_all_its_steps_as_the_person_who_runs_it(self):
        macro = self._macro(
            reply="Dear {{customer}},\nabout {{ticket}}: <b>the log</b>, please. {{agent}}",
            note="Asked {{customer}} of {{account}}",
            tag_ids=self.bug.ids,
            remove_tag_ids=self.old.ids,
            priority="3",
            assign="me",
            stage_id=self._stage("waiting").id,
        )
        tickets = self._ticket(tag_ids=self.old.ids) + self._ticket()
        self.assertIs(self._run(tickets, macro), True)
        for ticket in tickets:
            self.assertEqual(
                (ticket.priority, ticket.tag_ids, ticket.user_id, ticket.state),
                ("3", self.bug, self.agent, "waiting"),
            )
            self.assertEqual(ticket.handoff_ids.reason, "Macro: Ask for the log")
            reply = self._said(ticket)
            self.assertIn(f"Dear Anna,<br>about {ticket.number}", reply.body)
            self.assertIn("&lt;b&gt;the log&lt;/b&gt;", reply.body)
            self.assertEqual(reply.author_id, self.agent.partner_id)
            note = self._said(ticket, "mail.mt_note")
            self.assertIn("Asked Anna of Borealis", note.body)
            self.assertTrue(ticket.first_response_at)

    def test_one_ticket_that_cannot_follow_stops_all_and_is_named(self):
        macro = self._macro(
            priority="3",
            note="Tried",
            assign="person",
            user_id=self.colleague.id,
            stage_id=self._stage("solved").id,
        )
        good, done = self._ticket(), self._ticket()
        done.action_close()
        with self.assertRaisesRegex(
            UserError, f"nothing was changed.*assign.*{done.number}"
        ):
            self._run(good + done, macro)
        self.assertEqual((good.priority, good.user_id.id), ("1", False))
        self.assertFalse(self._said(good, "mail.mt_note"))

    def test_a_word_without_value_stops_it_before_anything_is_said(self):
        macro = self._macro(reply="Dear {{customer}}, until {{due}}")
        self.env["support_visibility.sla_policy"].search([]).active = False
        ticket = self._ticket()
        with self.assertRaisesRegex(UserError, r"no value for \{\{due\}\}"):
            self._run(ticket, macro)
        self.assertEqual(macro.preview(ticket.id)["missing"], ["due"])

    def test_words_that_stand_for_nothing_are_refused_when_written(self):
        for text in ("{{user.password}}", "{{ env['res.users'].sudo() }}", "{{}}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self._macro(reply=text)
        with self.assertRaises(ValidationError):
            self._macro(assign="person")

    def test_what_a_customer_writes_is_never_a_placeholder(self):
        macro = self._macro(reply="About {{title}}")
        ticket = self._ticket(name="{{account}} <script>alert(1)</script>")
        self._run(ticket, macro)
        self.assertIn("{{account}} &lt;script&gt;", self._said(ticket).body)

    def test_a_reply_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        macro = self._macro(reply="Dear {{customer}}")
        macro.with_context(lang="de_DE").reply = "Hallo {{customer}}"
        self.contact.lang = "de_DE"
        ticket = self._ticket()
        self.assertEqual(macro.preview(ticket.id)["reply"], "Hallo Anna")

    def test_a_macro_goes_no_way_around_rights_and_teams(self):
        macro = self._macro(stage_id=self._stage("solved").id, team_ids=self.upper.ids)
        ticket = self._ticket()
        with self.assertRaisesRegex(UserError, "is not for tickets of SV Desk"):
            self._run(ticket, macro)
        macro.team_ids = False
        with self.assertRaises(AccessError):
            ticket.with_user(self.employee).action_run_macro(macro.id)
        with self.assertRaises(AccessError):
            macro.with_user(self.agent).write({"reply": "Hm"})
        with self.assertRaises(ValidationError):
            ticket.action_run_macro("1")
        self.assertEqual(ticket.state, "new")

    def test_a_macro_of_another_company_runs_nowhere_else(self):
        company = self.env["res.company"].create({"name": "SV Elsewhere"})
        macro = self._macro(priority="3", company_id=company.id)
        with self.assertRaises(UserError):
            self._run(self._ticket(), macro)

    def test_passing_to_a_team_asks_the_rule_of_that_team(self):
        self.upper.write({"assignment": "round_robin", "leader_id": False})
        self.upper.member_ids = self.colleague
        ticket = self._ticket()
        self._run(ticket, self._macro(team_id=self.upper.id))
        self.assertEqual((ticket.team_id, ticket.user_id), (self.upper, self.colleague))

    def test_the_form_shows_what_would_be_said_first(self):
        macro = self._macro(reply="Dear {{customer}}", assign="me")
        tickets = self._ticket() + self._ticket()
        form = Form(
            self.env["support_visibility.run_macro"]
            .with_user(self.agent)
            .with_context(active_ids=tickets.ids, active_model=tickets._name)
        )
        form.macro_id = macro
        self.assertEqual(
            (form.reply, form.steps), ("Dear Anna", "reply · assign to oneself")
        )
        form.save().action_run()
        self.assertEqual(tickets.user_id, self.agent)
