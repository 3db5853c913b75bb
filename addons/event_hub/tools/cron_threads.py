"""Keep Scheduled Actions running after the database was away.

A server without worker processes runs them in threads, and stock Odoo lets such a thread end at
the first connection that fails: after a restart of PostgreSQL nothing is worked off until
the server is started again. (Worker processes that end are replaced by their parent.)
"""

import functools
import logging
import time

import psycopg2

from odoo.service.server import ThreadedServer

PAUSE = 2  # seconds before the database is asked again

_logger = logging.getLogger(__name__)


def install():
    """Once per process, before the threads start."""
    if not hasattr(ThreadedServer.cron_thread, "__wrapped__"):
        ThreadedServer.cron_thread = staying(ThreadedServer.cron_thread)


def staying(cron_thread):
    """:return: the same, beginning anew whenever the database breaks off"""

    @functools.wraps(cron_thread)
    def stay(server, number):
        while True:
            try:
                return cron_thread(server, number)
            except psycopg2.Error as error:
                _logger.warning(
                    "Thread %s for Scheduled Actions lost the database, trying again in %s s: %s",
                    number,
                    PAUSE,
                    str(error).strip(),
                )
                time.sleep(PAUSE)

    return stay
