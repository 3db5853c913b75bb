import contextlib
import heapq
import logging
import math
import threading
import time
from datetime import datetime, timezone
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

from ..tools.lost_database import is_lost

_logger = logging.getLogger(__name__)

WAKE_INTERVAL_SECONDS = 0.1  # at most one trigger per job in this time, per process
SOON_SECONDS = 300  # what is due later than that can wait for a look each minute
AGAIN_SECONDS = 2  # after the database was away
LINE_SECONDS = 5  # without a call; then the line to the workers is closed
MOST_AGAIN = 30  # rounds in a row; then the jobs' own schedule has to do
# In whole seconds, as Odoo writes and clears them.
INSERT_TRIGGER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, date_trunc('second', now() AT TIME ZONE 'UTC') FROM ir_cron WHERE id = %s AND active
"""
# Of a job that does not run each minute anyway.
INSERT_LATER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, moment FROM ir_cron, unnest(%s::timestamp[]) moment
     WHERE id = %s AND (interval_type != 'minutes' OR interval_number > 1)
"""


class _Bell:
    """Turns any number of wake-up calls into at most ten rounds of triggers a second, for all jobs together.

    One trigger per request would cost three quarters of the door's throughput: it is an
    insert and a connection of its own. The thread lives as long as the process; it keeps
    its connection while it is called often.
    """

    def __init__(self, dbname: str):
        self.dbname = dbname
        self.line = None  # cursor on the database where workers listen
        self.wanted: set[str] = set()  # external ids of jobs
        self.missed = 0  # rounds in a row
        self.lock = threading.Lock()
        self.called = threading.Event()
        self.thread = threading.Thread(
            target=self._run, daemon=True, name=f"hub-waker-{dbname}"
        )
        self.thread.start()

    def call(self, xmlids):
        with self.lock:
            self.wanted.update(xmlids)
        self.called.set()

    def _run(self):
        while True:
            if not self.called.wait(LINE_SECONDS if self.line else None):
                self._hang_up()
                continue
            self.called.clear()
            with self.lock:  # a call from here on is for the next round
                xmlids, self.wanted = self.wanted, set()
            if xmlids:
                time.sleep(self._ring(xmlids))

    def _ring(self, xmlids):
        """:return: seconds until the next round"""
        names = ", ".join(sorted(xmlids))
        try:
            self._trigger(xmlids)
            self.missed = 0
        except psycopg2.Error as error:
            if not is_lost(error):
                _logger.exception("Could not wake %s; they run on schedule.", names)
                return WAKE_INTERVAL_SECONDS
            # The database is away, or the server stops.
            self.missed += 1
            if self.missed <= MOST_AGAIN:
                _logger.info("Could not wake %s yet: %s", names, str(error).strip())
                self.call(xmlids)
                return AGAIN_SECONDS
            self.missed = 0
            _logger.warning("Could not wake %s; they run on schedule.", names)
        except Exception:
            # The job's own schedule is the safety net; keep the thread alive.
            _logger.exception("Could not wake %s; they run on schedule.", names)
        return WAKE_INTERVAL_SECONDS

    def _trigger(self, xmlids):
        with Registry(self.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if "event_hub.waker" not in env:  # the addon was uninstalled under us
                return
            # What a crash takes along is run on schedule: nobody waits for the disk.
            # A connection that was closed under this thread shows here; whoever called logs it.
            cr.execute("SET LOCAL synchronous_commit TO off", log_exceptions=False)
            for xmlid in sorted(xmlids):
                env["event_hub.waker"]._ring(xmlid)
        self._notify()  # after the commit

    def _notify(self):
        """What ``ir.cron._notifydb`` does, without a new connection each time."""
        kept = self.line is not None
        try:
            self.line = self.line or db_connect("postgres").cursor()
            notify = SQL.identifier(ODOO_NOTIFY_FUNCTION)
            self.line.execute(SQL("SELECT %s('cron_trigger', %s)", notify, self.dbname))
            self.line.commit()  # pylint: disable=invalid-commit
        except psycopg2.Error as error:
            self._hang_up()
            if kept:  # broken meanwhile
                self._notify()
            else:  # the health page tells of a role that may not connect there
                _logger.info("Jobs start within a minute: %s", str(error).strip())

    def _hang_up(self):
        line, self.line = self.line, None
        if line:
            with contextlib.suppress(psycopg2.Error):
                line.close()


class _Clock:
    """Rings jobs at a moment. Odoo looks at the triggers of a later moment once a minute only.

    One thread for the process, which sleeps until the next moment. Calls for one job within
    the same tenth of a second are one.
    """

    def __init__(self, ring):
        self.ring = ring  # called with (database, xmlid) when it is time
        self.changed = threading.Condition()
        self.due: list[tuple[float, str, str]] = []  # a heap by monotonic time
        self.thread: threading.Thread | None = None

    def set(self, seconds: float, dbname: str, xmlid: str):
        """Ring in ``seconds``, never earlier."""
        tick = math.ceil((time.monotonic() + seconds) / WAKE_INTERVAL_SECONDS)
        entry = tick * WAKE_INTERVAL_SECONDS, dbname, xmlid
        with self.changed:
            if entry in self.due:
                return
            heapq.heappush(self.due, entry)
            if self.thread is None or not self.thread.is_alive():  # or forked
                self.thread = threading.Thread(
                    target=self._run, daemon=True, name="hub-clock"
                )
                self.thread.start()
            self.changed.notify()

    def _run(self):
        while True:
            self.ring(*self._next())

    def _next(self):
        """:return: the next job, once it is its time"""
        with self.changed:
            while True:
                wait = self.due[0][0] - time.monotonic() if self.due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self.due)[1:]
                self.changed.wait(wait)


_bells: dict[str, _Bell] = {}
_bells_lock = threading.Lock()


def _call(dbname: str, xmlid: str):
    with _bells_lock:
        bell = _bells.get(dbname)
        if (
            bell is None or not bell.thread.is_alive()
        ):  # a forked worker has no threads of its parent
            bell = _bells[dbname] = _Bell(dbname)
    bell.call([xmlid])


_clock = _Clock(_call)


class EventHubWaker(models.AbstractModel):
    _name = "event_hub.waker"
    _description = "Wakes background jobs"

    @api.model
    def _wake(self, xmlid):
        """Run the Scheduled Action ``xmlid`` soon after this transaction is committed."""
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: _call(dbname, xmlid))
        return True

    @api.model
    def _ring(self, xmlid):
        """Have the Scheduled Action ``xmlid`` run now; an executor of another kind takes over here.

        What ``ir.cron._trigger`` does, in one statement: it runs ten times a second under load.
        Whoever rings commits, then gives notice once for all that it rang.
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        if cron_id:
            self.env.cr.execute(INSERT_TRIGGER, [cron_id])
        return True

    @api.model
    def _wake_at(self, xmlid, *moments):
        """Run the Scheduled Action ``xmlid`` at each of ``moments``, once this transaction is committed.

        A moment within the next minutes is kept to the tenth of a second. If this process
        ends before, or for later moments, the job runs up to a minute late: by its own
        schedule if that is each minute, else by a trigger in the database.

        :param moments: naive UTC
        """
        dbname = self.env.cr.dbname
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        for seconds in ((moment - now).total_seconds() for moment in moments):
            if seconds <= SOON_SECONDS:
                self.env.cr.postcommit.add(
                    partial(_clock.set, max(0.0, seconds), dbname, xmlid)
                )
        # no env.ref: it asks the database whether the job still exists, each time
        key = self.env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=True)
        self.env.cr.execute(INSERT_LATER, [list(moments), key])
        return True
