import random
import time

from odoo import fields, models
from odoo.tools import SQL

from ..tools import undone

MAX_COLLISIONS = 5  # of one batch with other transactions


class EventHubQueue(models.AbstractModel):
    """Rows that wait for a worker. Any number of workers, threads and hosts may share one queue.

    The model has ``state`` and ``next_try_at``; each worker is a Scheduled Action that is
    woken when a row comes in, and when the next try of one is due.
    """

    _name = "event_hub.queue"
    _inherit = ["event_hub.guarded"]
    _description = "A queue that workers share"
    _hub_due_states = ()  # in which a row waits for a try
    _hub_cron = None  # external id of the Scheduled Action that works it off

    def _due_domain(self):
        return [
            ("state", "in", self._hub_due_states),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _count_due(self):
        return self.search_count(self._due_domain())

    def _lock_due(self, ids):
        """:return: those of ``ids`` that still wait and that nobody else works on, oldest first"""
        if not ids:
            return self.browse()
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
            except undone.BEGINS_AGAIN:
                self.env.cr.rollback()
                if not left:
                    raise
                time.sleep(random.uniform(0, 0.1 * 2 ** (MAX_COLLISIONS - left)))

    def _work_off(self, rounds, count):
        """Carry out ``rounds`` one by one and commit each, for as long as the Scheduled Action may run.

        :param rounds: iterator that works when it is asked; gives how many rows each round took
        :param count: function without arguments: how many rows are due
        """
        cron = self.env["ir.cron"]
        waiting = count()
        if not waiting:  # an idle look costs one query and no commit
            return True
        cron._commit_progress(remaining=waiting)
        done = 0
        for took in rounds:
            done += took
            if not cron._commit_progress(took):
                break
        # What came in after an empty look has a wake-up of its own.
        cron._commit_progress(remaining=count() if done else 0)
        return True

    def _wake(self):
        return self.env["event_hub.waker"]._wake(self._hub_cron)

    def _wake_for_next_try(self):
        """Have the next tries of ``self`` made when they are due."""
        for moment in set(self.mapped("next_try_at")) - {False}:
            self.env["event_hub.waker"]._wake_at(self._hub_cron, moment)
