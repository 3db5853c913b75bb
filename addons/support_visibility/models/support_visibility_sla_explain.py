from odoo import models
from odoo.tools import format_datetime

from ..policies.sla import clock as clocks
from ..policies.sla import explaining
from ..tools.clock import utcnow


class SupportVisibilitySlaExplain(models.Model):
    """The steps of a clock in words."""

    _inherit = "support_visibility.sla_clock"  # pylint: disable=consider-merging-classes-inherited

    def _explained(self):
        now, working = utcnow(), self.hours_id._working()
        seen = clocks.looked_at(self._reading(), now, working)
        return {
            "id": self.id,
            "kind": self.kind,
            "label": dict(self._fields["kind"]._description_selection(self.env))[
                self.kind
            ],
            "policy": self.policy_id.name or "",
            "calendar": self.calendar_id.name or "",
            "tz": working.tz,
            "started_at": _iso(seen.started_at),
            "due_at": _iso(self._due(seen, working)),
            "stopped_at": _iso(seen.stopped_at),
            "breached_at": _iso(seen.breached_at),
            "state": seen.state,
            "target_s": seen.target,
            "running_s": seen.seconds(clocks.RUNNING),
            "paused_s": seen.seconds(clocks.PAUSED),
            "closed_s": seen.seconds(clocks.CLOSED),
            "steps": self._steps(seen, now, working),
        }

    def _steps(self, seen, now, working):
        lines = [self._first_step(seen)]
        lines += [self._change_step(change) for change in self._changes()]
        lines += [self._step_words(s) for s in explaining.steps(seen, now, working)]
        return lines

    def _changes(self):
        return (
            self.env["support_visibility.sla_change"]
            .sudo()
            .search([("clock_id", "=", self.id)], order="at, id")
        )

    def _first_step(self, seen):
        return self.env._(
            "%(policy)s promises this within %(target)s of %(hours)s. The clock began %(start)s.",
            policy=self.policy_id.name or "",
            target=self._span(seen.target),
            hours=self.env._(
                "working time (%(calendar)s)", calendar=self.calendar_id.name
            )
            if self.calendar_id
            else self.env._("time, day and night"),
            start=self._at(seen.started_at),
        )

    def _change_step(self, change):
        return self.env._(
            "%(at)s: %(why)s (%(who)s). It was %(old)s, due %(old_due)s; since then it is %(new)s, due %(new_due)s.",
            at=self._at(change.at),
            why=change.why,
            who=change.by_user_id.name or "",
            old=self._span(change.old_target_minutes * 60),
            old_due=self._at(change.old_due_at),
            new=self._span(change.new_target_minutes * 60),
            new_due=self._at(change.new_due_at),
        )

    def _step_words(self, step):
        say = self._step_texts()[step.code]
        return say % {
            "begin": self._at(step.begin),
            "end": self._at(step.end),
            "span": self._span(step.seconds),
            "used": self._span(step.used),
            "target": self._span(self.target_seconds),
            "why": step.why,
        }

    def _step_texts(self):
        return {
            "sum": self.env._("%(begin)s to %(end)s: ran %(span)s in all."),
            "ran": self.env._(
                "%(begin)s to %(end)s: ran %(span)s, %(used)s of %(target)s used."
            ),
            "closed": self.env._("%(begin)s to %(end)s: outside working hours."),
            "paused": self.env._(
                "%(begin)s to %(end)s: stood still for %(span)s (%(why)s)."
            ),
            "left": self.env._(
                "%(begin)s to %(end)s: %(span)s more, %(used)s of %(target)s."
            ),
            "due": self.env._("So it is due %(begin)s."),
            "standing": self.env._(
                "It stands still (%(why)s) with %(span)s left; the deadline follows when it goes on."
            ),
            "never": self.env._(
                "%(span)s are left, but no working hours are to come: there is no deadline."
            ),
            "met": self.env._("Done %(begin)s, with %(span)s left: kept."),
            "late": self.env._(
                "The time ran out %(begin)s: broken, by %(span)s of working time so far."
            ),
        }

    def _at(self, moment):
        if not moment:
            return self.env._("open")
        return format_datetime(
            self.env,
            moment,
            tz=self.env.user.tz or "UTC",
            dt_format="EEE d MMM y, HH:mm",
        )

    def _span(self, seconds):
        """:return: such as "1 h 30 min"; hours of working time are not turned into days"""
        minutes, rest = divmod(abs(int(seconds)), 60)
        hours, minutes = divmod(minutes, 60)
        parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
        return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"


def _iso(moment):
    return f"{moment.isoformat()}Z" if moment else False
