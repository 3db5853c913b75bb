import logging
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import (
    MAYBE_TEXT,
    MAYBE_WHOLE,
    TEXT,
    id_of,
    one_of,
)
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import subscription as states

_logger = logging.getLogger(__name__)


class SaasRiskSubscription(models.Model):
    """Changes that people ask for: of plan and seats, or an end; at once or on a day to come."""

    _inherit = "saas_risk.subscription"  # pylint: disable=consider-merging-classes-inherited

    @takes(
        plan_id=id_of("saas_risk.plan"),
        seats=MAYBE_WHOLE,
        when=one_of("now", "renewal"),
    )
    def change_plan(self, plan_id, seats=None, when="now"):
        """Change plan and seats, now or at the renewal.

        :param when: ``now`` or ``renewal``
        :return: True
        :raises MissingError: no such plan
        :raises UserError: cancelled, or no renewal date to wait for
        """
        self.check_access("write")
        plan = self.env["saas_risk.plan"].browse(plan_id)
        plan.check_access("read")
        seats = None if seats is False else seats
        self._check_change(when)
        if when == "renewal":
            self._write_gated(
                {
                    "next_plan_id": plan.id,
                    "next_seats": seats or 0,
                    "next_seats_given": seats is not None,
                }
            )
            return True
        for sub in self:
            sub._write_gated(
                {
                    "plan_id": plan.id,
                    "seats": sub.seats if seats is None else seats,
                    "mrr_source": "plan",
                    "next_plan_id": False,
                    "next_seats": 0,
                    "next_seats_given": False,
                }
            )
            sub._emit("risk.subscription_changed", **sub._story())
        return True

    def _check_change(self, when):
        for sub in self:
            if sub.state == states.CANCELLED:
                raise UserError(sub._refusal("final_state", states.ACTIVE))
            if when == "renewal" and not sub.renewal_date:
                raise UserError(
                    self.env._(
                        "%(name)s has no renewal date. Set one, or change the plan now.",
                        name=sub.name,
                    )
                )

    @takes(reason=TEXT, effective_at=MAYBE_TEXT)
    def cancel(self, reason, effective_at=None):
        """Cancel now, or on a day to come.

        :param reason: why, in words
        :param effective_at: ISO date or date-time (UTC); empty or past = now
        :return: True
        :raises UserError: no reason given, no such day, cancelled already
        """
        self.check_access("write")
        if not reason.strip():
            raise UserError(
                self.env._(
                    "Say why %(name)s is cancelled.",
                    name=", ".join(self.mapped("name")),
                )
            )
        for sub in self:
            if sub.state == states.CANCELLED:
                raise UserError(sub._refusal("final_state", states.CANCELLED))
        day = self._parse_day(effective_at)
        if day and day > fields.Date.today():
            self._write_gated({"cancel_on": day, "cancel_reason": reason})
            return True
        self._cancel_now(reason)
        return True

    def _cancel_now(self, reason):
        moved = self._set_state(states.CANCELLED)
        moved._write_gated({"cancel_on": fields.Date.today(), "cancel_reason": reason})
        return moved

    @api.model
    def _parse_day(self, value):
        """:param value: ISO 8601 date or date-time, date-times without offset are UTC
        :return: date in UTC, or False
        """
        if not value:
            return False
        try:
            moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            raise UserError(
                self.env._(
                    "'%(value)s' is not a date. Write it as 2026-03-31.",
                    value=str(value)[:40],
                )
            ) from None
        return (moment.astimezone(timezone.utc) if moment.tzinfo else moment).date()

    # ------------------------------------------------------------------ scheduled

    @api.model
    def _cron_apply_planned_changes(self):
        """Carry out plan changes and cancellations whose day has come."""
        today = fields.Date.today()
        ending = self.search(
            [("cancel_on", "<=", today), ("state", "!=", states.CANCELLED)]
        )
        if not ending._carry_out(lambda sub: sub._cancel_now(sub.cancel_reason)):
            return True
        renewing = self.search(
            [
                ("next_plan_id", "!=", False),
                ("renewal_date", "<=", today),
                ("state", "!=", states.CANCELLED),
            ]
        )
        renewing._carry_out(
            lambda sub: sub.change_plan(
                sub.next_plan_id.id, sub.next_seats if sub.next_seats_given else None
            )
        )
        return True

    def _carry_out(self, step):
        """Take each subscription in a transaction of its own; one that is refused stays planned.

        :return: False if the time of the scheduled action is used up
        """
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=len(self))
        for sub in self:
            if not time_left:
                return False
            try:
                with self.env.cr.savepoint():
                    step(sub)
            except UserError as error:
                _logger.warning("Planned change of %s refused: %s", sub.name, error)
            time_left = cron._commit_progress(1)
        return True
