import re

from odoo.tests import HttpCase, new_test_user, tagged

BAD = "<script>alert(1)</script><img src=x onerror=alert(1)>"
WORDS = ("<script>alert", "<img src=x", "onerror=alert(1)>")


@tagged("post_install", "-at_install")
class TestHttpChannels(HttpCase):
    """Customers on the portal, on the public form and on the page where they rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.team = env["support_visibility.team"].create(
            {"name": "HC Desk", "sequence": -5, "form_enabled": True, "form_slug": "hc"}
        )
        cls.account = env["res.partner"].create({"name": "HC", "is_company": True})
        cls.anna, cls.ben = (
            new_test_user(env, login=login, groups="base.group_portal", email=email)
            for login, email in (
                ("hc_anna", "anna@hc.example"),
                ("hc_ben", "ben@hc.example"),
            )
        )
        (cls.anna | cls.ben).partner_id.parent_id = cls.account
        cls.eve = new_test_user(
            env, login="hc_eve", groups="base.group_portal", email="eve@evil.example"
        )
        cls.agent = new_test_user(
            env, login="hc_agent", groups="support_visibility.group_support_user"
        )
        tickets = env["support_visibility.ticket"]
        cls.ticket, cls.other = tickets.create(
            [
                {"name": "Export fails", "partner_id": cls.anna.partner_id.id},
                {"name": "Secret plan", "partner_id": cls.eve.partner_id.id},
            ]
        )
        for ticket in cls.ticket | cls.other:
            ticket.message_post(
                body=f"Public of {ticket.name}",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=cls.agent.partner_id.id,
            )
        cls.ticket.message_post(body="Between us: VIP", subtype_xmlid="mail.mt_note")

    def setUp(self):
        super().setUp()
        self.tickets = self.env["support_visibility.ticket"]
        self.path = f"/my/tickets/{self.ticket.id}"

    def _post(self, url, form_of=None, files=None, **data):
        """Fill in the form of a page, with its token against forged requests."""
        page = self.url_open(form_of or url).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        data["csrf_token"] = found.group(1) if found else ""
        return self.url_open(url, data=data, files=files)

    def _answer(self, said, **kwargs):
        return self._post(f"{self.path}/answer", self.path, said=said, **kwargs)

    # ------------------------------------------------------------------ who sees what
    def test_a_customer_sees_its_own_tickets_alone(self):
        self.authenticate("hc_anna", "hc_anna")
        page = self.url_open("/my/tickets").text
        self.assertIn("Export fails", page)
        self.assertNotIn("Secret plan", page)
        page = self.url_open(self.path).text
        self.assertIn("Public of Export fails", page)
        home = self.url_open("/my").text
        self.assertRegex(home, r'(?s)href="/my/tickets".{0,400}>\s*1\s*<')
        for inside in ("Between us", "VIP", "sla_", "account_tier"):
            self.assertNotIn(inside, page)

    def test_nobody_opens_the_ticket_of_somebody_else(self):
        mine, others = self.ticket._portal_token(), self.other._portal_token()
        closed = f"/my/tickets/{self.other.id}"
        for login in (None, "hc_anna", "hc_ben"):
            self.authenticate(login, login)
            for url in (
                closed,
                f"{closed}?token={mine}",
                f"{closed}?token=",
                f"{closed}?token={others[:-1]}",
                "/my/tickets/999999999",
            ):
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 404, (login, url))
                self.assertNotIn("Secret plan", answer.text)
            posted = self._post(f"{closed}/answer", "/support/hc", said="x")
            self.assertEqual(posted.status_code, 404, login)
        self.authenticate(None, None)
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.assertEqual(self.url_open(f"{self.path}?token={mine}").status_code, 200)

    def test_an_address_in_ones_profile_opens_nothing(self):
        self.ticket._write_guarded({"email_from": "anna@hc.example"})
        self.eve.partner_id.email = "anna@hc.example"
        self.authenticate("hc_eve", "hc_eve")
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.assertNotIn("Export fails", self.url_open("/my/tickets").text)

    def test_colleagues_see_it_if_they_follow_it_or_the_team_shares(self):
        self.authenticate("hc_ben", "hc_ben")
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.team.share_account = True
        self.assertEqual(self.url_open(self.path).status_code, 200)
        self.assertIn("Export fails", self.url_open("/my/tickets").text)
        self.team.share_account = False
        self.ticket.message_subscribe(self.ben.partner_id.ids)
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_customers_have_no_door_to_the_model(self):
        self.authenticate("hc_anna", "hc_anna")
        for method, args in (
            ("read", [[self.ticket.id], ["name"]]),
            ("search_read", [[], ["name"]]),
            ("action_solve", [[self.ticket.id]]),
            ("message_post", [[self.ticket.id]]),
        ):
            answer = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": "support_visibility.ticket",
                        "method": method,
                        "args": args,
                        "kwargs": {},
                    },
                },
            )
            self.assertIn("AccessError", answer.text, method)

    def test_the_list_is_searched_filtered_and_sorted(self):
        self.authenticate("hc_anna", "hc_anna")
        for query, seen in (
            ("search=EXPORT", True),
            ("search=%25", False),
            ("search=" + self.ticket.number, True),
            ("filterby=open", True),
            ("filterby=done", False),
            ("filterby=nonsense&sortby=name;drop", True),
            ("search=" + "x" * 5000, False),
        ):
            page = self.url_open(f"/my/tickets?{query}")
            self.assertEqual(page.status_code, 200, query)
            self.assertEqual(
                f'"/my/tickets/{self.ticket.id}"' in page.text, seen, query
            )
        for url in ("/my/tickets/page/999", "/my/tickets/page/0"):
            self.assertEqual(self.url_open(url).status_code, 200, url)

    # ------------------------------------------------------------------ what a customer does
    def test_a_customer_asks_answers_closes_and_reopens(self):
        self.authenticate("hc_anna", "hc_anna")
        self._post(
            "/my/tickets/new",
            subject="Login fails",
            said="Since noon.",
            files={"files": ("shot.png", b"123", "image/png")},
        )
        ticket = self.tickets.search([("name", "=", "Login fails")])
        self.assertEqual(
            (ticket.channel, ticket.partner_id, ticket.team_id),
            ("portal", self.anna.partner_id, self.team),
        )
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), ["shot.png"])
        self.ticket.action_wait()
        self._answer("Here you are")
        self.assertEqual(self.ticket.state, "open")
        self.assertEqual(self.ticket.message_ids[0].author_id, self.anna.partner_id)
        self._post(f"{self.path}/close", self.path)
        self.assertEqual(self.ticket.state, "solved")
        self._post(f"{self.path}/reopen", self.path)
        self.assertEqual((self.ticket.state, self.ticket.reopen_count), ("open", 1))
        self.ticket.action_close()
        self.assertEqual(self._post(f"{self.path}/reopen", self.path).status_code, 422)
        answer = self._answer("Still there")
        newer = self.tickets.search([], order="id desc", limit=1)
        self.assertIn(f"/my/tickets/{newer.id}", answer.url)
        self.assertEqual(
            (self.ticket.state, newer.partner_id), ("closed", self.anna.partner_id)
        )

    def test_an_empty_answer_and_an_empty_ticket_are_refused_in_words(self):
        self.authenticate("hc_anna", "hc_anna")
        self.assertEqual(self._answer("  ").status_code, 422)
        empty = self._post("/my/tickets/new", subject=" ", said="x")
        self.assertEqual(empty.status_code, 422)
        self.assertIn("describe it", empty.text)

    def test_the_link_of_a_mail_speaks_for_the_customer_and_needs_no_login(self):
        token = self.ticket._portal_token()
        self.authenticate(None, None)
        page = f"{self.path}?token={token}"
        self._post(f"{self.path}/answer", page, token=token, said="From the link")
        said = self.ticket.message_ids[0]
        self.assertEqual(said.author_id, self.anna.partner_id)
        self.assertIn("From the link", said.body)

    def test_a_form_without_its_token_is_refused(self):
        self.authenticate("hc_anna", "hc_anna")
        for url in (f"{self.path}/answer", f"{self.path}/close", "/support/hc"):
            self.assertEqual(
                self.url_open(url, data={"said": "forged"}).status_code, 400, url
            )
        self.assertEqual(self.ticket.state, "new")

    # ------------------------------------------------------------------ bad words
    def test_markup_is_inert_on_every_page(self):
        self.anna.partner_id.name = BAD
        self.authenticate("hc_anna", "hc_anna")
        self._post(
            "/my/tickets/new",
            subject=BAD,
            said=BAD,
            files={"files": (BAD + ".txt", b"x", "text/plain")},
        )
        ticket = self.tickets.search(
            [("partner_id", "=", self.anna.partner_id.id)], order="id desc", limit=1
        )
        ticket.action_solve()
        link = ticket._rating_link()
        pages = [
            self.url_open(f"/my/tickets/{ticket.id}").text,
            self.url_open("/my/tickets").text,
            self.url_open("/my/tickets?search=" + BAD).text,
            self.url_open(link).text,
            self._post(link, value="1", comment=BAD).text,
            self._post("/support/hc", name=BAD, email=BAD, subject=BAD, said=BAD).text,
        ]
        for page in pages:
            for word in WORDS:
                self.assertNotIn(word, page)
        bodies = "".join(ticket.message_ids.mapped("body"))
        for word in WORDS:
            self.assertNotIn(word, bodies)

    # ------------------------------------------------------------------ public form
    def _send(self, email="zoe@else.example", **data):
        word = {"name": "Zoe", "subject": "Help", "said": "It fails", **data}
        return self._post("/support/hc", email=email, **word)

    def _main(self, answer):
        return re.search(r"<main.*</main>", answer.text, re.S).group()

    def test_the_form_is_there_only_where_the_team_wants_it(self):
        self.assertEqual(self.url_open("/support/hc").status_code, 200)
        self.assertEqual(self.url_open(f"/support/{self.team.id}").status_code, 200)
        self.team.form_enabled = False
        for key in ("hc", self.team.id, "nobody"):
            self.assertEqual(self.url_open(f"/support/{key}").status_code, 404)

    def test_a_form_becomes_a_ticket_and_tells_nobody_whom_we_know(self):
        known = self._send("anna@hc.example")
        unknown = self._send("zoe@else.example")
        said = self._main(known)
        self.assertIn("it arrived", said)
        self.assertEqual(self._main(unknown), said)
        made = self.tickets.search([("channel", "=", "form")], order="id")
        self.assertEqual(
            [ticket.partner_id for ticket in made],
            [self.anna.partner_id, self.env["res.partner"]],
        )
        self.team.unknown_sender = "quarantine"
        kept = self._send("yan@else.example", files={"files": ("a", b"1", "a/b")})
        self.assertEqual(self._main(kept), said)
        row = self.env["support_visibility.quarantine"].search([])
        self.assertEqual(
            (row.sender, row.channel, row.file_ids.mapped("name")),
            ("yan@else.example", "form", ["a"]),
        )
        self.team.unknown_sender = "reject"
        self.assertEqual(self._main(self._send("xan@else.example")), said)
        self.assertEqual(self.tickets.search_count([("channel", "=", "form")]), 2)

    def test_a_form_that_lacks_something_is_refused_in_words_and_keeps_the_rest(self):
        answer = self._send("no address")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("It fails", answer.text)
        self.assertFalse(self.tickets.search([("channel", "=", "form")]))

    def test_a_program_that_fills_in_the_trap_gets_nowhere(self):
        self.assertEqual(self._send(website="http://x").status_code, 200)
        self.assertFalse(self.tickets.search([("channel", "=", "form")]))
        [line] = self.env["support_visibility.intake"].search([])
        self.assertEqual((line.outcome, line.reason), ("cut", "honeypot"))

    def test_too_many_forms_are_refused_in_words(self):
        statuses = [self._send().status_code for _time in range(6)]
        self.assertEqual(statuses, [200] * 5 + [429])
        self.assertEqual(self._send("other@else.example").status_code, 200)
        self.env.cr.execute(
            "INSERT INTO support_visibility_intake (at, channel, place, outcome) "
            "SELECT at, channel, place, outcome FROM support_visibility_intake, generate_series(1, 5)"
        )
        answer = self._send("third@else.example")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("was not taken", answer.text)
        self.assertIn('value="third@else.example"', answer.text)
        wait = int(answer.headers["Retry-After"])
        self.assertTrue(3500 < wait <= 3600, wait)

    def test_what_is_refused_is_counted_for_the_team_and_told_to_nobody(self):
        notices = self.env["support_visibility.notice_item"].search_count([])
        for _time in range(5 + 30):
            self._send()
        self.env.invalidate_all()
        self.assertEqual(self.team.refused_count, 30)
        lines = self.env["support_visibility.intake"].search(
            self.team.action_open_refused()["domain"]
        )
        self.assertLessEqual(len(lines), 2)  # an hour may end meanwhile
        self.assertEqual(sum(lines.mapped("times")), 30)
        self.assertFalse(any(lines.mapped("sender")))
        self.assertEqual(
            self.env["support_visibility.notice_item"].search_count([]), notices
        )

    # ------------------------------------------------------------------ rating
    def test_a_rating_is_given_once_for_each_solution(self):
        self.ticket.action_solve()
        link = self.ticket._rating_link()
        for _time in range(2):  # a mail scanner looks, and looks again
            self.assertEqual(self.url_open(link + "?value=1").status_code, 200)
        self.assertFalse(self.ticket.rated_at)
        self.assertEqual(self._post(link, value="7").status_code, 422)
        self._post(link, value="1", comment="Took too long")
        self.assertEqual(
            (self.ticket.rating_value, self.ticket.rating_comment),
            (1, "Took too long"),
        )
        again = self.url_open(link)
        self.assertIn("Took too long", again.text)
        self.assertEqual(self._post(link, "/support/hc", value="5").status_code, 409)
        self.assertEqual(self.ticket.rating_value, 1)
        self.assertEqual(self.ticket._rating_link(), "")
        self.ticket.action_reopen()
        self.ticket.action_solve()
        second = self.ticket._rating_link()
        self.assertNotEqual(second, link)
        self._post(second, value="5")
        self.assertEqual(self.ticket.rating_value, 5)
        self.env["event_hub.event"]._flush_emitted()
        words = "100 % happy (1 ratings)"
        self.assertEqual(self.team.satisfaction_text, words)
        self.assertEqual(self.account.satisfaction_text, words)
        told = self.env["event_hub.event"].search(
            [("type", "=", "support.rated"), ("case_id", "=", self.ticket.id)],
            order="id",
        )
        self.assertEqual([e.attributes["rating"] for e in told], [1, 5])

    def test_a_link_of_a_ticket_that_was_reopened_rates_nothing(self):
        self.ticket.action_solve()
        link = self.ticket._rating_link()
        self.ticket.action_reopen()
        for answer in (self.url_open(link), self._post(link, "/support/hc", value="5")):
            self.assertEqual(answer.status_code, 404)
            self.assertIn("leads nowhere", answer.text)
        self.assertFalse(self.ticket.rated_at)

    def test_a_link_that_leads_nowhere(self):
        for token in ("x", "%00", "0" * 32, self.ticket._portal_token()):
            self.assertEqual(self.url_open(f"/support/rate/{token}").status_code, 404)

    def test_the_stock_page_of_ratings_is_no_way_around(self):
        self.ticket.action_solve()
        token = self.ticket._rating_link().rpartition("/")[2]
        self._post(f"/support/rate/{token}", value="1")
        url = f"/rate/{token}/submit_feedback"
        self._post(url, "/support/hc", rate="5", feedback="no")
        self.assertEqual(self.ticket.rating_value, 1)
