"""Runs last: what the server wrote while all the other tests used it."""

import re

from street import ROOT

pytest_plugins = ["street_fixtures"]

OURS = tuple(manifest.parent.name for manifest in ROOT.glob("addons/*/__manifest__.py"))
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )", re.MULTILINE)

#: records of Odoo itself that say nothing about us
NOT_OURS = (
    "Running as user 'root'",
    "(ERROR/3)",
    # refusals that the tests ask for
    "odoo.http: ",
    "werkzeug: ",
    # two writers at once: Odoo logs the first try and repeats it
    "could not serialize access",
    "Job 'Base: ",
    "odoo.addons.bus.websocket: ",
)


def complaints(log):
    """Warnings and errors, and tracebacks through our own files at any level."""
    return [record for record in RECORD.split(log) if _is_complaint(record)]


def _is_complaint(record):
    if "Traceback" in record and any(f"/addons/{name}/" in record for name in OURS):
        return True
    is_bad = re.match(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ", record)
    return bool(is_bad) and not any(words in record for words in NOT_OURS)


def test_the_log_of_the_server_holds_no_complaint(server):
    assert complaints(server.log()) == []


def test_the_log_of_the_setup_holds_no_complaint(server):
    assert complaints(server.setup_log()) == []
