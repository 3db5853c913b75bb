import logging
import threading
import time
from datetime import datetime, timedelta, timezone

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..tools import counters

_logger = logging.getLogger(__name__)

BUFFER = "event_hub.tally"  # key in the cursor's precommit data: counts not yet written
FLUSH_SECONDS = 2  # a killed process loses at most the door's answers of this time
KEEP_MINUTES = timedelta(hours=26)  # then one row an hour is enough
KEEP_HOURS = timedelta(days=90)  # then one row a day

DOOR, MESSAGE, LATENCY, RUN, DELIVERY, OVERRIDE = (
    "door",
    "message",
    "latency",
    "run",
    "delivery",
    "override",
)
ACCEPTED = "accepted"  # outcome at the door: counted from what is stored
COUNTED = "counted"  # outcome of the one row that says until when that was done
METRICS = [
    (DOOR, "Answers of the door"),
    (MESSAGE, "Messages"),
    (LATENCY, "Processing time"),
    (RUN, "Automation runs"),
    (DELIVERY, "Deliveries"),
    (OVERRIDE, "Manual overrides"),
]
COLUMNS = "minute, metric, key, outcome, company_id, count, seconds"
# Rows of one step of time that could be one row become one row; sums stay what they are.
FOLD = """
    WITH folded AS (
        DELETE FROM event_hub_tally
         WHERE minute >= %(since)s AND minute < %(until)s AND outcome IS DISTINCT FROM 'counted'
           AND date_trunc(%(grain)s, minute) IN (
            SELECT date_trunc(%(grain)s, minute)
              FROM event_hub_tally
             WHERE minute >= %(since)s AND minute < %(until)s
          GROUP BY date_trunc(%(grain)s, minute), metric, key, outcome, company_id
            HAVING count(*) > 1)
     RETURNING *)
    INSERT INTO event_hub_tally (minute, metric, key, outcome, company_id, count, seconds)
    SELECT date_trunc(%(grain)s, minute), metric, key, outcome, company_id, sum(count), sum(seconds)
      FROM folded
  GROUP BY 1, 2, 3, 4, 5
"""


class EventHubTally(models.Model):
    """How often something happened, per minute: what the metrics page and the overview count with.

    Rows are only inserted, with the transaction that did what they count, so the sums are
    right over any number of server processes and nothing waits for a lock. What the door
    refused comes from memory instead, every two seconds; what it accepted is counted from
    what it stored, see ``_count_accepted``. Older rows are folded into one
    an hour, then one a day; none is ever dropped, so a sum never falls.
    """

    _name = "event_hub.tally"
    _inherit = ["event_hub.guarded"]
    _description = "Count per Minute"
    _order = "minute desc, id desc"
    _rec_name = "outcome"
    _log_access = False

    minute = fields.Datetime(required=True, readonly=True)
    metric = fields.Selection(METRICS, required=True, readonly=True)
    key = fields.Char(
        "Of", readonly=True, help="Code of the source, or id of the rule or endpoint."
    )
    about = fields.Char("Of What", compute="_compute_about")
    outcome = fields.Selection("_outcome_words", readonly=True)
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    count = fields.Integer(readonly=True)
    seconds = fields.Float(
        readonly=True, help="Sum of what was measured, if anything was."
    )

    _metric_minute_idx = models.Index("(metric, minute)")

    # -------------------------------------------------------------------- counting

    @api.model
    def _add(self, metric, key, outcome, company=None, count=1, seconds=0.0):
        """Count, in this transaction; written in one statement when it commits.

        :param key: code of the source, or id of the rule or endpoint
        :param company: ``res.company`` record
        """
        precommit = self.env.cr.precommit
        if BUFFER not in precommit.data:
            precommit.data[BUFFER] = {}
            precommit.add(self.sudo()._flush_buffer)
        buffer = precommit.data[BUFFER]
        place = metric, str(key or ""), outcome, company.id if company else None
        known = buffer.get(place, (0, 0.0))
        buffer[place] = known[0] + count, known[1] + seconds
        return True

    @api.model
    def _override(self, kind, records=None, count=1):
        """A person did by hand what an automation does, or undid it.

        :param kind: such as ``run_retried``; a label of the metrics page
        :param records: what it was about, for its company; a rule's overrides count as its own
        """
        key = records.id if records is not None and len(records) == 1 else ""
        company = (
            records[:1].company_id
            if records is not None and "company_id" in records._fields
            else None
        )
        return self._add(OVERRIDE, key, kind, company, count)

    @api.model
    def _flush_buffer(self):
        buffer = self.env.cr.precommit.data.pop(BUFFER, None)
        return self._insert_counts(buffer or {})

    def _insert_counts(self, counts):
        """:param counts: ``{(metric, key, outcome, company id): (count, seconds)}``"""
        minute = _now().replace(second=0, microsecond=0)
        return self._insert_rows(
            [(minute, *place, *amount) for place, amount in counts.items()]
        )

    def _insert_rows(self, rows):
        """:param rows: tuples as ``COLUMNS`` names them"""
        if rows:
            self.env.cr.execute_values(
                f"INSERT INTO event_hub_tally ({COLUMNS}) VALUES %s", rows
            )
        return True

    # ---------------------------------------------------------- the door's answers

    @api.model
    def _flush_answers(self):
        """Write down what the door of this process answered since the last time.

        A killed process loses what it refused, and the duplicates it knew, of at most two
        seconds. Accepted messages are not counted here but where they are stored.
        """
        cr = self.env.cr
        taken = {
            place: count
            for place, count in counters.take(cr.dbname).items()
            if place[1] != ACCEPTED
        }
        if not taken:
            return True
        cr.postrollback.add(lambda: counters.give_back(cr.dbname, taken))
        companies = self._company_of_sources({source for source, _answer in taken})
        return self._insert_counts(
            {
                (DOOR, source, answer, companies.get(source)): (count, 0.0)
                for (source, answer), count in taken.items()
            }
        )

    def _company_of_sources(self, codes):
        sources = self.env["event_hub.source"].sudo().with_context(active_test=False)
        return {
            source.code: source.company_id.id
            for source in sources.search_fetch(
                [("code", "in", list(codes))], ["code", "company_id"]
            )
        }

    @api.model
    def _flush_soon(self):
        """Have the door's answers written down within two seconds of this transaction."""
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: _flush_later(dbname))
        return True

    # --------------------------------------------------------------------- reading

    @api.model
    def _totals(self):
        """:return: ``{metric: {(key, outcome): (count, seconds)}}`` since the beginning"""
        self.env.cr.execute(
            SQL(
                "SELECT metric, key, outcome, sum(count), sum(seconds) FROM event_hub_tally"
                " GROUP BY metric, key, outcome ORDER BY metric, key, outcome"
            )
        )
        totals = {metric: {} for metric, _label in METRICS}
        for metric, key, outcome, count, seconds in self.env.cr.fetchall():
            totals[metric][key, outcome] = int(count), float(seconds or 0)
        return totals

    # --------------------------------------------------------------------- folding

    @api.autovacuum
    def _gc_fold(self):
        """Fold what is older: minutes after 26 hours, hours after 90 days."""
        now = _now()
        self._fold("hour", now - KEEP_HOURS, now - KEEP_MINUTES)
        self._fold("day", datetime(2000, 1, 1), now - KEEP_HOURS)

    @api.model
    def _fold_minutes(self):
        """Fold what many short transactions wrote in the last hour: one row a minute is enough."""
        now = _now()
        return self._fold(
            "minute", now - timedelta(hours=1), now - timedelta(minutes=2)
        )

    def _fold(self, grain, since, until):
        """:param grain: minute, hour or day; only whole ones before ``until`` are folded"""
        self.env.cr.execute(
            FOLD,
            {
                "grain": grain,
                "since": _floor(since, grain),
                "until": _floor(until, grain),
            },
        )
        return True


def _now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


def _floor(moment, grain):
    parts = {"minute": {}, "hour": {"minute": 0}, "day": {"minute": 0, "hour": 0}}
    return moment.replace(second=0, microsecond=0, **parts[grain])


# ------------------------------------------------------------- the thread that writes


class _Flusher:
    """Writes down what the door counted; the thread lives as long as the process."""

    def __init__(self, dbname: str):
        self.dbname = dbname
        self.called = threading.Event()
        self.thread = threading.Thread(
            target=self._run, daemon=True, name=f"hub-tally-{dbname}"
        )
        self.thread.start()

    def _run(self):
        while True:
            self.called.wait()
            time.sleep(FLUSH_SECONDS)
            self.called.clear()  # before the counts are taken: one made meanwhile is not lost
            try:
                with Registry(self.dbname).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["event_hub.tally"]._flush_answers()
            except psycopg2.InterfaceError:
                _logger.info("The server stops; the last answers are not counted.")
            except Exception:
                # They are counted again and written with the next ones; keep the thread alive.
                _logger.exception("Could not write down what the door answered.")


_flushers: dict[str, _Flusher] = {}
_flushers_lock = threading.Lock()


def _flush_later(dbname: str):
    with _flushers_lock:
        flusher = _flushers.get(dbname)
        if flusher is None or not flusher.thread.is_alive():  # not forked along
            flusher = _flushers[dbname] = _Flusher(dbname)
    flusher.called.set()
