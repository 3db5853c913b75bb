from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.tools import gate

from ..policies.sla import clock as clocks
from ..policies.sla import following, warnings
from ..policies.sla.clock import VOID, Clock, whole
from ..tools.clock import utcnow

CRON = "support_visibility.ir_cron_sla_sweep"
BATCH = 500  # clocks a transaction
AHEAD = timedelta(
    seconds=75
)  # the job looks each minute; what is due before its next look has its own wake-up
MOVES = {
    following.STOP: lambda clock, at, why, working: clocks.stopped(clock, at, working),
    following.PAUSE: lambda clock, at, why, working: clocks.paused(
        clock, at, why, working
    ),
    following.RESUME: lambda clock, at, why, working: clocks.resumed(
        clock, at, working
    ),
    following.RESTART: lambda clock, at, why, working: clocks.restarted(clock, at, why),
}


class SupportVisibilitySlaClockLife(models.Model):
    """How clocks begin, move, are read anew, and say that time runs out."""

    _inherit = "support_visibility.sla_clock"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _hours_of(self, promises):
        """:return: ``{calendar id: id of its hours as they are now}`` of all promises, in one query"""
        calendars = self.env["resource.calendar"].browse(
            sorted({p.calendar_id for p in promises if p.calendar_id})
        )
        return (
            self.env["support_visibility.sla_hours"]._current(calendars)
            if calendars
            else {}
        )

    # ------------------------------------------------------------------ beginning

    @api.model
    def _born(self, births, hours):
        """:param births: [(ticket, promise, when it begins)]
        :param hours: of ``_hours_of``
        """
        if not births:
            return self
        self.flush_model(["stopped_at"])  # the clock before has to be over
        vals_list = [self._birth(*birth, hours) for birth in births]
        made = gate.admit_births(self, vals_list).create(vals_list)
        made._wake()
        return made

    @api.model
    def _birth(self, ticket, promise, at, hours):
        hours_id = hours.get(promise.calendar_id, False)
        working = self.hours_id.browse(hours_id or [])._working()
        return {
            "ticket_id": ticket.id,
            "company_id": ticket.company_id.id,
            "policy_id": promise.rule.id,
            "kind": promise.rule.kind,
            "calendar_id": promise.calendar_id or False,
            "hours_id": hours_id,
            "told_percent": 0,
            **self._values(
                Clock(whole(at), promise.seconds), working, promise.warnings
            ),
        }

    # ------------------------------------------------------------------ moving

    def _step(self, step, at, why):
        """:param step: of ``policies.sla.following``
        :param at: naive UTC
        :param why: of a pause, in words
        """
        if step == following.STAY:
            return
        working = self.hours_id._working()
        at = max(whole(at), self.seen_until)  # what was told stays told
        self._live(MOVES[step](self._reading(), at, why or "", working), working)

    def _live(self, clock, working, **more):
        """Keep what a clock has become, and tell the breach that is new with it."""
        is_new = clock.breached_at and not self.breached_at
        told = more.get("told_percent", self.told_percent)
        self._keep(clock, working, warnings.to_come(self._warnings(), told), **more)
        if is_new:
            self._tell("support.sla_breached", "SLA breached", clock.breached_at)

    def _warnings(self):
        promises = self.env["support_visibility.sla_policy"]._promises()
        return next(
            (p.warnings for p in promises if p.rule.id == self.policy_id.id), ()
        )

    def _rematch(self, promise, hours, why):
        """Have another promise hold, or the same one with other hours.

        :param promise: None: nothing is promised any more
        :return: values of the change; None if nothing changed
        """
        if promise is None:
            return self._void(why)
        hours_id = hours.get(promise.calendar_id, False)
        now_holds = (promise.rule.id, promise.seconds, hours_id)
        if now_holds == (self.policy_id.id, self.target_seconds, self.hours_id.id):
            return None
        before = self._held()
        clock = clocks.looked_at(self._reading(), utcnow(), self.hours_id._working())
        working = self.hours_id.browse(hours_id or [])._working()
        self._live(
            clocks.reread(clock, working, promise.seconds),
            working,
            policy_id=promise.rule.id,
            calendar_id=promise.calendar_id or False,
            hours_id=hours_id,
        )
        return self._prepare_change(before, why)

    def _void(self, why):
        """The clock does not count any more: not as kept, nor as missed."""
        before = self._held()
        now = max(whole(utcnow()), self.seen_until)
        working = self.hours_id._working()
        vals = self._values(clocks.stopped(self._reading(), now, working), working, ())
        vals |= {"state": VOID, "void_reason": why, "due_at": False, "next_at": False}
        gate.admit(self, vals).write(vals)
        return self._prepare_change(before, why)

    def _held(self):
        return {
            "policy_id": self.policy_id.id,
            "target_minutes": self.target_seconds // 60,
            "hours_id": self.hours_id.id,
            "due_at": self.due_at,
        }

    def _prepare_change(self, before, why):
        vals = {
            "clock_id": self.id,
            "ticket_id": self.ticket_id.id,
            "company_id": self.company_id.id,
            "at": utcnow(),
            "by_user_id": self.env.uid,
            "why": why,
        }
        after = self._held()
        if self.state == VOID:
            after |= {"policy_id": False, "target_minutes": 0, "hours_id": False}
        vals |= {f"old_{name}": value for name, value in before.items()}
        return vals | {f"new_{name}": value for name, value in after.items()}

    # ------------------------------------------------------------------ time running out

    @api.model
    def _cron_sweep(self):
        """Entry point of the Scheduled Action: warnings and breaches that are due, touched by somebody or not."""
        try:
            self._sweep()
        except SerializationFailure:  # somebody moved one of the tickets first
            self.env.cr.rollback()
            self.env["event_hub.waker"]._wake(CRON)
            self.env["ir.cron"]._commit_progress(remaining=0)

    def _sweep(self):
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=1)  # what follows sees what is there now
        while found := self._due_now():
            found._look()
            if not cron._commit_progress(len(found), remaining=len(found) // BATCH):
                return
        self._sweep_chains()
        self._wake_ahead()
        cron._commit_progress(remaining=0)

    @api.model
    def _sweep_chains(self):
        """Steps of chains whose minutes are over, and what our people should hear."""
        runs = self.env["support_visibility.escalation_run"]
        while found := runs._carry_out_waiting():
            if not self.env["ir.cron"]._commit_progress(found):
                return
        self.env["support_visibility.notice_item"]._tell_people()

    @api.model
    def _due_now(self):
        """:return: clocks to be looked at, their tickets locked; those that somebody moves now come next time"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT clock.id
                  FROM support_visibility_sla_clock clock
                  JOIN support_visibility_ticket ticket ON ticket.id = clock.ticket_id
                 WHERE clock.next_at < %s
                 ORDER BY clock.next_at, clock.id LIMIT %s
                   FOR NO KEY UPDATE OF ticket SKIP LOCKED
                """,
                whole(utcnow()),
                BATCH,
            )
        )
        return self.browse(row[0] for row in rows)

    def _look(self):
        """Say what is due to be said about these clocks."""
        now = utcnow()
        for clock in self:
            working = clock.hours_id._working()
            seen = clocks.looked_at(clock._reading(), now, working)
            used = clocks.share_used(seen, now, working)
            passed = warnings.passed(clock._warnings(), clock.told_percent, used)
            told = passed[-1] if passed else clock.told_percent
            clock._live(seen, working, told_percent=told)
            if passed and not seen.breached_at:
                clock._tell("support.sla_warned", "SLA at risk", now, percent=told)
        self._wake()

    def _tell(self, event_type, activity, at, **attributes):
        """An event of the ticket: its promise, and what it was."""
        self.ticket_id._tell(
            event_type,
            activity,
            at=at,
            promise=self.kind,
            policy=self.policy_id.name,
            clock=self.id,
            due_at=fields.Datetime.to_string(self.due_at) if self.due_at else "",
            agent=self.ticket_id.user_id.name or "",
            **attributes,
        )

    def _wake(self):
        """Have the sweep run on the second for what is due soon."""
        soon = whole(utcnow()) + AHEAD
        moments = {
            clock.next_at for clock in self if clock.next_at and clock.next_at < soon
        }
        if moments:
            second = timedelta(seconds=1)  # a deadline is over in the second after it
            self.env["event_hub.waker"]._wake_at(
                CRON, *(moment + second for moment in moments)
            )

    @api.model
    def _wake_ahead(self):
        now = whole(utcnow())
        self.search(
            [("next_at", ">=", now), ("next_at", "<", now + AHEAD)],
            order="next_at",
            limit=BATCH,
        )._wake()
