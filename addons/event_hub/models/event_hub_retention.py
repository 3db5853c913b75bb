from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import MOST_DAYS
from ..policies import trial
from .event_hub_delivery_attempt import KEPT

BATCH = 1000  # rows purged in one transaction
LEDGER_DAYS = "event_hub.ledger_retention_days"  # parameter; 0 or empty: for good


class EventHubRetention(models.AbstractModel):
    """What is forgotten, and when: contents of messages by their source, the ledger by its own setting.

    Runs of rules on records, which no event explains, go after 90 days like the tries of deliveries.

    Of a message its identity, digest, state and story stay, so a repetition is still known.
    What waits for a person or for another try is never touched.
    """

    _name = "event_hub.retention"
    _description = "Retention"

    @api.model
    def _cron_purge(self):
        """Forget what is past its time, one batch a transaction; called by a Scheduled Action."""
        now = fields.Datetime.now()
        for purge in (self._purge_messages, self._purge_runs, self._purge_ledger):
            last = 0
            while True:
                count, last = purge(now, last, BATCH)
                time_left = self.env["ir.cron"]._commit_progress(
                    count, remaining=int(count == BATCH)
                )
                if count < BATCH:
                    break
                if not time_left:
                    return True  # the Scheduled Action is called again
        return True

    # ---------------------------------------------------------------- messages

    @api.model
    def _purge_messages(self, now, after=0, limit=BATCH):
        """Drop body and headers of processed messages that are older than their source keeps them.

        :param now: naive UTC
        :param after: id of the last message of the batch before
        :return: ``(messages purged, id of the last one)``
        """
        self.env.flush_all()
        purged = self.env.execute_query(
            SQL(
                """
                UPDATE event_hub_message
                   SET body = NULL,
                       -- a test event stays one
                       headers = CASE WHEN headers ? %(mark)s
                                 THEN jsonb_build_object(%(mark)s, headers -> %(mark)s) END
                 -- An array is read once and looked up, whatever the planner believes; a join may be tried row by row.
                 WHERE id = ANY(ARRAY(
                    SELECT m.id
                      FROM event_hub_message m
                      JOIN event_hub_source s ON s.id = m.source_id
                     WHERE m.id > %(after)s
                       AND m.state = 'processed'
                       AND (m.body IS NOT NULL OR m.headers - %(mark)s <> '{}')
                       AND s.payload_retention_days > 0
                       AND coalesce(m.processed_at, m.received_at)
                           < %(now)s - least(s.payload_retention_days, %(most)s) * interval '1 day'
                     ORDER BY m.id
                     LIMIT %(limit)s
                       FOR UPDATE OF m SKIP LOCKED))
                RETURNING id
                """,
                after=after,
                now=now,
                limit=limit,
                mark=trial.HEADER,
                most=MOST_DAYS,
            )
        )
        self.env["event_hub.message"].invalidate_model(["body", "headers"])
        return len(purged), max((id_ for (id_,) in purged), default=after)

    # -------------------------------------------------------------------- runs

    @api.model
    def _purge_runs(self, now, after=0, limit=BATCH):
        """Delete runs of rules on stock triggers after 90 days. They wait for nothing, also those that failed.

        Runs on events stay as long as their rule: a rule reacts once to an event.

        :return: ``(runs deleted, after)``
        """
        self.env.flush_all()
        purged = self.env.execute_query(
            SQL(
                """
                -- An array: a subselect in IN may be run again for each row, and skips what it locked before.
                DELETE FROM event_hub_run WHERE id = ANY(ARRAY(
                    SELECT id FROM event_hub_run
                     WHERE event_id IS NULL AND planned_at < %s
                     ORDER BY planned_at
                     LIMIT %s
                       FOR UPDATE SKIP LOCKED))
                RETURNING id
                """,
                now - KEPT,
                limit,
            )
        )
        self.env["event_hub.run"].invalidate_model()
        ids = [id_ for (id_,) in purged]
        self.env["event_hub.exception_mark"].sudo()._forget("run", ids)
        return len(ids), after

    # ------------------------------------------------------------------ ledger

    @api.model
    def _ledger_days(self):
        """:return: days after which the ledger forgets, at most a hundred years of them; 0: never
        :raise UserError: if the setting is no number of days
        """
        value = self.env["ir.config_parameter"].sudo().get_param(LEDGER_DAYS) or "0"
        if not value.strip().isdecimal() or len(value) > 100:
            raise UserError(
                self.env._(
                    "The system parameter %(name)s is %(value)s: set it to a number of days, or to 0 to keep the "
                    "ledger for good.",
                    name=LEDGER_DAYS,
                    value=value,
                )
            )
        return min(int(value), MOST_DAYS)

    @api.model
    def _purge_ledger(self, now, after=0, limit=BATCH):
        """Delete what was recorded longer ago than the setting says, by the guarded maintenance path.

        An event whose rule or delivery still waits, for another try or for a person, stays.

        :return: ``(events deleted, id of the last one)``
        """
        days = self._ledger_days()
        if not days:
            return 0, after
        ids = self._forgettable(now - timedelta(days=days), after, limit)
        if not ids:
            return 0, after
        events = self.env["event_hub.event"].sudo()
        with events._maintenance(f"{len(ids)} events are older than {days} days"):
            for table, column in (
                ("event_hub_event_object", "event_id"),
                ("event_hub_event", "id"),
            ):
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        ids,
                    )
                )
        return len(ids), ids[-1]

    def _forgettable(self, until, after, limit):
        """:return: ids of events, oldest first, that nobody waits for any more"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.id FROM event_hub_event e
                 WHERE e.id > %s AND e.recorded_at < %s
                   AND NOT EXISTS (SELECT 1 FROM event_hub_run r
                                    WHERE r.event_id = e.id AND r.state IN ('pending', 'failed', 'dead'))
                   AND NOT EXISTS (SELECT 1 FROM event_hub_delivery d
                                    WHERE d.event_id = e.id AND d.state IN ('pending', 'dead'))
                 ORDER BY e.id LIMIT %s
                """,
                after,
                until,
                limit,
            )
        )
        return [id_ for (id_,) in rows]
