"""What all threads remember, while transactions on real connections begin and end around a change."""

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..tools import caches

NAMES = "Remembered %"


@tagged("post_install", "-at_install")
class TestRemembered(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["event_hub.endpoint"].search([("name", "like", NAMES)]).unlink()

    def _transaction(self):
        """:return: an environment on a connection of its own, whose snapshot is taken already"""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT 1")
        return api.Environment(cr, SUPERUSER_ID, {})

    def _endpoint(self, env, number=1):
        values = {"name": f"Remembered {number}", "url": "https://example.com/hook"}
        return env["event_hub.endpoint"].create(values).id

    def _targets(self, env):
        return {id_ for id_, _pattern, _company in env["event_hub.endpoint"]._targets()}

    def test_who_began_before_a_change_does_not_leave_the_old_rows_to_others(self):
        before, changing = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        changing.cr.commit()
        self.assertNotIn(new, self._targets(before), "it reads as of its beginning")
        self.assertIn(new, self._targets(self._transaction()))

    def test_who_reads_while_a_change_is_committed_does_not_leave_the_old_rows(self):
        before, changing = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        cls = type(before["event_hub.endpoint"])
        cache = cls._targets.__cache__
        origin = cache.method

        def read(records):
            value = origin(records)
            changing.cr.commit()
            return value

        self.patch(cache, "method", read)
        self.assertNotIn(new, self._targets(before))
        self.patch(cache, "method", origin)
        self.assertIn(new, self._targets(self._transaction()))

    def test_what_is_undone_was_never_told_to_others(self):
        changing = self._transaction()
        new = self._endpoint(changing)
        self.assertIn(new, self._targets(changing), "it sees its own work")
        self.assertNotIn(new, self._targets(self._transaction()))
        changing.cr.rollback()
        self.assertNotIn(new, self._targets(changing))
        self.assertNotIn(new, self._targets(self._transaction()))

    def test_who_changed_something_sees_it_though_others_remember_the_old(self):
        changing, other = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        self._targets(other)
        self.assertIn(new, self._targets(changing))

    def test_who_changed_something_reads_it_once_up_to_a_savepoint(self):
        changing = self._transaction()
        new = self._endpoint(changing)
        with self.assertRaises(ZeroDivisionError), changing.cr.savepoint():
            second = self._endpoint(changing, 2)
            self.assertLessEqual({new, second}, self._targets(changing))
            raise ZeroDivisionError
        self.assertNotIn(second, self._targets(changing), "that was undone")
        count = changing.cr.sql_log_count
        self.assertIn(new, self._targets(changing))
        self.assertEqual(changing.cr.sql_log_count, count)
        third = self._endpoint(changing, 3)
        self.assertIn(third, self._targets(changing))

    def test_two_changes_committed_crosswise_are_both_waited_for(self):
        first, second = self._transaction(), self._transaction()
        one, two = self._endpoint(first, 1), self._endpoint(second, 2)
        first.cr.commit()
        between = self._transaction()
        second.cr.commit()
        self.assertEqual(self._targets(between) & {one, two}, {one})
        self.assertEqual(self._targets(self._transaction()) & {one, two}, {one, two})

    def test_after_a_change_the_rows_are_read_once(self):
        changing = self._transaction()
        self._endpoint(changing)
        changing.cr.commit()
        self._targets(self._transaction())
        reading = self._transaction()
        reading["event_hub.endpoint"]._targets()
        count = reading.cr.sql_log_count
        self._targets(reading)
        self.assertEqual(reading.cr.sql_log_count, count)

    def test_who_committed_or_undid_a_change_uses_what_all_remember_again(self):
        for end in ("commit", "rollback"):
            changing = self._transaction()
            self._endpoint(changing)
            self.assertIn("default", changing.cr.postcommit.data[caches.MINE])
            getattr(changing.cr, end)()
            self.assertFalse(changing.cr.postcommit.data.get(caches.MINE))
