"""Many at once over JSON-2, on two servers of one database; and both killed while they carry out."""

import concurrent.futures
import contextlib
import http.client
import itertools
import json
import threading
import time
from collections import Counter

from .chaos_site import SECRET
from .errors import SetupError
from .progress import say

THREADS = 50
SERVERS = 2
ROUNDS = 3  # of approving against rejecting
APPROVERS = range(1, 11)
REQUESTER, AUDITOR = 0, 11
STUCK = 900  # seconds until what was approved is carried out: a job that was killed often waits for its turn
LOOK = 0.05
SMALL, AUTO = 40, 100  # what is asked, and up to how much in all nobody is needed
MARGIN = 1.25  # side by side takes at most this much longer than one after another
DOCUMENTS = 400
PREPARE = f"""
import json
from odoo import Command
group = env.ref("approval_engine.group_approval_user")
auditor = env.ref("approval_engine.group_approval_auditor")
users = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": f"Racer {{n}}", "login": f"chaos_{{n}}", "email": f"chaos_{{n}}@example.com",
      "group_ids": [Command.set([(auditor if n == {AUDITOR} else group).id])]}}
    for n in range({AUDITOR + 1})
])
keys = env["res.users.apikeys"]
env["ir.config_parameter"].set_param({SECRET!r}, json.dumps([
    keys.with_user(user).sudo()._generate("rpc", "chaos", None) for user in users
]))
documents = env["test_approval_engine.document"].create(
    [{{"name": f"Document {{n}}"}} for n in range({DOCUMENTS})])
kinds = {{code: env["approval_engine.type"].create({{
    "code": f"chaos_{{code}}", "name": code, "subject_model": documents._name,
    "effect": "_approval_effect_stamp"}}) for code in ("race", "split")}}
counted = {{"auto_amount": {AUTO}, "window_days": 30, "window_by": "requester"}}
for code, more in (("race", {{}}), ("split", counted), ("split", {{
        **counted, "window_by": "type", "condition": "[('urgent', '=', True)]"}})):
    env["approval_engine.policy"].create({{
        "name": code, "type_id": kinds[code].id, "owner_id": False, "deadline_hours": 0,
        "step_ids": [Command.create({{"name": "Anybody",
                                     "user_ids": [Command.set(users[1:11].ids)]}})],
        **more,
    }}).action_activate()
env.cr.commit()
"""
SLOW = """
CREATE FUNCTION chaos_slow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(1.5); RETURN NEW; END $$;
CREATE TRIGGER chaos_slow BEFORE UPDATE OF stamps ON test_approval_engine_document
    FOR EACH ROW EXECUTE FUNCTION chaos_slow()"""
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'"""


def run(target, seed, kills):
    """:return: figures of all races, and ``races_ok``"""
    api = Api(target)
    parts = {}
    for name, race in (
        ("approve_against_reject", _one_outcome),
        ("side_by_side", _side_by_side),
        ("one_key", _one_key),
        ("split", _split),
        ("killed", lambda place, door: _killed(place, door, kills)),
    ):
        say(f"Race: {name}")
        parts[name] = race(target, api)
    chain = api.call(AUDITOR, "approval_engine.decision", "verify_chain")[1]
    errors = sum(count for status, count in api.answers.items() if status >= 500)
    return {
        "races": parts,
        "chain_ok": chain["ok"],
        "decisions": chain["checked"],
        "internal_errors": errors,
        "races_ok": all(part["ok"] for part in parts.values())
        and chain["ok"]
        and not errors,
    }


class Api:
    """JSON-2 in the name of one of the racers; each call has a connection of its own."""

    def __init__(self, target):
        hosts = [url.removeprefix("http://") for url in target.urls]
        self._hosts = itertools.cycle(hosts)
        self._keys = json.loads(target.secret)
        self.answers = Counter()
        self._documents = iter(
            target.rows("SELECT to_json(id) FROM test_approval_engine_document")
        )

    def call(self, person, model, method, **arguments):
        """:return: (status, answer)"""
        connection = http.client.HTTPConnection(next(self._hosts), timeout=300)
        try:
            connection.request(
                "POST",
                f"/json/2/{model}/{method}",
                json.dumps(arguments),
                {
                    "Authorization": f"bearer {self._keys[person]}",
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            self.answers[answer.status] += 1
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def on(self, person, request, method, **arguments):
        found = self.call(
            person, "approval_engine.request", method, ids=[request], **arguments
        )
        return found

    def values(self, kind="race", amount=0):
        return {
            "name": f"Chaos {kind}",
            "type_id": f"chaos_{kind}",
            "amount": amount,
            "res_model": "test_approval_engine.document",
            "res_id": next(self._documents),
        }

    def submit(self, vals, key):
        return self.call(
            REQUESTER,
            "approval_engine.request",
            "submit_request",
            vals=vals,
            idempotency_key=key,
        )

    def ask(self, key):
        """:return: id of a request that waits for any of the approvers"""
        status, answer = self.submit(self.values(), key)
        if status != 200:
            raise SetupError(f"nothing could be asked: {answer}", "see chaos.log")
        return answer["id"]


def together(tasks):
    """Call all of them at the same moment.

    :return: what each returned, in order
    """
    start = threading.Barrier(len(tasks))

    def begin(task):
        start.wait()
        return task()

    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))


# ---------------------------------------------------------------------- races


def _one_outcome(target, api):
    statuses, silent, outcomes = Counter(), 0, Counter()
    for number in range(ROUNDS):
        request = api.ask(f"outcome-{number}")
        answers = together(
            [
                lambda at=at: _decide(api, request, at)  # noqa: B023
                for at in range(THREADS)
            ]
        )
        statuses.update(status for status, _answer in answers)
        silent += sum(
            status == 409 and not answer.get("message") for status, answer in answers
        )
        outcomes[_outcomes_of(target, request)] += 1
    right = {200: ROUNDS, 409: ROUNDS * (THREADS - 1)}
    return {
        "threads": THREADS,
        "rounds": ROUNDS,
        "statuses": _texts(statuses),
        "ok": statuses == right and not silent and outcomes == {(1, 1): ROUNDS},
    }


def _decide(api, request, at):
    person = APPROVERS[at % len(APPROVERS)]
    if at % 2:
        return api.on(person, request, "action_approve")
    return api.on(person, request, "action_reject", comment="No.")


def _outcomes_of(target, request):
    """:return: (decisions, events that say how it was decided)"""
    return tuple(
        target.rows(
            f"SELECT to_json(count(*)) FROM approval_engine_decision WHERE request_id = {request}"
            " UNION ALL SELECT to_json(count(*)) FROM event_hub_event"
            " WHERE case_model = 'approval_engine.request'"
            f" AND case_id = {request} AND type IN ('approval.approved', 'approval.rejected')"
        )
    )


def _side_by_side(target, api):
    """Decisions on different requests do not wait for each other."""
    asked = [api.ask(f"side-{number}") for number in range(2 * THREADS)]
    tasks = [
        lambda at=at: api.on(
            APPROVERS[at % len(APPROVERS)], asked[at], "action_approve"
        )
        for at in range(2 * THREADS)
    ]
    began = time.monotonic()
    answers = [task() for task in tasks[:THREADS]]
    serial = time.monotonic() - began
    began = time.monotonic()
    with _watching(target) as waits:
        answers += together(tasks[THREADS:])
    parallel = time.monotonic() - began
    statuses = Counter(status for status, _answer in answers)
    return {
        "serial_s": round(serial, 2),
        "parallel_s": round(parallel, 2),
        "looks": len(waits),
        "lock_waits": sum(waits),
        "statuses": _texts(statuses),
        "ok": statuses == {200: 2 * THREADS}
        and not sum(waits)
        and parallel < serial * MARGIN,
    }


@contextlib.contextmanager
def _watching(target):
    """Yield a list of how many transactions waited for another, look by look."""
    waits, over = [], threading.Event()

    def watch():
        while not over.is_set():
            waits.append(int(target.query(WAITING)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def _one_key(target, api):
    vals = api.values()
    answers = together([lambda: api.submit(vals, "one-key")] * THREADS)
    statuses = Counter(status for status, _answer in answers)
    ids = {answer["id"] for status, answer in answers if status == 200}
    born = sum(answer["created"] for status, answer in answers if status == 200)
    return {
        "threads": THREADS,
        "statuses": _texts(statuses),
        "requests": len(ids),
        "ok": statuses == {200: THREADS} and len(ids) == born == 1,
    }


def _split(target, api):
    """What is split and submitted at once meets people as soon as the sum is not small any more.

    Every other part is urgent, which falls under a policy that counts by something else.
    """
    urgent = {"urgent": True, "urgent_reason": "Soon."}
    asked = [
        api.values("split", SMALL) | (urgent if at % 2 else {}) for at in range(THREADS)
    ]
    answers = together(
        [lambda at=at: api.submit(asked[at], f"split-{at}") for at in range(len(asked))]
    )
    statuses = Counter(status for status, _answer in answers)
    [auto] = target.rows(
        "SELECT to_json(count(*)) FROM approval_engine_request WHERE auto_approved"
    )
    return {
        "threads": THREADS,
        "statuses": _texts(statuses),
        "auto_approved": auto,
        "ok": auto == AUTO // SMALL and not set(statuses) - {200, 409, 503},
    }


def _killed(target, api, kills):
    """The server is killed while an effect runs: nothing of it stays, and later it runs once."""
    target.query(SLOW)
    asked = []
    for number in range(kills):
        asked.append(api.ask(f"kill-{number}"))
        api.on(APPROVERS[0], asked[-1], "action_approve")
        _wait(target, lambda: int(target.query(AT_WORK)))
        target.kill()
    target.query("DROP TRIGGER chaos_slow ON test_approval_engine_document")
    ids = ", ".join(map(str, asked)) or "0"
    done = f"FROM approval_engine_request WHERE id IN ({ids}) AND state = 'executed'"
    _wait(target, lambda: int(target.query(f"SELECT count(*) {done}")) == len(asked))
    stamps = target.rows(
        "SELECT to_json(stamps) FROM test_approval_engine_document WHERE id IN "
        f"(SELECT res_id {done})"
    )
    told = target.query(
        "SELECT count(*) FROM event_hub_event WHERE type = 'approval.executed'"
        f" AND case_model = 'approval_engine.request' AND case_id IN ({ids})"
    )
    return {
        "kills": kills,
        "effects": sum(stamps),
        "ok": set(stamps) <= {1} and len(stamps) == int(told) == kills,
    }


def _wait(target, happened):
    deadline = time.monotonic() + STUCK
    while not happened():
        target.check()
        if time.monotonic() > deadline:
            raise SetupError(
                "what was approved is not carried out", f"see {target.log}"
            )
        time.sleep(LOOK)


def _texts(statuses):
    return {str(status): count for status, count in sorted(statuses.items())}
