import heapq
import logging
import math
import threading
import time
from datetime import datetime, timezone

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)

WAKE_INTERVAL_SECONDS = 0.1  # at most one trigger per job in this time, per process
SOON_SECONDS = 300  # what is due later than that can wait for a look each minute
# In whole seconds, as Odoo writes and clears them.
INSERT_TRIGGER = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, date_trunc('second', now() AT TIME ZONE 'UTC') FROM ir_cron WHERE id = %s AND active
"""


class _Bell:
    """Turns any number of wake-up calls for one job into at most ten triggers a second.

    One trigger per request would cost three quarters of the door's throughput: it is an
    insert and a connection of its own. The thread lives as long as the process.
    """

    def __init__(self, dbname: str, xmlid: str):
        self.dbname, self.xmlid = dbname, xmlid
        self.called = threading.Event()
        self.thread = threading.Thread(
            target=self._run, daemon=True, name=f"hub-waker-{xmlid}"
        )
        self.thread.start()

    def _run(self):
        while True:
            self.called.wait()
            self.called.clear()  # before the trigger: a call during it is not lost
            try:
                self._trigger()
            except psycopg2.InterfaceError:
                # Connections are closed under us only when the server stops.
                _logger.info("The server stops; %s runs on schedule.", self.xmlid)
            except Exception:
                # The job's own schedule is the safety net; keep the thread alive.
                _logger.exception(
                    "Could not wake the job %s; it runs on schedule.", self.xmlid
                )
            time.sleep(WAKE_INTERVAL_SECONDS)

    def _trigger(self):
        with Registry(self.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if "event_hub.waker" in env:  # else the addon was uninstalled under us
                env["event_hub.waker"]._ring(self.xmlid)


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


_bells: dict[tuple[str, str], _Bell] = {}
_bells_lock = threading.Lock()


def _call(dbname: str, xmlid: str):
    with _bells_lock:
        bell = _bells.get((dbname, xmlid))
        if (
            bell is None or not bell.thread.is_alive()
        ):  # a forked worker has no threads of its parent
            bell = _bells[dbname, xmlid] = _Bell(dbname, xmlid)
    bell.called.set()


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
        Commits: the cursor is the bell's own, and the notice must follow the commit.
        """
        cron = self.env.ref(xmlid, raise_if_not_found=False)
        if cron:
            self.env.cr.execute(INSERT_TRIGGER, [cron.id])
            if self.env.cr.rowcount:  # else it is switched off
                self.env.cr.commit()  # pylint: disable=invalid-commit
                cron._notifydb()
        return True

    @api.model
    def _wake_at(self, xmlid, moment):
        """Run the Scheduled Action ``xmlid`` at ``moment``, once this transaction is committed.

        A moment within the next minutes is kept to the tenth of a second. If this process
        ends before, or for later moments, the job runs up to a minute late: by its own
        schedule if that is each minute, else by a trigger in the database.

        :param moment: naive UTC
        """
        dbname = self.env.cr.dbname
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        seconds = (moment - now).total_seconds()
        if seconds <= SOON_SECONDS:
            self.env.cr.postcommit.add(
                lambda: _clock.set(max(0.0, seconds), dbname, xmlid)
            )
        cron = self.env.ref(xmlid).sudo()
        if cron.interval_type != "minutes" or cron.interval_number > 1:
            cron._trigger(at=moment)
        return True
