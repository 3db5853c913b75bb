"""scripts/simulate: a day of a made-up SaaS company, told through its signed webhooks.

Four systems (billing, helpdesk, telemetry, identity) speak about 40 accounts.
The same seed tells the same day; each run is a new day, so nothing is a repeat.
"""

import argparse
import collections
import random
import time
import uuid
from datetime import datetime, timedelta, timezone

from . import running
from .errors import SetupError
from .webhooks import Sender

ACCOUNTS = [f"ACC-{number:03d}" for number in range(1, 41)]
STRATEGIC = ACCOUNTS[:5]
SYSTEMS = ("billing", "helpdesk", "telemetry", "identity")
# A day in hours: when customers write, log in and are charged.
BUSY_HOURS = (8, 9, 9, 10, 10, 11, 11, 13, 14, 14, 15, 15, 16, 17)
DECLINES = ("insufficient_funds", "card_expired", "do_not_honor", "lost_card")
PLANS = ("starter", "team", "business")
TROUBLES = (
    ("login", "Cannot sign in after the update"),
    ("billing", "Invoice shows the wrong number of seats"),
    ("performance", "Dashboard takes a minute to load"),
    ("integration", "Webhook to our warehouse stopped"),
    ("configuration", "Which entitlement do we need for exports?"),
)
RETRY_SECONDS = 60


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument(
        "--rate", type=float, default=0, help="events per second; default: no pause"
    )
    options = parser.parse_args(args)
    demo = running.demo()
    missing = [code for code in SYSTEMS if code not in demo["sources"]]
    if missing:
        raise SetupError(
            f"the demo has no source {missing[0]}", "start scripts/serve again"
        )
    senders = {
        code: Sender(demo["sources"][code]["url"], demo["sources"][code]["secret"])
        for code in SYSTEMS
    }
    day = Day(options.seed, datetime.now(timezone.utc))
    began = time.monotonic()
    answers = collections.Counter()
    for system, event in day.events():
        answers[_send(senders[system], event)] += 1
        if options.rate:
            time.sleep(1 / options.rate)
    seconds = time.monotonic() - began
    return _summarise(day, answers, seconds, demo["url"])


class Day:
    """All events of one day, in order of time."""

    def __init__(self, seed, now):
        self._random = random.Random(seed)
        self._run = uuid.uuid4().hex[:8]  # makes ids of this run its own
        self._now = now
        self._told = []
        self._ids = collections.Counter()
        self.counts = collections.Counter()

    def events(self):
        """Return [(system, CloudEvent)] by time."""
        for account in ACCOUNTS:
            self._usage(account)
            self._people(account)
            if self._random.random() < 0.5:
                self._bill(account)
            if self._random.random() < 0.4:
                self._ticket(account)
        self._trouble()
        self._told.sort(key=lambda told: told[1]["time"])
        return self._told

    def _say(self, system, kind, account, when, data, correlation=None):
        self._ids[system] += 1
        self.counts[kind] += 1
        event = {
            "specversion": "1.0",
            "id": f"{system}-{self._run}-{self._ids[system]:05d}",
            "source": f"https://{system}.lumenta.example",
            "type": kind,
            "subject": account,
            "time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }
        if correlation:
            event["correlationid"] = correlation
        self._told.append((system, event))

    def _at(self, hour=None):
        """A moment of the last 24 hours, at this hour of its day."""
        hour = self._random.choice(BUSY_HOURS) if hour is None else hour
        when = self._now.replace(
            hour=hour,
            minute=self._random.randrange(60),
            second=self._random.randrange(60),
        )
        return when if when <= self._now else when - timedelta(days=1)

    def _correlation(self):
        return f"{self._random.getrandbits(128):032x}"

    def _usage(self, account):
        day = self._now.date().isoformat()
        for metric, scale in (("api_calls", 5000), ("active_users", 40)):
            value = max(0, round(self._random.gauss(scale, scale / 4)))
            data = {"date": day, "metric": metric, "value": value}
            self._say("telemetry", "usage.reported", account, self._at(23), data)

    def _people(self, account):
        for person in range(self._random.randrange(1, 4)):
            user = f"user{person}@{account.lower()}.example"
            self._say(
                "identity",
                "identity.login",
                account,
                self._at(),
                {"user": user, "role": "member"},
            )
        if self._random.random() < 0.1:
            data = {"user": f"admin@{account.lower()}.example", "role": "admin"}
            self._say(
                "identity", "identity.user_deactivated", account, self._at(), data
            )

    def _invoice(self, account):
        return {
            "invoice": f"SIM-{self._run}-{account[-3:]}",
            "amount": float(self._random.randrange(200, 9000)),
            "currency": "EUR",
            "subscription": f"SUB-{account[-3:]}",
        }

    def _bill(self, account):
        invoice = self._invoice(account)
        when = self._at(7)
        correlation = self._correlation()
        if self._random.random() < 0.2:
            failed = invoice | {
                "attempt": 1,
                "decline_code": self._random.choice(DECLINES),
            }
            self._say(
                "billing", "billing.payment_failed", account, when, failed, correlation
            )
            when = min(when + timedelta(minutes=30), self._now)
        self._say(
            "billing", "billing.payment_succeeded", account, when, invoice, correlation
        )

    def _ticket(self, account):
        category, title = self._random.choice(TROUBLES)
        ticket = f"T-{self._run}-{account[-3:]}"
        opened = self._at()
        correlation = self._correlation()
        data = {
            "ticket": ticket,
            "title": title,
            "description": f"{title}. It started this morning and concerns our whole team.",
            "category": category,
            "priority": self._random.choice(("low", "normal", "normal", "high")),
            "status": "new",
            "email": f"user0@{account.lower()}.example",
        }
        self._say(
            "helpdesk", "support.ticket_created", account, opened, data, correlation
        )
        changed = min(
            opened + timedelta(minutes=self._random.randrange(5, 180)), self._now
        )
        update = {
            "ticket": ticket,
            "status": self._random.choice(("in_progress", "waiting", "solved")),
        }
        self._say(
            "helpdesk", "support.ticket_updated", account, changed, update, correlation
        )

    def _trouble(self):
        """What makes the day worth telling: repeated failures, a downgrade, a dispute."""
        strategic, standard = (
            self._random.choice(STRATEGIC),
            self._random.choice(ACCOUNTS[10:]),
        )
        for account in (strategic, standard):
            invoice = self._invoice(account) | {
                "invoice": f"SIM-{self._run}-{account[-3:]}-R"
            }
            correlation = self._correlation()
            for attempt in (1, 2, 3):
                failed = invoice | {
                    "attempt": attempt,
                    "decline_code": self._random.choice(DECLINES),
                }
                when = self._now - timedelta(hours=4 - attempt)
                self._say(
                    "billing",
                    "billing.payment_failed",
                    account,
                    when,
                    failed,
                    correlation,
                )
        downgrading, disputing = self._random.sample(ACCOUNTS[5:10], 2)
        data = {
            "subscription": f"SUB-{downgrading[-3:]}",
            "plan": PLANS[0],
            "seats": 5,
            "reason": "Half of our team left the project",
        }
        self._say(
            "billing", "subscription.downgrade_requested", downgrading, self._at(), data
        )
        dispute = {
            "invoice": f"SIM-{self._run}-{disputing[-3:]}",
            "amount": 480.0,
            "currency": "EUR",
            "reason": "Charged for seats we removed",
        }
        self._say("billing", "billing.invoice_disputed", disputing, self._at(), dispute)
        self._onboarding()

    def _onboarding(self):
        """One new customer goes live, another is late."""
        reached, late = self._random.sample(ACCOUNTS[30:], 2)
        done = {"milestone": "go-live", "due": self._date(2), "done_at": self._date(0)}
        self._say(
            "telemetry", "onboarding.milestone_reached", reached, self._at(), done
        )
        overdue = {"milestone": "data-import", "due": self._date(-3)}
        self._say("telemetry", "onboarding.milestone_late", late, self._at(), overdue)

    def _date(self, days):
        return (self._now + timedelta(days=days)).date().isoformat()


def _send(sender, event):
    """Send as a patient system does: wait while the door says so."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            status, _ = sender.send(f"msg_{event['id']}", event)
        except OSError:
            status = 0
        if status not in (0, 429, 502, 503) or time.monotonic() > deadline:
            return status
        time.sleep(1)


def _summarise(day, answers, seconds, url):
    total = sum(answers.values())
    print(
        f"{total} events of {len(ACCOUNTS)} accounts in {seconds:.1f} s ({total / max(seconds, 0.1):.0f}/s)"
    )
    for kind, count in sorted(day.counts.items()):
        print(f"  {kind:34} {count:4}")
    for status, count in sorted(answers.items()):
        words = {202: "accepted", 200: "already known", 0: "no answer"}.get(
            status, "refused"
        )
        print(f"answer {status or '-'}: {count} ({words})")
    print(f"See what became of them: {url}/odoo")
    return 0 if set(answers) <= {200, 202} else 1
