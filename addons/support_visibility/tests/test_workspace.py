from itertools import product

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ..policies.workspace import ordering
from .common_sla import SlaCase, at


@tagged("post_install", "-at_install")
class TestWorkspaceQueue(SlaCase):
    def _mine(self, hours=9, **vals):
        ticket = self._opened(hours, **vals)
        with freeze_time(at(hours)):
            ticket.action_take()
        return ticket

    def _queue(self, user=None, hours=15, **more):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["support_visibility.ticket"].with_user(user or self.agent)
        with freeze_time(at(hours)):
            return model.workspace_queue(**more)

    def _asks(self, ticket, hours):
        """The customer writes; the database knows only its own time for that."""
        with freeze_time(at(hours)):
            ticket.sudo()._hear("It still fails", author=self.contact)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET create_date = %s WHERE id = %s",
            [at(hours), max(ticket.sudo().message_ids.ids)],
        )

    def _ids(self, answer):
        return [row["id"] for row in answer["rows"]]

    def test_the_database_sorts_as_the_policy_does(self):
        self.policies.search([]).active = False
        plain = [self._mine(9 + n, priority=p) for n, p in enumerate("1302")]
        self._policy("resolution", 600)
        promised = [self._mine(9 + n, impact=i) for n, i in enumerate("1231")]
        worst = self._mine(14, severity="1")
        answer = self._queue()
        tickets = self.env["support_visibility.ticket"].browse(self._ids(answer))
        expected = sorted((t._standing({}) for t in tickets), key=ordering.sort_key)
        self.assertEqual(self._ids(answer), [s.id for s in expected])
        self.assertEqual(self._ids(answer)[0], worst.id)
        self.assertEqual(
            set(self._ids(answer)), {t.id for t in [*plain, *promised, worst]}
        )

    def test_a_row_says_in_words_why_it_stands_there(self):
        ticket = self._mine(9)
        [early] = self._queue(hours=9.5)["rows"]
        self.assertEqual(early["reasons"], ["first response due in 30 min"])
        self.assertEqual(early["pressure"], "at_risk")
        [late] = self._queue(hours=14)["rows"]
        self.assertEqual(late["reasons"], ["first response overdue by 4 h"])
        self.assertEqual(late["pressure"], "critical")
        self._answer(ticket, 14)
        self._asks(ticket, 15)
        [asked] = self._queue(hours=17)["rows"]
        self.assertIn("customer answered 2 h ago", asked["reasons"])
        self.assertEqual(asked["customer"], "Borealis")
        self.assertEqual(asked["tier"], "strategic")

    def test_an_answer_of_ours_ends_that_the_customer_waits(self):
        ticket = self._mine(9)
        with freeze_time(at(10)):
            ticket.sudo()._hear("Any news?", author=self.contact)
        self._answer(ticket, 11)
        [row] = self._queue(hours=12)["rows"]
        self.assertFalse([r for r in row["reasons"] if "customer" in r])

    def test_an_internal_note_is_no_answer(self):
        ticket = self._mine(9)
        self._asks(ticket, 10)
        ticket.message_post(body="hm", subtype_xmlid="mail.mt_note")
        [row] = self._queue(hours=11)["rows"]
        self.assertIn("customer wrote 60 min ago", row["reasons"])

    def test_each_ticket_stands_in_one_tab(self):
        mine, waiting, snoozed = (self._mine() for _n in range(3))
        nobodys = self._opened()
        elsewhere = self._opened(team_id=self.upper.id)
        with freeze_time(at(10)):
            waiting.action_wait()
            snoozed.action_snooze("2026-03-03 08:00:00")
            done = self._mine()
            done.action_solve()
        for tab, expected in (
            ("mine", mine),
            ("waiting", waiting),
            ("snoozed", snoozed),
        ):
            self.assertEqual(self._ids(self._queue(tab=tab)), expected.ids, tab)
        unassigned = self._ids(self._queue(tab="unassigned"))
        self.assertIn(nobodys.id, unassigned)
        self.assertNotIn(elsewhere.id, unassigned)
        counts = {tab["key"]: tab["count"] for tab in self._queue()["tabs"]}
        self.assertEqual(counts["mine"], 1)
        self.assertEqual(counts["snoozed"], 1)

    def test_who_is_in_no_team_sees_what_nobody_has_in_all(self):
        nobodys = self._opened(team_id=self.upper.id)
        self.assertIn(
            nobodys.id, self._ids(self._queue(self.colleague, tab="unassigned"))
        )

    def test_the_sentence_comes_first(self):
        self.assertEqual(self._queue()["sentence"], "")
        self._mine(9)
        self._mine(9)
        self._mine(13)
        self.assertEqual(
            self._queue(hours=13.5)["sentence"],
            "3 tickets need you, 2 overdue, the next is due in 30 min.",
        )

    def test_it_is_searched_and_narrowed_on_the_server(self):
        one = self._mine(name="Printer burns", priority="3")
        two = self._mine(name="Export fails")
        for more, expected in (
            ({"search": "burns"}, one),
            ({"search": two.number}, two),
            ({"search": "borealis"}, one + two),
            ({"filters": {"priority": "3"}}, one),
            ({"filters": {"tier": "strategic", "team_id": self.team.id}}, one + two),
            ({"filters": {"tier": "growth"}}, one - one),
        ):
            with self.subTest(more):
                answer = self._queue(**more)
                self.assertEqual(set(self._ids(answer)), set(expected.ids))
                self.assertEqual(answer["total"], len(expected))

    def test_what_is_no_filter_is_refused_by_name(self):
        for filters in (
            {"owner": 1},
            {"priority": "9"},
            {"priority": ["1"]},
            {"team_id": "1"},
            {"team_id": True},
            {"tier": None},
        ):
            with (
                self.subTest(filters),
                self.assertRaisesRegex(ValidationError, next(iter(filters))),
            ):
                self._queue(filters=filters)

    def test_pages_follow_each_other(self):
        tickets = [self._mine(9 + n / 60) for n in range(5)]
        first = self._queue(limit=3)
        then = self._queue(limit=3, offset=3)
        self.assertEqual(self._ids(first) + self._ids(then), [t.id for t in tickets])
        self.assertEqual((first["total"], len(then["rows"])), (5, 2))
        self.assertEqual(len(self._queue(limit=10**6)["rows"]), 5)
        self.assertEqual(len(self._queue(limit=0)["rows"]), 1)

    def test_a_long_page_costs_the_queries_of_a_short_one(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            model = self.env["support_visibility.ticket"].with_user(self.agent)
            with freeze_time(at(15)):
                rows = model.workspace_queue()["rows"]
            return self.env.cr.sql_log_count - before, len(rows)

        for number in range(2):
            self._mine(9, name=f"Short {number}")
        count()
        short, few = count()
        for number in range(18):
            ticket = self._mine(9, name=f"Long {number}", email_from="a@b.example")
            ticket.sudo()._hear("Any news?", author=self.contact)
        long, many = count()
        self.assertEqual((few, many), (2, 20))
        self.assertEqual(long, short)
        self.assertLessEqual(long, 20)

    def test_only_who_reads_tickets_has_a_queue(self):
        with self.assertRaises(AccessError):
            self._queue(self.employee)

    def test_tickets_of_another_company_are_in_no_queue(self):
        other = self.env["res.company"].create({"name": "SV Other"})
        ticket = self.env["support_visibility.ticket"].create(
            {"name": "x", "partner_id": self.account.id, "company_id": other.id}
        )
        for tab in ("mine", "unassigned", "waiting", "snoozed"):
            self.assertNotIn(ticket.id, self._ids(self._queue(tab=tab)))


@tagged("post_install", "-at_install")
class TestWorkspaceTicket(SlaCase):
    def _told(self, ticket, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return ticket.with_user(user or self.agent).workspace_ticket()

    def _items(self, told, key):
        return {
            item["label"]: item
            for section in told["sections"]
            if section["key"] == key
            for item in section["items"]
        }

    def test_the_moves_are_those_that_work_now(self):
        ticket = self._ticket()
        for act, expected in (
            (None, {"take", "solve", "wait", "escalate", "snooze", "macro", "promise"}),
            (
                "action_take",
                {"solve", "wait", "escalate", "snooze", "macro", "promise"},
            ),
            (
                "action_wait",
                {"solve", "resume", "escalate", "snooze", "macro", "promise", "undo"},
            ),
            ("action_solve", {"reopen", "macro", "promise", "undo"}),
            ("action_close", {"reopen", "macro", "undo"}),
        ):
            if act:
                getattr(ticket, act)()
            self.assertEqual(set(self._told(ticket)["moves"]), expected, act)

    def test_every_move_offered_is_a_move_that_the_model_allows(self):
        methods = {
            "take": "action_take",
            "solve": "action_solve",
            "reopen": "action_reopen",
            "wait": "action_wait",
            "resume": "action_resume",
            "undo": "action_undo_move",
        }
        for path in ((), ("action_take",), ("action_wait",), ("action_solve",)):
            for code, method in methods.items():
                ticket = self._ticket()
                for step in path:
                    getattr(ticket, step)()
                if code in self._told(ticket)["moves"]:
                    with self.subTest(path=path, code=code):
                        self.assertTrue(getattr(ticket, method)())

    def test_the_customer_is_shown_and_every_figure_opens(self):
        ticket = self._ticket()
        self._ticket(name="Another")
        customer = self._items(self._told(ticket), "customer")
        self.assertEqual(customer["Open tickets"]["value"], "2")
        domain = customer["Open tickets"]["open"]["domain"]
        self.assertEqual(self.env["support_visibility.ticket"].search_count(domain), 2)
        self.assertEqual(customer["Open incidents"]["value"], "0")
        self.assertEqual(customer["Account"]["open"]["res_id"], self.account.id)
        self.assertEqual(customer["Tier"]["mark"], "warning")

    def test_the_last_steps_are_shown_to_who_works_on_it(self):
        ticket = self._ticket()
        ticket.action_take()
        sections = {s["key"]: s["items"] for s in self._told(ticket)["sections"]}
        self.assertIn("Ticket assigned", [i["value"] for i in sections["events"]])

    def test_an_unknown_customer_is_no_obstacle(self):
        ticket = self._ticket(partner_id=False, email_from="x@y.example")
        customer = self._items(self._told(ticket), "customer")
        self.assertEqual(customer["Who asks"]["value"], "x@y.example")

    def test_it_is_read_by_who_may_read_the_ticket_only(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            self._told(ticket, self.employee)


@tagged("post_install", "-at_install")
class TestTicketHeader(TransactionCase):
    def test_a_ticket_never_has_more_than_three_buttons_beside_more(self):
        view = self.env["support_visibility.ticket"].with_user(
            self.env.ref("base.user_admin")
        )
        arch = etree.fromstring(view.get_view(view_type="form")["arch"])
        buttons = arch.xpath("//header/button")
        self.assertGreater(len(buttons), 5)
        for state, user, undo, confirm, merged in product(
            ("new", "open", "waiting", "solved", "closed"),
            *[(False, 1)] * 4,
        ):
            values = {
                "id": 1,
                "state": state,
                "user_id": user,
                "can_undo": undo,
                "can_confirm_severity": confirm,
                "merged_into_id": merged,
            }
            shown = [
                button.get("string")
                for button in buttons
                if not safe_eval(button.get("invisible", "0"), dict(values))
            ]
            with self.subTest(values):
                self.assertLessEqual(len(shown), 3, shown)
