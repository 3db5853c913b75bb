"""What is written down once the whole transaction is rolled back, and only then.

A failure that is caught, undone to a savepoint, tried again or only tried is none that
anybody has to hear of. So nothing is written while it happens: a note is kept with the
transaction, dropped by a commit, and by whoever deals with the failure himself.
"""

import logging
import sys
from contextlib import contextmanager

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

NOTES = "event_hub.undone"
BEGINS_AGAIN = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


def note(cr, notes, write):
    """Keep ``notes`` for the case that all of this transaction is rolled back.

    :param notes: ``{key: note}``; a later note takes the place of one with its key
    :param write: called after the rollback with the list of all notes; it brings its own cursor
    """
    data = cr.postrollback.data
    if NOTES not in data:
        data[NOTES] = {}
        cr.postrollback.add(lambda: _write(data[NOTES], write))
    data[NOTES].update(notes)


def _write(notes, write):
    """Never in the way of the error that the user is to hear."""
    if not notes or isinstance(sys.exc_info()[1], BEGINS_AGAIN):
        return
    try:
        write(list(notes.values()))
    except Exception:
        _logger.exception("Could not write down what failed: %s", list(notes))


@contextmanager
def dropped(cr, always=False):
    """Notes made inside the block are dropped when it fails: the caller deals with that. ``always``: in any case."""
    before = dict(cr.postrollback.data.get(NOTES, ()))
    failed = True
    try:
        yield
        failed = False
    finally:
        if (failed or always) and NOTES in cr.postrollback.data:
            cr.postrollback.data[NOTES] = before
