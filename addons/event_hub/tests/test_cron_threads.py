from unittest.mock import patch

import psycopg2

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools import cron_threads


@tagged("post_install", "-at_install")
class TestCronThreads(BaseCase):
    def test_a_thread_begins_anew_until_the_database_is_back(self):
        tries = []

        def cron_thread(server, number):
            tries.append((server, number))
            if len(tries) == 1:
                raise psycopg2.InterfaceError("connection already closed")
            if len(tries) == 2:
                raise psycopg2.OperationalError("the database system is starting up")

        with (
            patch.object(cron_threads, "PAUSE", 0),
            mute_logger(cron_threads.__name__),
        ):
            cron_threads.staying(cron_thread)("server", 3)
        self.assertEqual(tries, [("server", 3)] * 3)

    def test_a_bug_still_ends_the_thread(self):
        def cron_thread(server, number):
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            cron_threads.staying(cron_thread)("server", 0)

    def test_it_is_installed_once(self):
        cron_threads.install()
        installed = cron_threads.ThreadedServer.cron_thread
        cron_threads.install()
        self.assertIs(cron_threads.ThreadedServer.cron_thread, installed)
        self.assertFalse(hasattr(installed.__wrapped__, "__wrapped__"))
