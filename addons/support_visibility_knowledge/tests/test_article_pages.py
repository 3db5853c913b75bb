import re
from unittest.mock import patch

from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from ..controllers.articles import PLACES
from ..policies import asking

PATH = "/support/articles"
VISIT = "b1b2c3d4e5f6a7b8c9d0"


@tagged("post_install", "-at_install")
class TestArticlePages(HttpCase):
    """What customers and everybody see of articles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.articles = env["support_visibility.article"]
        cls.team = env["support_visibility.team"].create(
            {"name": "KP", "sequence": -5, "form_enabled": True, "form_slug": "kp"}
        )
        new_test_user(env, login="kp_anna", groups="base.group_portal")
        made = {}
        for name, visibility, state in (
            ("Zebra for everybody", "public", "published"),
            ("Zebra for customers", "customers", "published"),
            ("Zebra for our people", "internal", "published"),
            ("Zebra draft", "public", "draft"),
            ("Zebra outdated", "public", "outdated"),
        ):
            made[name] = cls.articles.create(
                {
                    "name": name,
                    "body": f"<p>All about the zebra: {name}.</p>",
                    "visibility": visibility,
                    "language": "en",
                }
            )
            made[name]._write_guarded({"state": state})
        (cls.public, cls.customers, cls.internal, cls.draft, cls.outdated) = (
            made.values()
        )

    def setUp(self):
        super().setUp()
        PLACES.clear()

    def _status(self, article):
        return self.url_open(f"{PATH}/{article._slug()}").status_code

    def _titles(self, text):
        return set(
            re.findall(
                r"Zebra [a-z ]+(?=</a>)", self.url_open(f"{PATH}?search={text}").text
            )
        )

    def _ask(self, text, visit=VISIT, **more):
        return self.make_jsonrpc_request(
            f"{PATH}/search", {"text": text, "visit": visit, "channel": "form", **more}
        )

    def _searches(self):
        return self.env["support_visibility.article_search"].search(
            [("channel", "!=", "ticket")], order="id desc"
        )

    def test_everybody_reads_what_is_public_and_nothing_else(self):
        self.assertEqual(self._status(self.public), 200)
        for article in (self.customers, self.internal, self.draft, self.outdated):
            self.assertEqual(self._status(article), 404, article.name)
        self.assertEqual(self._titles("zebra"), {"Zebra for everybody"})
        results = self.url_open(f"{PATH}?search=the+zebra").text
        self.assertIn("<mark>zebra</mark>", results)
        self.assertNotIn("<mark>the</mark>", results)
        page = self.url_open(PATH).text
        self.assertIn("Zebra for everybody", page)
        self.assertNotIn("Zebra for customers", page)

    def test_customers_read_theirs_too(self):
        self.authenticate("kp_anna", "kp_anna")
        self.assertEqual(self._status(self.customers), 200)
        for article in (self.internal, self.draft, self.outdated):
            self.assertEqual(self._status(article), 404, article.name)
        self.assertEqual(
            self._titles("zebra"), {"Zebra for everybody", "Zebra for customers"}
        )
        self.assertIn(PATH, self.url_open("/my").text)

    def test_addresses_that_lead_nowhere_are_not_found(self):
        here = self.public.id
        for key in (
            *("x", "0", "zebra", "999999999", "99999999999999999", "a--"),
            *(f"-{here}", f"a--{here}", f"{here}-a"),
        ):
            self.assertIn(self.url_open(f"{PATH}/{key}").status_code, (400, 404), key)
        self.assertEqual(
            self.url_open(f"{PATH}/other-{self.public.id}").status_code, 200
        )

    def test_suggestions_leak_nothing_and_count_one_visit(self):
        for text in ("zeb", "zebra", "zebra eve"):
            found = self._ask(text)["articles"]
        self.assertEqual([each["title"] for each in found], ["Zebra for everybody"])
        self.assertEqual(set(found[0]), {"id", "title", "snippet", "url"})
        search = self._searches()[0]
        self.assertEqual((search.text, search.channel), ("zebra eve", "form"))
        self.url_open(found[0]["url"])
        self.env.invalidate_all()
        self.assertEqual(search.outcome, "opened")
        self.make_jsonrpc_request(
            f"{PATH}/solved", {"article_id": self.public.id, "visit": VISIT}
        )
        self.env.invalidate_all()
        self.assertEqual(search.outcome, "solved")
        self.assertEqual(sum(search.hit_ids.mapped("solved")), 1)

    def test_bad_input_of_the_search_does_no_harm(self):
        for bad in ("", "x" * 10_000, "' & | :*", "🎉", None, 5, ["x"], {"a": 1}):
            with self.subTest(str(bad)[:10]):
                self.assertEqual(self._ask(bad)["articles"], [])
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self._ask("a\x00b")  # refused at the door, in words
        for visit in (None, 5, "x" * 500, "<b>", [1]):
            self.assertTrue(self._ask("zebra", visit=visit)["articles"])
        for bad in ("1", True, None, [1]):
            self.make_jsonrpc_request(
                f"{PATH}/solved", {"article_id": bad, "visit": VISIT}
            )
        page = self.url_open(f"{PATH}?search=<script>alert(1)</script>")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("<script>alert(1)", page.text)

    def test_a_flood_from_one_place_gets_nothing(self):
        self.assertFalse(self._ask("zebra")["too_many"])
        self.env.cr.execute(
            "UPDATE support_visibility_article_search SET asked_count = %s WHERE place IS NOT NULL",
            [asking.MOST_BY_PLACE],
        )
        self.assertEqual(self._ask("zebra"), {"articles": [], "too_many": True})
        self.assertEqual(self.url_open(f"{PATH}?search=zebra").status_code, 429)
        self.assertEqual(self._status(self.public), 200)

    def test_one_voice_for_each_article(self):
        url = f"{PATH}/{self.public._slug()}"
        for _time in range(2):
            page = self.url_open(url).text
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)
            data = {"csrf_token": token.group(1) if token else "", "value": "yes"}
            self.url_open(f"{url}/helped", data=data)
        self.env.invalidate_all()
        self.assertEqual(self.public.helpful_count, 1)
        self.assertIn("Thank you", self.url_open(url).text)

    def test_sessions_without_end_are_no_voices_without_end(self):
        url = f"{PATH}/{self.public._slug()}"
        statuses = []
        for _time in range(5):
            self.opener.cookies.clear()
            self.opener.cookies["session_id"] = self.authenticate(None, None).sid
            token = re.search(
                r'name="csrf_token" value="([^"]+)"', self.url_open(url).text
            )
            answer = self.url_open(
                f"{url}/helped", data={"csrf_token": token.group(1), "value": "yes"}
            )
            statuses.append(answer.status_code)
        self.assertEqual(statuses, [200, 200, 200, 429, 429])
        self.assertIn("24 hours", answer.text)
        self.assertGreater(int(answer.headers["Retry-After"]), 80_000)
        self.env.invalidate_all()
        self.assertEqual(self.public.helpful_count, 3)

    def test_the_list_is_not_read_without_end(self):
        with patch.object(asking, "PAGES_AT_ONCE", 2.0):
            answers = [self.url_open(PATH) for _time in range(4)]
        self.assertEqual([a.status_code for a in answers[:2]], [200, 200])
        self.assertEqual(answers[3].status_code, 429)
        self.assertIn("Retry-After", answers[3].headers)

    def test_the_line_under_a_title_takes_the_beginning_alone(self):
        long = self.articles.create(
            {
                "name": "Long",
                "language": "en",
                "body": f"<p>The first words.</p>{'<p>And more.</p>' * 5000}",
            }
        )
        self.assertTrue(long._beginning().startswith("The first words."))
        self.assertLess(len(long._beginning()), 4000)
        picture = f'<p><img src="/x?{"a" * 5000}"/>After it</p>'
        long.body = picture
        self.assertIn("After it", long._beginning())

    def test_texts_are_inert_on_the_page(self):
        bad = "<img src=x onerror=alert(1)>"
        article = self.articles.create(
            {
                "name": f"Zebra {bad}",
                "body": f"<p>{bad}<script>alert(1)</script></p>",
                "visibility": "public",
                "language": "en",
            }
        )
        article._write_guarded({"state": "published"})
        for url in (PATH, f"{PATH}?search=zebra", f"{PATH}/{article._slug()}"):
            text = self.url_open(url).text
            self.assertNotIn("onerror=alert(1)>", text.replace("&gt;", ""), url)
            self.assertNotIn("<script>alert", text)

    def test_the_forms_make_room_for_suggestions(self):
        self.assertIn("o_support_suggest", self.url_open("/support/kp").text)
        self.authenticate("kp_anna", "kp_anna")
        self.assertIn("o_support_suggest", self.url_open("/my/tickets/new").text)
