from datetime import datetime, timedelta

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..exceptions import BusyError
from ..policies import policy_state, request_state, routing, windows
from .approval_engine_policy_limits import BY_ACCOUNT, BY_REQUESTER, BY_TYPE

# what was asked and is, or may still be, given
COUNTS = (
    request_state.PENDING,
    request_state.APPROVED,
    request_state.FAILED,
    request_state.EXECUTED,
)
NO_ACCOUNT = "no_account"
SAME = {  # what counts together: r is what was asked before, w what is asked now
    BY_REQUESTER: SQL("r.requester_id = w.one"),
    BY_ACCOUNT: SQL(
        "r.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = w.one)"
    ),
    NO_ACCOUNT: SQL("r.partner_id IS NULL"),
    BY_TYPE: SQL("TRUE"),
}


class ApprovalEngineRequest(models.Model):
    """What was asked shortly before counts too, where the policy says so."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _stakes_under(self, policies):
        """What chooses the steps, request by request: what comes earlier in ``self`` counts as asked before.

        :param policies: {request: policy}
        :return: {request: (amount at stake, how much of it was asked before)}, in the policy's currency
        """
        before = self._counted_before(policies)
        stakes = {}
        for request in self:
            policy, own = policies[request], request.company_id.currency_id
            counted = request._converted(
                before.get(request, 0.0), own, policy.currency_id
            )
            amount = request._amount_for(policy)
            stakes[request] = routing.at_stake(amount, counted), counted
        return stakes

    def _stake_when_asked(self):
        """:return: the amount that chose the steps, in the policy's currency"""
        told = (self.policy_snapshot or {}).get("at_stake")
        return self._amount_for(self.policy_id) if told is None else told

    def _counted_before(self, policies):
        """:return: {request: sizes of what counts with it}, in the currency of its company"""
        windowed = self.filtered(lambda request: policies[request].window_days)
        parts = {r: r._window_part(policies[r]) for r in windowed}
        stored = windowed._counted_in_database(set(parts.values()))
        earlier = windows.counted_earlier(
            [part.with_size(r._company_size()) for r, part in parts.items()]
        )
        return {
            request: stored.get(part, 0.0) + sum_
            for (request, part), sum_ in zip(parts.items(), earlier, strict=True)
        }

    def _window_part(self, policy):
        """:return: ``windows.Part``: with what this counts, and since when; still without a size

        A request that is only imagined (``new``) is asked when it says it was.
        """
        imagined = not self.id and self.submitted_at
        since = (imagined or fields.Datetime.now()) - timedelta(days=policy.window_days)
        key = (self.type_id.id, self.company_id.id, *self._window_key(policy))
        # without an upper bound where it is real: clocks of servers differ
        return windows.Part(key, imagined or datetime.max, since)

    def _window_key(self, policy):
        """:return: (what counts together, id): contacts of one account count as the account; what names no account
        counts with all that name none
        """
        if policy.window_by == BY_REQUESTER:
            return BY_REQUESTER, self.requester_id.id
        if policy.window_by != BY_ACCOUNT:
            return BY_TYPE, 0
        account = self.partner_id.commercial_partner_id
        return (BY_ACCOUNT, account.id) if account else (NO_ACCOUNT, 0)

    def _company_size(self):
        amount = self._amount_in(self.company_id.currency_id)
        return abs(self.company_id.currency_id.round(amount))

    def _counted_in_database(self, parts):
        """One query for each kind of window.

        :param parts: ``windows.Part`` without their sizes
        :return: {part: sizes of what the database has}, without ``self``
        """
        if not parts:
            return {}
        self.flush_model(
            ["company_amount", "state", "submitted_at", "partner_id", "requester_id"]
        )
        found = {}
        for by, where in SAME.items():
            asked = [part for part in parts if part.key[2] == by]
            if asked:
                sums = self.env.execute_query(self._window_sql(asked, where))
                found |= {asked[at]: float(total) for at, total in sums}
        return found

    def _window_sql(self, parts, where):
        asked = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s::timestamp, %s::timestamp)",
                *(at, part.key[0], part.key[1], part.key[3]),
                *(part.since, part.moment),
            )
            for at, part in enumerate(parts)
        )
        return SQL(
            """
            SELECT w.at, SUM(ABS(r.company_amount))
              FROM (VALUES %s) w (at, type_id, company_id, one, since, moment)
              JOIN approval_engine_request r
                ON r.type_id = w.type_id AND r.company_id = w.company_id AND %s
             WHERE r.state IN %s AND r.submitted_at > w.since AND r.submitted_at <= w.moment
               AND r.id != ALL(%s)
             GROUP BY w.at
            HAVING SUM(ABS(r.company_amount)) IS NOT NULL
            """,
            asked,
            where,
            COUNTS,
            list(self._origin.ids),
        )

    def _take_turns(self, policies):
        """Let nobody count at the same moment: of two parts submitted at once the second sees the first.

        Both write the same row. The later transaction begins anew, at once and not after waiting in a
        line: it would have to begin anew each time that one in front of it is done.

        :raises BusyError: (409) if it is still not its turn after some attempts
        """
        busy = self.env._(
            "Others are asking for parts of the same at this moment, which count together. Try again in a moment."
        )
        rows = {}
        for request, ways in self._ways_of_counting(policies).items():
            for row in map(request._row_of_turns, ways):
                rows.setdefault(row._table, set()).add(row.id)
        for table, ids in sorted(rows.items()):
            self._write_alone(table, sorted(ids), busy)

    def _ways_of_counting(self, policies):
        """What is asked under one policy counts under the others of its type too, and those may count by something
        else: so whoever counts takes turns in all the ways in which anybody counts this type.

        :return: {request: {window_by}}, of those that count
        """
        counting = self.filtered(lambda request: policies[request].window_days)
        if not counting:
            return {}
        found = self.env["approval_engine.policy"]._read_group(
            [
                ("type_id", "in", counting.type_id.ids),
                ("company_id", "in", [False, *counting.company_id.ids]),
                ("state", "=", policy_state.ACTIVE),
                ("window_days", ">", 0),
            ],
            ["type_id"],
            ["window_by:array_agg_distinct"],
        )
        ways = dict(found)
        return {
            request: {policies[request].window_by, *ways.get(request.type_id, ())}
            for request in counting
        }

    def _write_alone(self, table, ids, busy):
        """:param busy: what to say if somebody else does"""
        query = SQL(
            "UPDATE %(table)s SET write_date = write_date WHERE id IN"
            " (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE NOWAIT)",
            table=SQL.identifier(table),
            ids=ids,
        )
        try:
            self.env.cr.execute(query, log_exceptions=False)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            raise BusyError(busy) from error

    def _row_of_turns(self, window_by):
        if window_by == BY_REQUESTER:
            return self.requester_id
        if window_by == BY_ACCOUNT and self.partner_id:
            return self.partner_id.commercial_partner_id
        return self.type_id

    def _window_note(self, policy, counted):
        """:return: such as “5,000 € of the last 30 days for the same account count too.”, may be empty"""
        if not counted:
            return ""
        return self.env._(
            "%(amount)s of %(window)s count too.",
            amount=policy.currency_id.format(counted),
            window=policy._window_words(),
        )

    def _converted(self, amount, source, target):
        """:return: ``amount`` in ``target``, at the rate of the day of submission; for a draft of today"""
        if source == target:
            return amount
        moment = fields.Datetime.context_timestamp(
            self, self.submitted_at or fields.Datetime.now()
        )
        return source._convert(amount, target, self.company_id, moment.date())

    def _limit_of(self, user, currency):
        """:return: the approval limit of ``user`` in ``currency``"""
        held = user.sudo()
        return self._converted(
            held.approval_limit, held.company_id.currency_id, currency
        )
