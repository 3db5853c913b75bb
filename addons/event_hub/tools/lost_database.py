"""Answer as without a database when it goes away while a request is served.

Stock Odoo falls back to the routes without a database only if it cannot open one. A connection
that breaks off later is an error like any other to it: 500, which some senders take for a bug
and do not repeat.
"""

import functools

import psycopg2
from psycopg2.pool import PoolError

from odoo.http import RegistryError, Request

from .. import const

# PostgreSQL, appendix A: connection exception, operator intervention (but 57014, a query that was
# cancelled), too many connections.
AWAY = ("08", "57P", "53300")


def install():
    """Once per process."""
    if not hasattr(Request._serve_db, "__wrapped__"):
        Request._serve_db = falling_back(Request._serve_db)


def falling_back(serve_db):
    """:return: the same, which tells of a lost connection at our addresses as of a database that is away"""

    @functools.wraps(serve_db)
    def serve(request):
        try:
            return serve_db(request)
        except psycopg2.Error as error:
            ours = request.httprequest.path.startswith(const.PREFIX)
            if not ours or not is_lost(error):
                raise
            raise RegistryError(f"The database {request.db} went away") from error

    return serve


def is_lost(error):
    """Whether an error tells that the connection broke off, or could not be made."""
    # The pool was closed under a thread: the server stops.
    if isinstance(error, psycopg2.InterfaceError | PoolError):
        return True
    if isinstance(error, psycopg2.OperationalError):
        # The class also holds collisions, timeouts and full disks: these are no absence.
        return not error.pgcode or error.pgcode.startswith(AWAY)
    # What psycopg2 says when it finds a connection of the pool broken: no error of a statement
    # is of this class itself.
    return type(error) is psycopg2.DatabaseError
