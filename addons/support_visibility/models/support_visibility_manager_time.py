from collections import Counter, defaultdict
from datetime import datetime, timedelta

from odoo import api, models
from odoo.fields import Domain

from ..policies.seeing import causes, forecast
from ..policies.sla.clock import BREACHED, RUNNING, VOID
from .support_visibility_manager import CLOCK, SOON, TICKET, _iso

HANDOFF = "support_visibility.handoff"
SHOWN = 10  # promises that run out next
JUDGED = 2000  # broken promises whose cause is looked at, the latest first


class SupportVisibilityManagerTime(models.AbstractModel):
    """What runs out, what was handed on, and where the time of broken promises went."""

    _inherit = "support_visibility.manager"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ running out

    @api.model
    def _risk(self, ask):
        now, base = ask["now"], self._clock_domain(ask)
        end = now + timedelta(hours=forecast.HOURS)
        going = [*base, ("stopped_at", "=", False), ("state", "=", RUNNING)]
        broken = [
            *base,
            *(("stopped_at", "=", False), ("state", "in", [RUNNING, BREACHED])),
            ("due_at", "<", now),
        ]
        ahead = [*going, ("due_at", ">=", now), ("due_at", "<=", end)]
        dues = self._dues(ahead)
        return {
            "broken": self._figure(
                self.env[CLOCK].search_count(broken),
                self.env._("Broken and still open"),
                CLOCK,
                broken,
            ),
            "soon": self._soon(dues, going, now),
            "ahead": self._figure(
                len(dues),
                self.env._("Run out in the next %(hours)s h", hours=forecast.HOURS),
                CLOCK,
                ahead,
            ),
            "hours": self._by_hour(dues, going, now),
            "next": self._next(dues),
            "forecast": self._forecast(dues, base, now),
        }

    @api.model
    def _dues(self, domain):
        """:return: ``[(when, clock id, team id)]`` in the order of the times"""
        clocks = self.env[CLOCK]
        query = clocks._search(domain, order="due_at, id")
        return [
            (at, key, team_id)
            for key, at, team_id in self.env.execute_query(
                query.select(
                    clocks._field_to_sql(clocks._table, "id", query),
                    clocks._field_to_sql(clocks._table, "due_at", query),
                    clocks._field_to_sql(clocks._table, "team_id", query),
                )
            )
        ]

    @api.model
    def _soon(self, dues, going, now):
        end = now + SOON
        return self._figure(
            sum(at <= end for at, _key, _team in dues),
            self.env._("Run out within the hour"),
            CLOCK,
            [*going, ("due_at", ">=", now), ("due_at", "<=", end)],
        )

    @api.model
    def _by_hour(self, dues, going, now):
        """:return: a figure for each hour to come; the last one includes its end"""
        hours, found = timedelta(hours=1), []
        for hour in range(forecast.HOURS):
            begin, end = now + hour * hours, now + (hour + 1) * hours
            is_last = hour == forecast.HOURS - 1
            terms = [("due_at", ">=", begin), ("due_at", "<=" if is_last else "<", end)]
            count = sum(
                begin <= at and (at < end or (is_last and at == end))
                for at, _key, _team in dues
            )
            found.append(
                self._figure(
                    count,
                    self.env._(
                        "%(from)s to %(to)s h", **{"from": hour, "to": hour + 1}
                    ),
                    CLOCK,
                    [*going, *terms],
                    **{"from": _iso(begin), "to": _iso(end)},
                )
            )
        return found

    @api.model
    def _next(self, dues):
        """:return: the promises that run out next, with the time of each"""
        clocks = self.env[CLOCK].browse([key for _at, key, _team in dues[:SHOWN]])
        kinds = dict(clocks._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": clock.id,
                "ticket_id": clock.ticket_id.id,
                "ticket": clock.ticket_id.display_name,
                "kind": kinds[clock.kind],
                "due_at": _iso(clock.due_at),
                "agent": clock.ticket_id.user_id.sudo().name or False,
            }
            for clock in clocks
        ]

    # ------------------------------------------------------------------ forecast

    @api.model
    def _forecast(self, dues, base, now):
        basis = forecast.basis(now, self._known_since())
        rates = self._rates(basis, base) if dues and basis.spans else {}
        if basis.kind == forecast.UNKNOWN or not dues:
            likely, expected = (), None if dues else 0.0
        else:
            found = self._by_team(dues, rates, now)
            likely, expected = found.likely, found.expected
        return {
            "basis": basis.kind,
            "expected": None if expected is None else round(expected, 1),
            "rate": round(sum(rates.values()), 2) if dues and basis.spans else False,
            "words": self._forecast_words(basis, expected, len(dues)),
            "likely": self._figure(
                len(likely),
                self.env._("Likely to be broken"),
                CLOCK,
                [("id", "in", list(likely))],
            ),
        }

    @api.model
    def _known_since(self):
        first = self.env[CLOCK].search_fetch(
            Domain.TRUE, ["started_at"], order="id", limit=1
        )
        return first.started_at or None

    @api.model
    def _finished(self, basis, base):
        within = Domain.OR(
            Domain("stopped_at", ">=", begin) & Domain("stopped_at", "<", end)
            for begin, end in basis.spans
        )
        return Domain(base) & Domain("state", "!=", VOID) & within

    @api.model
    def _rates(self, basis, base):
        """:return: ``{team id: promises finished an hour}``"""
        clocks = self.env[CLOCK]
        query = clocks._search(self._finished(basis, base))
        team = clocks._field_to_sql(clocks._table, "team_id", query)
        found = Counter(row[0] for row in self.env.execute_query(query.select(team)))
        return {team_id: count / basis.hours for team_id, count in found.items()}

    @api.model
    def _by_team(self, dues, rates, now):
        lines = defaultdict(list)
        for at, key, team_id in dues:
            lines[team_id].append((key, at))
        return forecast.together(
            [
                forecast.forecast(line, now, rates.get(team_id, 0.0))
                for team_id, line in lines.items()
            ]
        )

    @api.model
    def _forecast_words(self, basis, expected, count):
        if not count:
            return ""
        if expected is None:
            return self.env._(
                "Too little was seen so far to say how many of them will be kept."
            )
        seen = self.env._("yesterday at these hours")
        if basis.kind == forecast.SAME_HOURS:
            seen = self.env._("the same hours a week ago")
            if len(basis.spans) > 1:
                seen = self.env._(
                    "the same hours of the last %(n)s weeks", n=len(basis.spans)
                )
        return self.env._(
            "At the pace of %(seen)s, about %(expected)s of these %(count)s will be broken.",
            seen=seen,
            expected=round(expected) if expected >= 0.5 or not expected else "<1",
            count=count,
        )

    # ------------------------------------------------------------------ handoffs

    @api.model
    def _handed(self, ask):
        base = [("at", ">=", ask["since"]), ("at", "<=", ask["now"])]
        if ask["team_id"]:
            either = ("from_team_id", "to_team_id")
            base += ["|", *((name, "=", ask["team_id"]) for name in either)]
        counts = Counter()
        for before, after, count in self.env[HANDOFF]._read_group(
            base, ["from_user_id", "to_user_id"], ["__count"]
        ):
            counts[bool(before), bool(after)] += count
        kinds = self._kinds_of_handoff()
        return {
            "handoffs": self._figure(
                sum(counts.values()), self.env._("Handoffs"), HANDOFF, base
            ),
            "handed": [
                self._figure(counts[pair], label, HANDOFF, [*base, *_pair(*pair)])
                for pair, label in kinds.items()
            ],
        }

    @api.model
    def _kinds_of_handoff(self):
        """By (somebody had it before, somebody has it after)."""
        return {
            (False, True): self.env._("Taken from a queue"),
            (True, True): self.env._("From one agent to another"),
            (True, False): self.env._("Put back into a queue"),
            (False, False): self.env._("From queue to queue"),
        }

    # ------------------------------------------------------------------ breaches

    @api.model
    def _broken(self, ask):
        base = [
            *self._clock_domain(ask),
            *(("breached_at", ">=", ask["since"]), ("breached_at", "<=", ask["now"])),
            ("state", "=", BREACHED),
        ]
        clocks = self.env[CLOCK].search_fetch(
            base,
            ["ticket_id", "segments", "breached_at", "started_at"],
            order="breached_at desc, id desc",
            limit=JUDGED,
        )
        count = len(clocks)
        if count == JUDGED:
            count = self.env[CLOCK].search_count(base)
        by_cause = self._causes_of(clocks)
        return {
            "breaches": self._figure(count, self.env._("Broken"), CLOCK, base),
            "causes_of": len(clocks),
            "causes": [
                self._figure(
                    len(by_cause[key]),
                    label,
                    CLOCK,
                    [("id", "in", by_cause[key])],
                    key=key,
                )
                for key, label in self._cause_labels().items()
            ],
        }

    @api.model
    def _cause_labels(self):
        return {
            causes.QUEUE: self.env._("Waiting in a queue"),
            causes.FIRST: self.env._("With the first agent"),
            causes.HANDED: self.env._("After a handoff"),
            causes.REOPENED: self.env._("After it was reopened"),
        }

    @api.model
    def _causes_of(self, clocks):
        """Where broken promises lost most of their time.

        :return: ``{cause: [clock id]}``
        """
        hands, reopened = self._hands_of(clocks.ticket_id), self._reopened(clocks)
        found = defaultdict(list)
        for clock in clocks:
            ticket = clock.ticket_id
            key = causes.cause(
                _running(clock),
                clock.breached_at,
                hands[ticket.id],
                [at for at in reopened[ticket.id] if at >= clock.started_at],
                ticket.user_id.id or None,
            )
            found[key].append(clock.id)
        return found

    @api.model
    def _hands_of(self, tickets):
        """:return: ``{ticket id: [Hand]}``, in one query"""
        rows = self.env[HANDOFF].search_fetch(
            [("ticket_id", "in", tickets.ids)],
            ["ticket_id", "at", "from_user_id", "to_user_id"],
            order="at, id",
        )
        found = defaultdict(list)
        for row in rows:
            found[row.ticket_id.id].append(
                causes.Hand(
                    row.at, row.to_user_id.id or None, row.from_user_id.id or None
                )
            )
        return found

    @api.model
    def _reopened(self, clocks):
        """:return: ``{ticket id: [when it was reopened]}``; only the ledger knows, and only some were"""
        some = clocks.ticket_id.filtered("reopen_count")
        found = defaultdict(list)
        if some:
            events = self.env["event_hub.event"].sudo()
            for event in events.search_fetch(
                [
                    *(("case_model", "=", TICKET), ("case_id", "in", some.ids)),
                    ("type", "=", "support.reopened"),
                ],
                ["case_id", "occurred_at"],
            ):
                found[event.case_id].append(event.occurred_at.replace(microsecond=0))
        return found


def _pair(before, after):
    return [
        ("from_user_id", "!=" if before else "=", False),
        ("to_user_id", "!=" if after else "=", False),
    ]


def _running(clock):
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        for begin, end, kind, *_why in clock.segments or ()
        if kind == RUNNING
    ]
