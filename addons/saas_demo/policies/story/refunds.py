"""Sixty refunds as a process log of another system: most straight, some go back, some stall."""

import csv
import io
import random
from datetime import date, datetime, timedelta

from .moments import working_moment

REFUNDS = 60
#: usual way of a refund, and what a step adds in hours
STEPS = (
    ("Received", 0),
    ("Checked", 5),
    ("Approved", 20),
    ("Paid back", 30),
    ("Closed", 2),
)
OF_FINANCE = ("Approved", "Paid back")


def process_log(today: date, rng: random.Random) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("case", "activity", "timestamp", "resource", "channel"))
    for number in range(1, REFUNDS + 1):
        channel = "portal" if number % 3 else "mail"
        for activity, moment in _refund(today, rng):
            resource = "Finance" if activity in OF_FINANCE else "Support"
            at = moment.isoformat(sep=" ")
            writer.writerow((f"REF-{number:03d}", activity, at, resource, channel))
    return out.getvalue()


def _refund(today: date, rng: random.Random) -> list[tuple[str, datetime]]:
    moment = working_moment(today, rng.randrange(25, 90), rng)
    kind = rng.random()
    trail = []
    for activity, hours in STEPS:
        moment += timedelta(minutes=rng.randrange(30, 60 * max(2, 2 * hours)))
        trail.append((activity, moment))
        if activity == "Checked" and kind < 0.25:
            for again in ("Data missing", "Customer answered", "Checked"):
                moment += timedelta(hours=rng.randrange(4, 40))
                trail.append((again, moment))
        if activity == "Approved" and kind > 0.9:
            break
    return trail
