from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install")
class TestSlaHoursRace(BaseCase):
    """Two transactions that use new working hours for the first time, on two real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.calendar_id = (
                env["resource.calendar"].create({"name": "SV Race", "tz": "UTC"}).id
            )
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["resource.calendar"].browse(self.calendar_id).unlink()

    def _current(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        calendar = env["resource.calendar"].browse(self.calendar_id)
        return env["support_visibility.sla_hours"]._current(calendar)

    def test_who_comes_second_is_begun_anew_and_not_refused(self):
        with self.registry.cursor() as second:
            second.execute("SELECT count(*) FROM support_visibility_sla_hours")
            with self.registry.cursor() as first:
                kept = self._current(first)
            with self.assertRaises(SerializationFailure):  # Odoo repeats the request
                self._current(second)
            second.rollback()
            self.assertEqual(self._current(second), kept)
            second.rollback()
