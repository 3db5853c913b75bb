"""The lines of the reports against a count by hand: thirty tickets of which all is known."""

from typing import NamedTuple

from odoo.tests import freeze_time

from .common_sla import SlaCase, at

HAPPY, UNHAPPY = 5, 1
HOURLY = 48  # of the agent


class Case(NamedTuple):
    """What happened to a ticket that was opened on Monday at 9:00; hours since midnight, None: never."""

    answered: float | None = None
    solved: float | None = None
    again: float | None = (
        None  # reopened half an hour after it was solved, and solved again
    )
    asked_back: bool = False  # the customer wrote again after the first answer
    rated: int | None = None
    minutes: tuple[int, ...] = ()
    counts: str = "yes"  # or "spam", "merged"


CASES = [
    *[Case(9.5, 11, rated=HAPPY, minutes=(10,))] * 6,
    *[Case(9.5, 14, asked_back=True, rated=UNHAPPY, minutes=(20, 25))] * 4,
    *[Case(10.5, 11)] * 3,
    *[Case(9.75, 11, again=15, rated=HAPPY, minutes=(60,))] * 3,
    *[Case(11, 35)] * 3,  # Tuesday at 11:00, promised until 10:00
    *[Case(None, 13.5)] * 2,
    *[Case(9.5, None, asked_back=True, minutes=(5,))] * 3,
    *[Case()] * 2,
    *[Case(counts="spam")] * 2,
    *[Case(counts="merged")] * 2,
]
COUNTED = [case for case in CASES if case.counts == "yes"]
SOLVED = [case for case in COUNTED if case.solved]
ANSWERED = [case for case in COUNTED if case.answered]


def share(part, whole):
    return 100 * len(part) / len(whole)


def mean(values):
    values = [*values]
    return sum(values) / len(values)


class TestReportsByHand(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "SV By Hand"})
        for user in cls.agent | cls.lead:
            user.write(
                {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
            )
        cls.env["support_visibility.agent"].create(
            {
                "user_id": cls.agent.id,
                "company_id": cls.company.id,
                "hourly_cost": HOURLY,
            }
        )

    def _play(self, case):
        ticket = self._opened(9, company_id=self.company.id, user_id=self.agent.id)
        if case.counts == "spam":
            self._do(ticket, 9.25, "action_mark_spam", "An advertisement")
        if case.counts == "merged":
            self._do(ticket, 9.25, "action_merge", self.survivor.id)
        if case.answered:
            self._answer(ticket, case.answered)
        if case.asked_back:
            with freeze_time(at(case.answered + 0.5)):
                ticket.sudo().message_post(
                    body="And this?",
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                    author_id=self.contact.id,
                )
        for minutes in case.minutes:
            self.env["support_visibility.time_line"].with_user(self.agent).create(
                {"ticket_id": ticket.id, "minutes": minutes}
            )
        if case.solved:
            self._do(ticket, case.solved, "action_solve")
        if case.again:
            self._do(ticket, case.solved + 0.5, "action_reopen")
            self._do(ticket, case.again, "action_solve")
        if case.rated:
            self._rate(ticket, case)
        return ticket

    def _do(self, ticket, hours, method, *args):
        with freeze_time(at(hours)):
            getattr(ticket.with_user(self.agent), method)(*args)

    def _rate(self, ticket, case):
        with freeze_time(at((case.again or case.solved) + 1)):
            ticket._rating_link()
            ticket.sudo().rating_apply(case.rated, rating=ticket._rating_of_now())

    def _row(self, report, **measures):
        self.env.flush_all()
        rows = (
            self.env[f"support_visibility.{report}"]
            .with_user(self.lead)
            .with_context(allowed_company_ids=self.company.ids)
            ._read_group(
                [("ticket_id", "!=", self.survivor.id)],
                [],
                [f"{name}:{how}" for name, how in measures.items()],
            )
        )
        return dict(zip(measures, rows[0], strict=True))

    def test_every_line_is_what_a_hand_counts(self):
        self.assertEqual(len(CASES), 30)
        self.survivor = self._opened(9, company_id=self.company.id)
        for case in CASES:
            self._play(case)
        self._compare(self._wanted_of_tickets(), self._ticket_line())
        self._compare(self._wanted_of_promises(), self._promise_line())

    def _compare(self, wanted, found):
        for name, value in wanted.items():
            self.assertAlmostEqual(found[name], value, places=2, msg=name)

    def _ticket_line(self):
        means = ("response_hours", "cycle_hours", "reopen_rate", "first_contact")
        means += ("customer_replies", "happy", "cost")
        sums = dict.fromkeys(("tickets", "rated", "minutes"), "sum")
        return self._row("ticket_report", **dict.fromkeys(means, "avg"), **sums)

    def _wanted_of_tickets(self):
        rated = [case for case in COUNTED if case.rated]
        noted = [case for case in COUNTED if case.minutes]
        both = [case for case in SOLVED if case.answered]
        return {
            "tickets": 26,
            "response_hours": mean(case.answered - 9 for case in ANSWERED),
            "cycle_hours": mean((c.again or c.solved) - 9 for c in SOLVED),
            "reopen_rate": share([c for c in SOLVED if c.again], SOLVED),
            "first_contact": share(
                [c for c in both if not c.again and not c.asked_back], both
            ),
            "customer_replies": mean(int(c.asked_back) for c in COUNTED),
            "happy": share([c for c in rated if c.rated == HAPPY], rated),
            "rated": len(rated),
            "minutes": sum(sum(c.minutes) for c in COUNTED),
            "cost": mean(sum(c.minutes) * HOURLY / 60 for c in noted),
        }

    def _promise_line(self):
        return self._row("sla_report", met="sum", missed="sum", attainment="avg")

    def _wanted_of_promises(self):
        """An answer is promised within an hour, a solution within eight hours of work: Tuesday at 10:00."""
        kept = [case for case in ANSWERED if case.answered <= 10]
        kept += [case for case in SOLVED if (case.again or case.solved) <= 34]
        missed = 2 * len(COUNTED) - len(kept)
        return {
            "met": len(kept),
            "missed": missed,
            "attainment": 100 * len(kept) / (len(kept) + missed),
        }
