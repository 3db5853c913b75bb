"""One line to the database where bus listeners wait, kept while it is used.

Odoo opens a connection of its own for each transaction that says something over the bus, and closes it again:
PostgreSQL then starts a process each time, which takes longer than all that is said.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time

import psycopg2

from odoo.sql_db import db_connect
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

IDLE_SECONDS = 5  # without a word; then the line is closed


class Line:
    """Says words to ``imbus`` on the database ``postgres``; may be shared by threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._cursor = None
        self._pid = 0
        self._of_parent = []  # a fork has no share in that line, and must not end it
        self._used = 0.0

    def say(self, payloads):
        """:raises psycopg2.Error: the database cannot be reached"""
        with self._lock:
            kept = self._is_open()
            try:
                self._say(payloads)
            except psycopg2.Error:
                self._hang_up()
                if not kept:
                    raise
                self._say(payloads)  # it was broken meanwhile

    def _is_open(self):
        if self._cursor and self._pid != os.getpid():
            self._of_parent.append(self._cursor)
            self._cursor = None
        return self._cursor is not None

    def _say(self, payloads):
        if not self._is_open():
            self._cursor, self._pid = db_connect("postgres").cursor(), os.getpid()
            threading.Thread(
                target=self._watch, daemon=True, name="hub-bus-line"
            ).start()
        notify = SQL.identifier(ODOO_NOTIFY_FUNCTION)
        for payload in payloads:
            self._cursor.execute(SQL("SELECT %s('imbus', %s)", notify, payload))
        self._cursor.commit()  # pylint: disable=invalid-commit
        self._used = time.monotonic()

    def _watch(self):
        """Close the line once nobody has used it for a while."""
        rest = IDLE_SECONDS
        while rest > 0:
            time.sleep(rest)
            with self._lock:
                rest = self._used + IDLE_SECONDS - time.monotonic()
                if rest <= 0 or self._cursor is None:
                    self._hang_up()
                    return

    def _hang_up(self):
        cursor, self._cursor = self._cursor, None
        if cursor:
            with contextlib.suppress(psycopg2.Error):
                cursor.close()


line = Line()
