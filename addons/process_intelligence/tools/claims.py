"""Rows that one Scheduled Action at a time looks at."""

import logging

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

_logger = logging.getLogger(__name__)


def claim(record):
    """Have a record to oneself until the end of the transaction.

    Whoever else has it now, or changed it since this transaction began, is not waited for: their change would undo
    all that is worked out here. The next look comes to what is left.

    :return: whether one has it
    """
    query = SQL(
        "SELECT FROM %s WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
        SQL.identifier(record._table),
        record.id,
    )
    cr = record.env.cr
    try:
        with cr.savepoint(flush=False):
            cr.execute(query, log_exceptions=False)
            return bool(cr.rowcount)
    except SerializationFailure:
        return False


def look_at_each(records, look):
    """Look at records in their order, each in a transaction of its own, as long as the Scheduled Action may go on.

    One that fails keeps nobody else waiting.

    :param look: called with each record that could be claimed
    :raises Exception: the last one that failed, so that the Scheduled Action is known to have failed
    """
    cron, failure = records.env["ir.cron"], None
    cron._commit_progress(remaining=len(records))
    for record in records:
        try:
            with record.env.cr.savepoint():
                if claim(record):
                    look(record)
        except Exception as error:
            _logger.exception("The look at %s failed", record)
            failure = error
        if not cron._commit_progress(1):
            break
    if failure:
        raise failure
