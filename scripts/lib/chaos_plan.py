"""What scripts/chaos hub sends, and what has to be there afterwards: plain Python, no server."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

DUPLICATES = 0.20  # shares of all messages
FORGED = 0.01
LATE = 0.05  # of the events: told after later ones
LATEST = 200  # messages
ACCOUNTS = [f"CHAOS-{number:02d}" for number in range(1, 21)]
INVOICES = 5  # per account
TYPE = "test.payment_failed"
SOURCE = "https://billing.example"


@dataclass(frozen=True)
class Shot:
    """One message: what is sent, under which id, and whether its signature is right."""

    webhook_id: str
    body: bytes
    event_id: str
    forged: bool = False


@dataclass(frozen=True)
class Plan:
    shots: list  # in the order of sending
    expected: dict  # event id: (invoice, time, amount)
    blows: list  # (acknowledged messages so far, "kill" | "postgres"), by number

    @property
    def invoices(self):
        return {invoice for invoice, _, _ in self.expected.values()}


@dataclass
class Found:
    """What the database holds when nothing is left to do."""

    messages: dict  # webhook id: state
    ledger: list  # (event id, invoice, time, amount)
    handled: list  # (event id, invoice, amount): effects of the handler
    reacted: list  # the same of the Automation Rule
    invoices: list = field(default_factory=list)  # names


def make(seed, count, kills, now):
    """:param now: aware UTC; all events lie before it"""
    rng = random.Random(seed)
    forged, again = round(count * FORGED), round(count * DUPLICATES)
    events = [
        _event(rng, f"chaos-{seed}-{number}", now - timedelta(seconds=count - number))
        for number in range(count - forged - again)
    ]
    placed = [(_place(rng, number), _shot(one)) for number, one in enumerate(events)]
    placed += [_repeat(rng, *rng.choice(placed), number) for number in range(again)]
    placed += [
        _forge(rng.uniform(0, len(events)), rng.choice(events), number)
        for number in range(forged)
    ]
    placed.sort(key=lambda pair: pair[0])
    return Plan(
        [shot for _, shot in placed],
        {event["id"]: _facts(event) for event in events},
        _blows(rng, count - forged, kills),
    )


def _event(rng, identity, when):
    account = rng.choice(ACCOUNTS)
    return {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": TYPE,
        "subject": account,
        "time": when.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "data": {
            "invoice": f"{account}-{rng.randrange(INVOICES)}",
            "amount": rng.randrange(100, 100000),
        },
    }


def _facts(event):
    return (event["data"]["invoice"], event["time"], event["data"]["amount"])


def _shot(event, webhook_id=None, **values):
    return Shot(
        webhook_id or f"msg_{event['id']}",
        json.dumps(event).encode(),
        event["id"],
        **values,
    )


def _place(rng, number):
    return number + (rng.uniform(2, LATEST) if rng.random() < LATE else 0)


def _repeat(rng, place, shot, number):
    """The same message again, or the same CloudEvent in a message of its own; at once or later."""
    later = place + rng.choice((0.1, rng.uniform(0, LATEST)))
    if number % 2:
        return later, shot
    return later, Shot(f"msg_again_{number}_{shot.event_id}", shot.body, shot.event_id)


def _forge(place, event, number):
    """An event that nobody told, or a true one with another amount."""
    identity = event["id"] if number % 2 else f"forged-{number}"
    data = event["data"] | {"amount": 999999}
    forged = event | {"id": identity, "data": data}
    return place, _shot(forged, f"msg_forged_{number}", forged=True)


def _blows(rng, acknowledged, kills):
    """The server is killed at random moments; PostgreSQL once, between the first and the last."""
    moments = sorted(rng.sample(range(1, acknowledged), kills + 1))
    which = rng.randrange(kills + 1)
    return [
        (moment, "postgres" if number == which else "kill")
        for number, moment in enumerate(moments)
    ]


def judge(plan, acked, found):
    """Compare what is there with what has to be.

    :param acked: webhook ids that the hub acknowledged
    :return: {"lost", "double", "forged", "state_equal", "wrong"}; wrong: what is wrong, in words
    """
    forged = {shot.webhook_id for shot in plan.shots if shot.forged}
    events = {s.event_id for s in plan.shots if not s.forged and s.webhook_id in acked}
    ledger = Counter(row[0] for row in found.ledger)
    handled = Counter(row[0] for row in found.handled)
    reacted = Counter(row[0] for row in found.reacted)
    wrong = {
        "not in the inbox": sorted(set(acked) - set(found.messages)),
        "not worked off": sorted(
            f"{key}: {state}"
            for key, state in found.messages.items()
            if state != "processed"
        ),
        "invoices": sorted(
            (Counter(found.invoices) - Counter(plan.invoices)).elements()
        ),
    }
    for name, counted in (
        ("ledger", ledger),
        ("handler", handled),
        ("rule", reacted),
    ):
        wrong[f"missing: {name}"] = sorted(events - set(counted))
        wrong[f"twice: {name}"] = sorted(
            str(key) for key, n in counted.items() if n > 1
        )
    invented = (set(found.messages) | set(acked)) & forged
    invented |= {key for key in ledger if key not in plan.expected}
    told = _histories(
        (invoice, when, amount) for _, invoice, when, amount in found.ledger
    )
    equal = (
        told == _histories(plan.expected.values())
        and all(_same(rows, plan) for rows in (found.handled, found.reacted))
        and sorted(found.invoices) == sorted(plan.invoices)
        and not wrong["not worked off"]
    )
    return {
        "lost": _many(wrong, "not in the inbox", "missing: "),
        "double": _many(wrong, "invoices", "twice: "),
        "forged": len(invented),
        "state_equal": equal,
        "wrong": {name: keys for name, keys in wrong.items() if keys},
    }


def _many(wrong, *prefixes):
    return sum(len(keys) for name, keys in wrong.items() if name.startswith(prefixes))


def _histories(facts):
    """{invoice: its amounts by when they occurred}: any event out of place shows."""
    found = defaultdict(list)
    for invoice, when, amount in facts:
        found[invoice].append((when, amount))
    return {invoice: sorted(rows) for invoice, rows in found.items()}


def _same(rows, plan):
    expected = ((key, f[0], f[2]) for key, f in plan.expected.items())
    return Counter(map(tuple, rows)) == Counter(expected)
