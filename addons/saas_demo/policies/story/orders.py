"""Orders of the first customers as an object-centric log (OCEL 2.0, JSON) of another system.

An order has licences, each set up by itself, and an invoice; a customer pays several invoices at once. So an event
touches several objects, and each kind of object sees a process of its own.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from .moments import working_moment

SIGNED, SET_UP, FAILED = "Order signed", "Licence set up", "Set-up failed"
HANDED_OVER, INVOICED, PAID = "Handed over", "Invoice sent", "Payment received"
#: customers: (code, orders)
CUSTOMERS = tuple((f"ACC-{number:03d}", 2 + number % 4) for number in range(1, 13))
KINDS = ("order", "customer", "licence", "invoice")
PAYS_TOGETHER = timedelta(days=16)  # invoices that are sent within


@dataclass
class Told:
    """:param events: ``(moment, activity, objects)``"""

    now: datetime
    kinds: dict[str, str] = field(default_factory=dict)  # of each object
    events: list[tuple[datetime, str, list[str]]] = field(default_factory=list)

    def tell(self, moment: datetime, activity: str, *objects: str) -> None:
        """What is still to come is not told."""
        if moment < self.now:
            self.events.append((moment, activity, list(objects)))

    def name(self, kind: str, name: str) -> str:
        self.kinds[name] = kind
        return name


def order_log(today: date, rng: random.Random) -> str:
    """:return: the text of the file"""
    told = Told(datetime.combine(today, time()))
    number = 0
    for customer, count in CUSTOMERS:
        told.name("customer", customer)
        sent = []
        for days_ago in sorted(rng.sample(range(2, 88), count), reverse=True):
            number += 1
            signed = working_moment(today, days_ago, rng)
            sent.append(_order(told, customer, number, signed, rng))
        _payments(told, customer, sent, rng)
    return json.dumps(_ocel(told))


def _order(
    told: Told, customer: str, number: int, signed: datetime, rng: random.Random
) -> tuple[datetime, str, str]:
    """:return: when its invoice is sent, the order, the invoice"""
    order = told.name("order", f"ORD-{number:03d}")
    licences = [
        told.name("licence", f"LIC-{number:03d}-{place}")
        for place in range(1, rng.randrange(2, 5))
    ]
    told.tell(signed, SIGNED, order, customer, *licences)
    ready = max(_set_up(told, order, licence, signed, rng) for licence in licences)
    handed = ready + timedelta(hours=rng.randrange(2, 30))
    told.tell(handed, HANDED_OVER, order, customer)
    # Now and then the invoice does not wait for the hand-over.
    early = number % 9 == 0
    sent = signed + timedelta(hours=3) if early else handed + timedelta(hours=20)
    invoice = told.name("invoice", f"INV-{number:03d}")
    told.tell(sent, INVOICED, order, invoice, customer)
    return sent, order, invoice


def _set_up(
    told: Told, order: str, licence: str, signed: datetime, rng: random.Random
) -> datetime:
    moment = signed + timedelta(minutes=rng.randrange(90, 3000))
    if rng.random() < 0.2:
        told.tell(moment, FAILED, order, licence)
        moment += timedelta(minutes=rng.randrange(300, 4000))
    told.tell(moment, SET_UP, order, licence)
    return moment


def _payments(
    told: Told,
    customer: str,
    sent: list[tuple[datetime, str, str]],
    rng: random.Random,
) -> None:
    for together in _together(sorted(sent)):
        paid = together[-1][0] + timedelta(hours=rng.randrange(60, 400))
        objects = [
            name for _sent, order, invoice in together for name in (order, invoice)
        ]
        told.tell(paid, PAID, *objects, customer)


def _together(
    sent: list[tuple[datetime, str, str]],
) -> Iterator[list[tuple[datetime, str, str]]]:
    """Those whose invoices are paid at once."""
    group: list[tuple[datetime, str, str]] = []
    for one in sent:
        if group and one[0] - group[0][0] > PAYS_TOGETHER:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _ocel(told: Told) -> dict[str, Any]:
    events = sorted(told.events)
    touched = {name for _moment, _activity, objects in events for name in objects}
    activities = dict.fromkeys(activity for _moment, activity, _objects in events)
    return {
        "objectTypes": [{"name": kind, "attributes": []} for kind in KINDS],
        "eventTypes": [{"name": name, "attributes": []} for name in activities],
        "objects": [
            {"id": name, "type": kind}
            for name, kind in told.kinds.items()
            if name in touched
        ],
        "events": [
            {
                "id": f"e{number}",
                "type": activity,
                "time": f"{moment.isoformat()}Z",
                "attributes": [],
                "relationships": [
                    {"objectId": name, "qualifier": told.kinds[name]}
                    for name in objects
                ],
            }
            for number, (moment, activity, objects) in enumerate(events, 1)
        ],
    }
