"""Rows that one Scheduled Action at a time looks at."""

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL


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
