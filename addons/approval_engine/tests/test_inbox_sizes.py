from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ApprovalCase

PAGE = {
    name: {}
    for name in (
        "urgency",
        "name",
        "type_id",
        "partner_id",
        "amount",
        "requester_id",
        "waits_since",
        "tracker",
        "option_name",
        "state",
    )
}


@tagged("post_install", "-at_install")
class TestInboxSizes(ApprovalCase):
    """Right with 0, 1, 40 and 4,000 requests, in as many queries."""

    def _look(self, user):
        """:return: (overview, one page, what the gavel counts, queries)"""
        self.env.flush_all()
        self.env.invalidate_all()
        requests = self.env["approval_engine.request"].with_user(user)
        before = self.env.cr.sql_log_count
        count = requests.inbox_count()
        overview = requests.inbox_overview()
        page = requests.web_search_read(
            [("needs_me", "=", True)], PAGE, limit=80, order="urgent desc, due_at, id"
        )
        return overview, page, count, self.env.cr.sql_log_count - before

    def _multiply(self, request, times, analyze=True):
        """As many more requests like this one, steps and seats too, made by the database."""
        self.env.flush_all()
        new = self._copies(
            "approval_engine_request", [request.id], times, {"due_at": _later}
        )
        steps = self._copies(
            "approval_engine_request_step",
            request.sudo().step_ids.ids,
            times,
            {"request_id": _of(new)},
        )
        seats = request.sudo().assignment_ids
        for seat in seats:
            self._copies(
                "approval_engine_assignment",
                seat.ids,
                times,
                {"request_id": _of(new), "step_id": _of(steps)},
            )
        self.env.cr.execute(
            SQL(
                "INSERT INTO approval_engine_request_asked_rel SELECT r, u FROM unnest(%s) r, unnest(%s) u",
                new,
                request.sudo().asked_user_ids.ids,
            )
        )
        tables = ("request", "request_step", "assignment", "request_asked_rel")
        for table in tables if analyze else ():
            # as the database does by itself, a while after so many rows
            self.env.cr.execute(
                SQL("ANALYZE %s", SQL.identifier(f"approval_engine_{table}"))
            )
        self.env.invalidate_all()

    def _copies(self, table, ids, times, changed):
        """:return: ids of the new rows"""
        self.env.cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
                table,
            )
        )
        columns = [name for (name,) in self.env.cr.fetchall()]
        values = [
            changed[name](name) if name in changed else SQL.identifier("o", name)
            for name in columns
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s o, generate_series(1, %s) n WHERE o.id = ANY(%s) RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                SQL.identifier(table),
                times,
                ids,
            )
        )
        return [id_ for (id_,) in self.env.cr.fetchall()]

    def test_it_is_right_with_none_one_forty_and_four_thousand(self):
        overview, page, count, _queries = self._look(self.fred)
        self.assertEqual((overview["sentence"], page["length"], count), ("", 0, 0))
        self.assertEqual({tab["count"] for tab in overview["tabs"]}, {0})

        request = self._submitted()
        overview, page, count, one = self._look(self.fred)
        self.assertRegex(
            overview["sentence"], r"^1 decision needs you, .*100.* at stake"
        )
        self.assertEqual((page["length"], count), (1, 1))

        self._multiply(request, 39)
        overview, page, count, forty = self._look(self.fred)
        self.assertRegex(
            overview["sentence"], r"^40 decisions need you, .*4,000.*stake"
        )
        self.assertEqual((page["length"], len(page["records"]), count), (40, 40, 40))

        self._multiply(request, 3960)
        overview, page, count, thousands = self._look(self.fred)
        self.assertRegex(overview["sentence"], r"^4000 decisions need you, .*400,000")
        self.assertEqual(
            (page["length"], len(page["records"]), count), (4000, 80, 4000)
        )
        tabs = {tab["key"]: tab["count"] for tab in overview["tabs"]}
        self.assertEqual((tabs["needs_me"], tabs["done"]), (4000, 0))
        self.assertLessEqual(max(forty, thousands), one + 4, "as many queries")

        waiting = self.env["approval_engine.request"].with_user(self.ria)
        [tab] = [t for t in waiting.inbox_overview()["tabs"] if t["key"] == "waiting"]
        self.assertEqual(tab["count"], 4000, "the requester waits for them")

    def _plan_of(self, domain, user):
        """:return: how the database would look this up for ``user``, in words"""
        requests = self.env["approval_engine.request"].with_user(user)
        query = requests._search(domain, limit=80, order="urgent desc, due_at, id desc")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row for (row,) in rows)

    def test_what_waits_is_found_by_its_index_whatever_the_database_knows(self):
        theirs = self._policy(
            self.env["approval_engine.type"].create({"code": "t", "name": "Theirs"}),
            [{"name": "Success", "user_ids": [Command.set(self.cleo.ids)]}],
        ).type_id
        mine, other = self._submitted(), self._submitted(theirs)
        self._multiply(mine, 39, analyze=False)
        self._multiply(other, 20_000, analyze=False)
        for when in ("without figures", "analyzed"):
            with self.subTest(when=when):
                plan = self._plan_of([("needs_me", "=", True)], self.fred)
                self.assertRegex(
                    plan, "approval_engine_assignment_(inbox_idx|_user_id_index)"
                )
                self.assertNotIn("Seq Scan on approval_engine_request ", plan)
                self.assertNotIn("Seq Scan on approval_engine_assignment", plan)
            self.env.cr.execute("ANALYZE approval_engine_request")
            self.env.cr.execute("ANALYZE approval_engine_assignment")
        mine_here = self.env["approval_engine.request"].with_user(self.fred)
        self.assertEqual(mine_here.inbox_count(), 40)

    def test_what_is_lent_is_found_beside_what_is_ones_own(self):
        own = self._submitted(self.choice_type)
        lent = self._submitted()
        both = self._submitted(self.choice_type)
        self.env["approval_engine.delegation"].with_user(self.fay).create(
            {
                "delegate_id": self.cleo.id,
                "date_from": fields.Datetime.now() - timedelta(hours=1),
                "date_to": fields.Datetime.now() + timedelta(days=1),
                "type_ids": [Command.set(self.credit_type.ids)],
                "reason": "Away.",
            }
        )
        requests = self.env["approval_engine.request"].with_user(self.cleo)
        found = requests.search([("needs_me", "=", True)])
        self.assertEqual(found, own | lent | both)
        self.assertEqual(requests.inbox_count(), 3)
        tabs = {tab["key"]: tab["count"] for tab in requests.inbox_overview()["tabs"]}
        self.assertEqual((tabs["needs_me"], tabs["delegated"]), (3, 1))
        elsewhere = requests.search([("needs_me", "=", False)])
        self.assertFalse(elsewhere & found)

    def test_no_seat_waits_in_what_is_closed(self):
        """What waits is looked up by the seats alone."""
        closed = [self._submitted(amount=5000) for _n in range(3)]
        self._approve(closed[0], self.fred, self.max)
        closed[1].with_user(self.fay).action_reject("No.")
        closed[2].action_recall()
        requests = self.env["approval_engine.request"].union(*closed).sudo()
        self.assertNotIn("pending", requests.assignment_ids.mapped("state"))
        self.assertNotIn("waiting", requests.assignment_ids.mapped("state"))

    def test_what_is_urgent_and_what_is_overdue_is_said(self):
        self._submitted(urgent=True, urgent_reason="They leave tonight.")
        late = self._submitted().sudo()
        late._write_guarded({"due_at": fields.Datetime.now() - timedelta(hours=1)})
        sentence = self.env["approval_engine.request"].with_user(self.fred)
        self.assertRegex(
            sentence.inbox_sentence(), "^2 decisions need you, 1 urgent, 1 overdue, "
        )


def _later(column):
    return SQL("%s + n * interval '1 minute'", SQL.identifier("o", column))


def _of(ids):
    return lambda _column: SQL("(%s::int[])[n]", ids)
