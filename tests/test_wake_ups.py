"""Health says so when the database role cannot reach the database that Odoo wakes its workers through."""

import contextlib
import json

import pytest
from lib import machine, postgres, template

pytestmark = pytest.mark.optional("a database role of its own, 1 minute")

ROLE = "saas_no_wake_ups"
ASK = """
import json
good, reason = env["event_hub.monitor"]._health_checks()["wake_ups"]
print("HEALTH", json.dumps([good, reason]))
"""


@pytest.fixture
def odoo():
    """:return: function that asks for the wake-ups as our own role, or as one that may not connect to postgres"""
    with machine.running("test", durable=False) as ready:
        if postgres.EMBEDDED not in ready.env:
            pytest.fail("needs the embedded PostgreSQL: unset PGHOST")
        source = template.build(ready, template.names(ready))
        with template.clone(ready, source) as database, _role(ready, database):
            yield lambda role=None: _ask(ready, database, role)


@contextlib.contextmanager
def _role(ready, database):
    """Superusers connect anywhere, so only the role made here misses what PUBLIC loses."""
    schema = "ON ALL {} IN SCHEMA public TO " + ROLE
    with contextlib.ExitStack() as undo:
        for sql, back in (
            (f"CREATE ROLE {ROLE} LOGIN CREATEDB", f"DROP ROLE {ROLE}"),
            (
                "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC",
                "GRANT CONNECT ON DATABASE postgres TO PUBLIC",
            ),
            (
                f'GRANT CONNECT, TEMP ON DATABASE "{database}" TO {ROLE}',
                f'REVOKE ALL ON DATABASE "{database}" FROM {ROLE}',
            ),
        ):
            postgres.query(ready.env, sql)
            undo.callback(postgres.query, ready.env, back)
        for things in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            postgres.query(ready.env, f"GRANT ALL {schema.format(things)}", database)
        undo.callback(postgres.query, ready.env, f"DROP OWNED BY {ROLE}", database)
        yield


def _ask(ready, database, role):
    options = {"data_dir": str(template.data_dir()), "max_cron_threads": "0"}
    if role:
        options["db_user"] = role
    conf = ready.write_conf(f"wake-{database}", options)
    env = conf.env | ({"PGUSER": role} if role else {})
    done = machine.Machine(conf.odoo, conf.venv, env).run(
        conf.odoo_command("shell", "-d", database, "--no-http", "--log-level=warn"),
        input=ASK,
        capture_output=True,
        text=True,
    )
    lines = [x for x in done.stdout.splitlines() if "HEALTH" in x]
    assert lines, done.stderr[-3000:]
    return json.loads(lines[0].partition("HEALTH ")[2])


def test_a_role_that_cannot_connect_to_postgres_shows_in_health(odoo):
    assert odoo() == [True, ""]
    good, reason = odoo(ROLE)
    assert not good
    assert "up to 60 s late" in reason and "CONNECT" in reason
