"""Runs last: what the server wrote while all the other tests used it."""

import re

pytest_plugins = ["street_fixtures"]

#: lines of Odoo itself that say nothing about us
NOT_OURS = (
    "Running as user 'root'",
    "(ERROR/3)",
    # refusals of our own API, asked for by the tests
    "odoo.http: ",
    "werkzeug",
)


def complaints(log):
    lines = [
        line
        for line in log.splitlines()
        if re.search(r" (WARNING|ERROR|CRITICAL) |^Traceback", line)
    ]
    return [line for line in lines if not any(words in line for words in NOT_OURS)]


def test_the_log_of_the_server_holds_no_complaint(server):
    assert complaints(server.log()) == []


def test_the_log_of_the_setup_holds_no_complaint(server):
    assert complaints(server.setup_log()) == []
