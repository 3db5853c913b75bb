import random
import time

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

MAX_COLLISIONS = 5  # of one batch with other transactions


class EventHubQueue(models.AbstractModel):
    """Rows that wait for a worker. Any number of workers, threads and hosts may share one queue."""

    _name = "event_hub.queue"
    _description = "A queue that workers share"
    _hub_due_states = ()  # in which a row waits for a try

    def _lock_due(self, ids):
        """:return: those of ``ids`` that still wait and that nobody else works on, oldest first"""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND state IN %s ORDER BY id FOR UPDATE SKIP LOCKED",
                SQL.identifier(self._table),
                list(ids),
                self._hub_due_states,
            )
        )
        locked = self.browse([row[0] for row in rows])
        locked.invalidate_recordset()
        return locked

    def _again_on_conflict(self, work, *args):
        """Do ``work(*args)`` and flush; roll back and do it again if somebody changed the same rows meanwhile.

        :raise psycopg2.Error: if they are still in the way after five times
        """
        for left in reversed(range(MAX_COLLISIONS)):
            try:
                result = work(*args)
                self.env.cr.flush()
                return result
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                if not left:
                    raise
                time.sleep(random.uniform(0, 0.1 * 2 ** (MAX_COLLISIONS - left)))
