from collections import Counter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..policies import ticket_state
from ..policies.escalation import REASON_CLASSES
from ..policies.seeing import friction, stalled
from ..policies.sla.clock import BREACHED
from .support_visibility_manager import CLOCK, TICKET
from .support_visibility_manager_time import JUDGED

LEAST = 5  # solved tickets of a type, to say how long it takes
SHOWN = 6  # figures of an answer
ESCALATION = "support_visibility.escalation"


class SupportVisibilityQuestionsDesk(models.AbstractModel):
    """Answers from the tickets of this database, as far as the asking user may see them."""

    _name = "support_visibility.questions_desk"
    _description = "Questions about Tickets"

    @api.model
    def _answers(self, since, until):
        """:return: ``{key: {"answer", "figures", "missing"}}``"""
        return {
            "cycle": self._cycle(since, until),
            "escalations": self._escalations(since, until),
            "breaches": self._breaches(since, until),
            "friction": self._friction(since, until),
            "stalled": self._stalled(since, until),
        }

    @api.model
    def _figure(self, label, value, unit, count, model, domain):
        view = self.env["support_visibility.manager"]
        return view._figure(count, label, model, domain, value=value, unit=unit)

    @api.model
    def _may_not_read(self, model, what):
        return {
            "answer": self.env._("You may not see what this is answered from."),
            "figures": [],
            "missing": [
                self.env._(
                    "%(what)s: you have no right to read them. Ask an administrator for the group Support Visibility / "
                    "Agent.",
                    what=what,
                )
            ],
        }

    # ------------------------------------------------------------------ cycle

    @api.model
    def _cycle(self, since, until):
        solved = [
            *(("solved_at", ">=", since), ("solved_at", "<=", until)),
            *(("is_spam", "=", False), ("merged_into_id", "=", False)),
        ]
        tickets, missing = self.env[TICKET], []
        group = "type_id"
        if not tickets.search_count([*solved, ("type_id", "!=", False)], limit=1):
            group = "category_id"
            missing.append(
                self.env._(
                    "Ticket types: no solved ticket has one; categories stand in."
                )
            )
        rows = self._medians(solved, group)
        told = [row for row in rows if row[0] and row[1] >= LEAST] or [
            row for row in rows if row[0]
        ]
        records = tickets[group].browse([row[0] for row in told]).sudo()
        names = {record.id: record.display_name for record in records}
        figures = [
            self._figure(
                names[key],
                round(median, 1),
                "h",
                count,
                TICKET,
                [*solved, (group, "=", key)],
            )
            for key, count, median in told[:SHOWN]
        ]
        return {
            "answer": self._cycle_words(figures, self._medians(solved, None)),
            "figures": figures,
            "missing": missing,
        }

    @api.model
    def _medians(self, domain, group):
        """:return: ``[(id or None, tickets, median hours to solve)]``, the longest first"""
        tickets = self.env[TICKET]
        tickets.flush_model(["solved_at", "opened_at", "type_id", "category_id"])
        query = tickets._search(domain)
        hours = SQL("date_part('epoch', t.solved_at - t.opened_at) / 3600")
        key = SQL.identifier("t", group) if group else SQL("NULL::int")
        return self.env.execute_query(
            SQL(
                """SELECT %(key)s, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY %(hours)s)
                     FROM support_visibility_ticket t WHERE t.id IN %(seen)s AND t.opened_at IS NOT NULL
                    GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1""",
                key=key,
                hours=hours,
                seen=query.subselect(),
            )
        )

    def _cycle_words(self, figures, whole):
        if not figures:
            return self.env._("No ticket was solved in this time.")
        first = figures[0]
        return self.env._(
            "%(type)s: half of its %(count)s solved tickets took more than %(hours)s h. Of all %(all)s solved, half "
            "took more than %(usual)s h.",
            type=first["label"],
            count=first["count"],
            hours=first["value"],
            all=whole[0][1],
            usual=round(whole[0][2], 1),
        )

    # ------------------------------------------------------------------ escalations

    @api.model
    def _escalations(self, since, until):
        escalations = self.env[ESCALATION]
        if not escalations.has_access("read"):
            return self._may_not_read(ESCALATION, self.env._("Escalations"))
        base = [("at", ">=", since), ("at", "<=", until)]
        counts, categories = Counter(), Counter()
        for kind, category, count in escalations._read_group(
            base, ["reason_class", "category_id"], ["__count"]
        ):
            counts[kind] += count
            if kind == "missing_data" and category:
                categories[category.sudo().display_name] += count
        labels = dict(
            escalations._fields["reason_class"]._description_selection(self.env)
        )
        total = sum(counts.values())
        order = sorted(
            (kind for kind, _label in REASON_CLASSES),
            key=lambda kind: (
                kind not in ("missing_data", "technical_depth"),
                kind != "missing_data",
                -counts[kind],
            ),
        )
        figures = [
            self._figure(
                labels[kind],
                counts[kind],
                "",
                counts[kind],
                ESCALATION,
                [*base, ("reason_class", "=", kind)],
            )
            for kind in order
        ]
        return {
            "answer": self._escalation_words(counts, total, categories),
            "figures": figures if total else [],
            "missing": [],
        }

    def _escalation_words(self, counts, total, categories):
        if not total:
            return self.env._("No ticket was escalated in this time.")
        said = self.env._(
            "Of %(all)s escalations %(data)s (%(share)s %%) came from missing data, %(depth)s (%(other)s %%) from "
            "technical depth.",
            all=total,
            data=counts["missing_data"],
            share=round(100 * counts["missing_data"] / total),
            depth=counts["technical_depth"],
            other=round(100 * counts["technical_depth"] / total),
        )
        if not categories:
            return said
        name, count = min(categories.items(), key=lambda item: (-item[1], item[0]))
        where = self.env._(
            "Data is missing most often in %(name)s (%(count)s).",
            name=name,
            count=count,
        )
        return f"{said} {where}"

    # ------------------------------------------------------------------ breaches

    @api.model
    def _breaches(self, since, until):
        clocks = self.env[CLOCK]
        if not clocks.has_access("read"):
            return self._may_not_read(CLOCK, self.env._("Promises (SLA clocks)"))
        base = [
            *(("breached_at", ">=", since), ("breached_at", "<=", until)),
            ("state", "=", BREACHED),
        ]
        found = clocks.search(base, order="breached_at desc, id desc", limit=JUDGED)
        view = self.env["support_visibility.manager"]
        by_cause = view._causes_of(found)
        figures = [
            self._figure(
                label,
                len(by_cause[key]),
                "",
                len(by_cause[key]),
                CLOCK,
                [("id", "in", by_cause[key])],
            )
            for key, label in view._cause_labels().items()
            if by_cause[key]
        ]
        figures.sort(key=lambda figure: -figure["count"])
        missing = []
        if not clocks.search_count(Domain.TRUE, limit=1):
            missing.append(
                self.env._(
                    "Promises: no ticket was ever promised anything by a policy."
                )
            )
        return {
            "answer": self._breach_words(found, figures),
            "figures": figures if found else [],
            "missing": missing,
        }

    def _breach_words(self, found, figures):
        if not found:
            return self.env._("No promise was broken in this time.")
        first = figures[0]
        teams = Counter(clock.ticket_id.team_id.id for clock in found)
        team_id = min(teams, key=lambda key: (-teams[key], key or 0))
        team = self.env["support_visibility.team"].browse(team_id).sudo().name
        looked = (
            len(found) if len(found) < JUDGED else self.env._("the latest %s", JUDGED)
        )
        return self.env._(
            "%(label)s: of %(all)s broken promises %(count)s lost most of their time there. Most were of %(team)s "
            "(%(of_team)s).",
            label=first["label"],
            all=looked,
            count=first["count"],
            team=team or self.env._("no team"),
            of_team=teams[team_id],
        )

    # ------------------------------------------------------------------ friction

    @api.model
    def _friction(self, since, until):
        """Counted over all events of the accounts: only numbers per tier leave this method, and who the accounts are.

        Whoever asks may read the tickets of these accounts; the events themselves stay closed to them.
        """
        partners = self.env["res.partner"]
        accounts = partners.search_fetch(
            [("account_tier", "!=", False), ("parent_id", "=", False)],
            ["account_tier", "account_code"],
        )
        tiers = dict(partners._account_tiers())
        events = self.env["event_hub.event"].sudo()
        base = Domain("company_id", "in", self.env.companies.ids)
        within = (
            base
            & Domain("occurred_at", ">=", since)
            & Domain("occurred_at", "<=", until)
        )
        troubles = [
            (account.id, kind, count)
            for account, kind, count in events._read_group(
                within
                & Domain("type", "in", list(friction.PHASE_OF))
                & Domain("account_id", "in", accounts.ids),
                ["account_id", "type"],
                ["__count"],
            )
        ]
        # a contact without a code that never met trouble is no customer we know of
        met = {account_id for account_id, _kind, _count in troubles}
        by_id = {
            account.id: tiers[account.account_tier]
            for account in accounts
            if account.account_code or account.id in met
        }
        found = friction.segments(by_id, troubles)
        missing = self._silent_phases(events, base)
        return {
            "answer": self._friction_words(found, missing),
            "figures": [
                self._figure(
                    segment.segment,
                    len(segment.repeated),
                    self.env._("of %(n)s accounts", n=segment.accounts),
                    len(segment.repeated),
                    "res.partner",
                    [("id", "in", segment.repeated)],
                )
                for segment in found
            ],
            "missing": missing,
        }

    def _silent_phases(self, events, base):
        names = {
            friction.ONBOARDING: self.env._(
                "Onboarding: no source tells of milestones (onboarding.milestone_reached, onboarding.milestone_late)."
            ),
            friction.SUPPORT: self.env._("Support: no ticket was ever told."),
            friction.RENEWAL: self.env._(
                "Renewal: no source tells of subscriptions (subscription.downgrade_requested, subscription.cancelled). "
                "Failed and disputed payments stand in, where billing tells of them."
            ),
        }
        return [
            names[phase]
            for phase, codes in self._codes_of_phases().items()
            if not events.search_count(base & Domain("type", "in", codes), limit=1)
        ]

    @api.model
    def _codes_of_phases(self):
        """The ledger takes known types only; named one by one, its index on the type serves.

        :return: ``{phase: codes of the types of events that tell of it}``
        """
        types = self.env["event_hub.event_type"].sudo().with_context(active_test=False)
        return {
            phase: types.search([("code", "=like", pattern)]).mapped("code")
            for phase, pattern in friction.SOURCES.items()
        }

    def _friction_words(self, found, missing):
        if not found:
            return self.env._(
                "No account has a tier, so there are no segments to compare. Give accounts a tier."
            )
        first = found[0]
        if not first.repeated:
            return self.env._("No segment met trouble twice in this time.")
        return self.env._(
            "%(segment)s: %(repeated)s of %(all)s accounts met trouble at least twice, %(across)s of them in more than "
            "one phase (onboarding %(onboarding)s, support %(support)s, renewal %(renewal)s troubles).",
            segment=first.segment,
            repeated=len(first.repeated),
            all=first.accounts,
            across=len(first.across),
            **first.by_phase,
        )

    # ------------------------------------------------------------------ stalled

    @api.model
    def _stalled(self, since, until):
        labels = dict(
            self.env[TICKET]._fields["state"]._description_selection(self.env)
        )
        usual = self._usual_stays(since, until)
        figures = []
        for state in ticket_state.OPEN_STATES:
            if state not in usual:
                continue
            domain = self._stalled_domain(state, usual[state], until)
            count = self.env[TICKET].search_count(domain)
            label = self.env._(
                "%(state)s for more than %(hours)s h",
                state=labels[state],
                hours=round(usual[state].total_seconds() / 3600, 1),
            )
            figures.append(self._figure(label, count, "", count, TICKET, domain))
        figures = [figure for figure in figures if figure["count"]]
        figures.sort(key=lambda figure: -figure["count"])
        missing = [
            self.env._(
                "%(state)s: fewer than %(least)s stays have ended, so nobody can say what is usual.",
                state=labels[state],
                least=stalled.LEAST,
            )
            for state in ticket_state.OPEN_STATES
            if state not in usual
        ]
        return {
            "answer": self._stalled_words(figures),
            "figures": figures,
            "missing": missing,
        }

    @api.model
    def _stalled_domain(self, state, usual, until):
        return [
            ("state", "=", state),
            ("state_since", "<", until - usual),
            ("snoozed_until", "=", False),
        ]

    @api.model
    def _usual_stays(self, since, until):
        """:return: ``{state: how long nine of ten tickets stayed in it}``, from the ledger, of visible tickets"""
        return self.env["support_visibility.stays"]._usual(since, until)

    def _stalled_words(self, figures):
        count = sum(figure["count"] for figure in figures)
        if not count:
            return self.env._("No open ticket stands still for longer than is usual.")
        first = figures[0]
        return self.env._(
            "%(count)s open tickets have been where they are for longer than nine of ten tickets ever were; most: "
            "%(label)s (%(of)s).",
            count=count,
            label=first["label"].lower(),
            of=first["count"],
        )
