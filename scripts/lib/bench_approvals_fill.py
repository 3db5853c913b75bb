"""Open requests by the hundred thousand: copies of some that were asked through the ORM, made by SQL."""

import contextlib

SAMPLE = """
    users = {user.login: user for user in env["res.users"].search([])}
    accounts = env["res.partner"].search([("name", "like", "Account ")])
    asked = {}
    for code in ("mine", "little", "theirs"):
        kind = env["approval_engine.type"].search([("code", "=", code)])
        request = env["approval_engine.request"].with_user(users["asker"]).create({
            "name": f"Sample of {code}", "type_id": kind.id, "amount": 1200, "partner_id": accounts[0].id,
            "reason": "What the approvers need to know, in a sentence or two, as people write it.",
        })
        request.action_submit()
        asked[code] = request.id
    env.cr.commit()
    say({"samples": asked, "accounts": accounts.ids})
"""
REQUEST, STEP, SEAT = (
    f"approval_engine_{name}" for name in ("request", "request_step", "assignment")
)
ASKED = "approval_engine_request_asked_rel"
# what differs from one copy to the next; n is its number, o the row it is made from
CHANGED = {
    REQUEST: {
        "id": "%(request)s + n",
        "name": "o.name || ' ' || n",
        "amount": "(n * 37) %% 9000 + 10",
        "partner_id": "(%(accounts)s::int[])[1 + n %% cardinality(%(accounts)s::int[])]",
        "due_at": "o.due_at + (n %% 5000) * interval '1 minute' - interval '1 day'",
        "submitted_at": "o.submitted_at - (n %% 5000) * interval '1 minute'",
        "urgent": "n %% 50 = 0",
        "evidence_packet": "CASE WHEN %(whole)s THEN o.evidence_packet END",
        "policy_snapshot": "CASE WHEN %(whole)s THEN o.policy_snapshot END",
    },
    STEP: {
        "id": "%(step)s + (n - 1) * %(steps)s + o.id - %(first_step)s + 1",
        "request_id": "%(request)s + n",
    },
    SEAT: {
        "id": "%(seat)s + (n - 1) * %(seats)s + o.id - %(first_seat)s + 1",
        "step_id": "%(step)s + (n - 1) * %(steps)s + o.step_id - %(first_step)s + 1",
        "request_id": "%(request)s + n",
    },
}


def fill(place, sample, accounts, count, whole):
    """Make ``count`` copies of the request ``sample``, its steps, seats and who may read it.

    :param whole: also what is frozen with it, which is most of its size
    """
    known = {
        "count": count,
        "sample": sample,
        "accounts": accounts,
        "whole": whole,
        **_numbers(place, sample),
    }
    copies = {table: _copy(place, table, new) for table, new in CHANGED.items()}
    with (
        place.connection,
        place.connection.cursor() as cursor,
        _checked_at_the_end(cursor),
    ):
        cursor.execute("SET LOCAL synchronous_commit = off")
        for table, copy in copies.items():
            cursor.execute(copy, known)
            cursor.execute(
                f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
            )
        cursor.execute(
            f"""
            INSERT INTO {ASKED} (approval_engine_request_id, res_users_id)
            SELECT %(request)s + n, o.res_users_id FROM {ASKED} o,
                   generate_series(1, %(count)s) n WHERE o.approval_engine_request_id = %(sample)s
            """,
            known,
        )


@contextlib.contextmanager
def _checked_at_the_end(cursor):
    """Foreign keys are looked up all together once the rows are in, not row by row; indexes grow as they come."""
    cursor.execute(
        """
        SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
        """,
        [[*CHANGED, ASKED]],
    )
    keys = cursor.fetchall()
    for table, name, _words in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, words in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}")


def _numbers(place, sample):
    [numbers] = place.rows(
        f"""
        SELECT (SELECT max(id) FROM {REQUEST}), (SELECT max(id) FROM {STEP}), (SELECT max(id) FROM {SEAT}),
               (SELECT min(id) FROM {STEP} WHERE request_id = %(one)s),
               (SELECT max(id) - min(id) + 1 FROM {STEP} WHERE request_id = %(one)s),
               (SELECT min(id) FROM {SEAT} WHERE request_id = %(one)s),
               (SELECT max(id) - min(id) + 1 FROM {SEAT} WHERE request_id = %(one)s)
        """,
        {"one": sample},
    )
    names = "request", "step", "seat", "first_step", "steps", "first_seat", "seats"
    return dict(zip(names, numbers, strict=True))


def _copy(place, table, changed):
    columns = [
        name
        for (name,) in place.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
    ]
    values = [changed.get(name, f'o."{name}"') for name in columns]
    mine = "o.id" if table == REQUEST else "o.request_id"
    names = ", ".join(f'"{name}"' for name in columns)
    return f"""
        INSERT INTO {table} ({names}) SELECT {", ".join(values)}
          FROM {table} o, generate_series(1, %(count)s) n WHERE {mine} = %(sample)s
    """
