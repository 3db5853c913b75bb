"""scripts/chaos hub: nothing acknowledged is lost, nothing takes effect twice, nothing forged gets in.

Some threads send signed CloudEvents over HTTP and send again what was not acknowledged. Meanwhile
the server is killed and PostgreSQL stopped without a checkpoint. When the inbox is worked
off, ledger, effects of a handler and effects of an Automation Rule are compared with a model.
"""

import collections
import concurrent.futures
import http.client
import json
import threading
import time
from datetime import datetime, timezone

from . import chaos_plan, webhooks
from .chaos_site import SECRET, site
from .errors import SetupError
from .progress import say

THREADS = 6
PAUSE = 0.2  # seconds before a message is sent again
PATIENCE = 300  # seconds for one message, however busy the machine is
STUCK = 240  # seconds in which nothing is worked off
LOOK = 0.5
ACKNOWLEDGED = (200, 202)
REFUSED = (401, 429)  # 429: too many forgeries from one address
AGAIN = (0, 429, 500, 502, 503, 504)  # 0: no answer at all
FORGERS_KEY = "whsec_Zm9yZ2VkIGZvcmdlZCBmb3JnZWQgZm9yZ2Vk"
PREPARE = f"""
user = env["res.users"].create({{
    "name": "Chaos", "login": "chaos",
    "group_ids": [(6, 0, [env.ref("base.group_user").id,
                          env.ref("event_hub.group_hub_service").id])],
}})
source = env["event_hub.source"].create({{
    "code": "chaos", "name": "Chaos", "user_id": user.id,
    "rate_per_second": 1000000, "rate_burst": 1000000,
}})
env["ir.config_parameter"].set_param(
    {SECRET!r}, source.action_rotate_secret()["secret"])
env["res.partner"].create([
    {{"name": code, "is_company": True, "account_code": code}}
    for code in {chaos_plan.ACCOUNTS!r}
])
model = env["ir.model"]._get_id("test_event_hub.invoice")
rule = env["base.automation"].create({{
    "name": "Note each failure", "model_id": model, "trigger": "on_business_event",
    "event_pattern": {chaos_plan.TYPE!r}, "owner_id": env.ref("base.user_admin").id,
}})
env["ir.actions.server"].create({{
    "name": "Note each failure", "model_id": model, "state": "code",
    "usage": "base_automation", "base_automation_id": rule.id,
    "code": '''
env["test_event_hub.attempt"].create([
    {{"invoice_id": event.case_id, "event_id": event.id, "amount": -event.attributes["amount"]}}
    for event in events
])
''',
}})
env.cr.commit()
"""
MESSAGES = "SELECT json_build_array(external_id, state) FROM event_hub_message"
LEDGER = f"""
SELECT json_build_array(event.ce_id, invoice.name,
       to_char(event.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.attributes->'amount')
FROM event_hub_event event
LEFT JOIN test_event_hub_invoice invoice ON invoice.id = event.case_id
WHERE event.type = '{chaos_plan.TYPE}'"""
EFFECTS = """
SELECT json_build_array(event.ce_id, invoice.name, abs(attempt.amount)::int)
FROM test_event_hub_attempt attempt
JOIN test_event_hub_invoice invoice ON invoice.id = attempt.invoice_id
LEFT JOIN event_hub_event event ON event.id = attempt.event_id
WHERE sign(attempt.amount) = {sign}"""
INVOICES = "SELECT to_json(name) FROM test_event_hub_invoice"
WAITING = """
SELECT (SELECT count(*) FROM event_hub_message WHERE state IN ('received', 'failed')),
       (SELECT count(*) FROM event_hub_run WHERE state IN ('pending', 'failed'))"""


def main(seed, count, kills):
    began = time.monotonic()
    plan = chaos_plan.make(seed, count, kills, datetime.now(timezone.utc))
    with site(PREPARE) as target:
        sent = Sent()
        _send_and_break(plan, target, sent)
        say(f"All sent; answers: {dict(sorted(sent.answers.items()))}")
        _wait_until_worked_off(target)
        result = chaos_plan.judge(plan, sent.acked, _found(target))
    for what, keys in result["wrong"].items():
        say(f"{what}: {len(keys)}, such as {', '.join(keys[:3])}")
    line = _line(seed, count, plan, sent, result)
    print(json.dumps(line | {"seconds": round(time.monotonic() - began, 1)}))
    return 0 if line["ok"] else 1


def _line(seed, count, plan, sent, result):
    faults = {key: result[key] for key in ("lost", "double", "forged")}
    return {
        "chaos": "hub",
        "seed": seed,
        "n": count,
        "acked": sent.count,
        "kills": sum(kind == "kill" for _, kind in plan.blows),
        "postgres_restarts": sum(kind == "postgres" for _, kind in plan.blows),
        **faults,
        "state_equal": result["state_equal"],
        "internal_errors": sent.answers[500],  # 503 is the answer while it is away
        "ok": result["state_equal"] and not any(faults.values()),
    }


class Sent:
    """What the senders know together."""

    def __init__(self):
        self.acked = set()  # webhook ids
        self.count = 0  # acknowledged messages, duplicates too
        self.answers = collections.Counter()  # by status
        self.stop = threading.Event()
        self._changed = threading.Condition()

    def answer(self, shot, status):
        with self._changed:
            self.answers[status] += 1
            if status in ACKNOWLEDGED:
                self.acked.add(shot.webhook_id)
                self.count += 1
                self._changed.notify_all()

    def give_up(self):
        with self._changed:
            self.stop.set()
            self._changed.notify_all()

    def wait_for(self, count):
        """:return: False if a sender gave up before"""
        with self._changed:
            self._changed.wait_for(lambda: self.stop.is_set() or self.count >= count)
        return not self.stop.is_set()


def _send_and_break(plan, target, sent):
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        senders = [
            pool.submit(_send_all, plan.shots[number::THREADS], target, sent)
            for number in range(THREADS)
        ]
        try:
            for moment, kind in plan.blows:
                if not sent.wait_for(moment):
                    break
                say(f"{sent.count} acknowledged: {_strike(target, kind)}")
        except BaseException:
            sent.give_up()
            raise
        for sender in senders:
            sender.result()  # raises what stopped it


def _strike(target, kind):
    began = time.monotonic()
    (target.kill if kind == "kill" else target.crash_postgres)()
    what = "the server was killed" if kind == "kill" else "PostgreSQL was crashed"
    return f"{what}, back after {time.monotonic() - began:.1f} s"


def _send_all(shots, target, sent):
    sender = webhooks.Sender(f"{target.url}/hub/v1/events/chaos", "")
    try:
        for shot in shots:
            _send(sender, shot, target.secret, sent)
    except BaseException:
        sent.give_up()
        raise
    finally:
        sender.close()


def _send(sender, shot, secret, sent):
    """Send until it is acknowledged, or refused if it is forged."""
    deadline = time.monotonic() + PATIENCE
    ends = (*ACKNOWLEDGED, *REFUSED) if shot.forged else ACKNOWLEDGED
    while not sent.stop.is_set():
        status = _try(sender, shot, FORGERS_KEY if shot.forged else secret)
        sent.answer(shot, status)
        if status in ends:
            return
        if status not in AGAIN:
            raise SetupError(f"{shot.webhook_id} was answered {status}", "see its log")
        if time.monotonic() > deadline:
            raise SetupError(
                f"{shot.webhook_id} is not acknowledged after {PATIENCE} s: {status}",
                "see the server's log in .runtime/chaos",
            )
        sent.stop.wait(PAUSE)


def _try(sender, shot, secret):
    headers = webhooks.headers(secret, shot.webhook_id, shot.body)
    try:
        return sender.send_raw(shot.body, headers)[0]
    except (http.client.HTTPException, OSError):
        return 0


def _wait_until_worked_off(target):
    last, since = None, time.monotonic()
    while (waiting := target.query(WAITING)) != "0|0":
        target.check()
        if waiting != last:
            last, since = waiting, time.monotonic()
        elif time.monotonic() - since > STUCK:
            say(f"{waiting} (messages|runs) wait and nothing moves for {STUCK} s")
            return
        time.sleep(LOOK)


def _found(target):
    return chaos_plan.Found(
        messages=dict(target.rows(MESSAGES)),
        ledger=target.rows(LEDGER),
        handled=target.rows(EFFECTS.format(sign=1)),
        reacted=target.rows(EFFECTS.format(sign=-1)),
        invoices=target.rows(INVOICES),
    )
