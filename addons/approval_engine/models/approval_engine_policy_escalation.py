from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import deadlines, escalation

OWN_CONTENT = frozenset(
    {
        "reminders",
        "escalation_ids",
        "pause_on_question",
        "urgent_hours",
        "auto_amount",
    }
)
URGENT_DAYS = 90  # over which the share of urgent requests is counted


class ApprovalEnginePolicy(models.Model):
    """What a policy says about the time until somebody decides, and about what needs nobody."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    reminders = fields.Char(
        help="How much of the time is left when those asked are reminded, such as “50 %, 25 %, 2 h”. Empty: once, "
        "with a quarter of the time left. “none”: never.",
    )
    escalation_ids = fields.One2many(
        "approval_engine.escalation_level",
        "policy_id",
        "Levels",
        copy=True,
        help="Who else is asked while nobody decides. Those asked before stay asked.",
    )
    pause_on_question = fields.Boolean(
        "Questions Stop the Clock",
        default=True,
        help="While a question waits for an answer the time to decide stands still, at most as long as that time.",
    )
    urgent_hours = fields.Float(
        "Hours If Urgent",
        help="The time to decide an urgent request. 0: the same as for others.",
    )
    urgent_share = fields.Char(
        "Urgent Lately",
        compute="_compute_urgent_share",
        help="How many of the requests of the last 90 days were urgent.",
    )
    auto_amount = fields.Monetary(
        "Needs Nobody Up To",
        help="The policy itself approves requests up to and including this amount. 0: people decide every request.",
    )

    @api.constrains("reminders")
    def _check_reminders(self):
        for policy in self:
            try:
                deadlines.read_reminders(policy.reminders or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s, Reminders (reminders): “%(part)s” cannot be read. Write how much of the "
                        "time is left, such as “50 %%, 25 %%, 2 h”, or “none”.",
                        policy=policy.display_name,
                        part=error,
                    )
                ) from error

    @api.constrains("urgent_hours", "auto_amount", "deadline_hours")
    def _check_time_and_limit(self):
        for policy in self:
            if policy.auto_amount < 0:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: “Needs Nobody Up To” (auto_amount) cannot be negative. 0 switches it off.",
                        policy=policy.display_name,
                    )
                )
            later = (
                policy.deadline_hours and policy.urgent_hours > policy.deadline_hours
            )
            if policy.urgent_hours < 0 or later:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s: “Hours If Urgent” (urgent_hours) has to be between 0 and the time for all "
                        "others, %(hours)g hours.",
                        policy=policy.display_name,
                        hours=policy.deadline_hours,
                    )
                )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | OWN_CONTENT

    @api.depends(
        "auto_amount",
        "currency_id",
        "escalation_ids.after",
        "escalation_ids.unit",
        "escalation_ids.target",
        "escalation_ids.group_id.name",
        "escalation_ids.user_id.name",
    )
    def _compute_sentence(self):
        result = super()._compute_sentence()
        for policy in self.filtered("step_ids"):
            words = (
                policy.sentence,
                policy._auto_words(),
                policy._escalation_words(),
            )
            policy.sentence = " ".join(filter(None, words))
        return result

    def _auto_words(self):
        if not self.auto_amount:
            return ""
        limit = self.currency_id.format(self.auto_amount)
        return self.env._("Up to %(limit)s it needs nobody.", limit=limit)

    def _escalation_words(self):
        levels = self.escalation_ids.sorted(lambda one: (one.sequence, one.id))
        if not levels:
            return ""
        return self.env._(
            "If nobody decides, %(levels)s.",
            levels=", ".join(level._words() for level in levels),
        )

    def _compute_urgent_share(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=URGENT_DAYS)
        groups = self.env["approval_engine.request"]._read_group(
            [("policy_id", "in", self.ids), ("submitted_at", ">=", since)],
            ["policy_id", "urgent"],
            ["__count"],
        )
        counts = {(policy.id, bool(urgent)): count for policy, urgent, count in groups}
        for policy in self:
            urgent = counts.get((policy.id, True), 0)
            total = urgent + counts.get((policy.id, False), 0)
            policy.urgent_share = (
                self.env._(
                    "%(urgent)s of %(total)s (%(share)s %%)",
                    urgent=urgent,
                    total=total,
                    share=round(100 * urgent / total),
                )
                if total
                else self.env._("no request yet")
            )

    # ------------------------------------------------------------------ use

    def _hours_for(self, urgent):
        """:return: hours to decide; 0: no deadline"""
        self.ensure_one()
        return (urgent and self.urgent_hours) or self.deadline_hours

    def _due_after(self, start, hours):
        """As ``_due_at``, with other hours than those of the policy."""
        if hours == self.deadline_hours:
            return self._due_at(start)
        return deadlines.due_at(start, hours, self._spans(start)) or False

    def _spans(self, start):
        """:return: the working time from ``start`` on, None if the clock never stops"""
        return self._working_time(start) if self.calendar_id else None

    def _moments(self, start, due, hours):
        """What happens while nobody decides.

        :param due: naive UTC, or False
        :return: ([when to remind], [(when, id of the level)])
        """
        self.ensure_one()
        levels = self.escalation_ids.sorted(lambda one: (one.sequence, one.id))
        if not levels and not self.reminders:
            return [deadlines.remind_at(start, due)] if due else [], []
        spans = self._spans(start)
        wanted = deadlines.read_reminders(self.reminders or "")
        reminders = (
            deadlines.reminders_at(start, due, hours, wanted, spans) if due else []
        )
        reached = escalation.levels_at(
            start, hours, [level._as_policy_level() for level in levels], spans
        )
        return reminders, [
            (moment, level.id)
            for moment, level in zip(reached, levels, strict=True)
            if moment is not None
        ]

    def _named_groups(self):
        return super()._named_groups() | self.escalation_ids.group_id

    def _snapshot(self):
        """What differs from the usual is told too."""
        told = {
            "reminders": self.reminders,
            "escalation": [level._words() for level in self.escalation_ids],
            "questions_stop_the_clock": self.pause_on_question,
            "urgent_hours": self.urgent_hours,
            "needs_nobody_up_to": self.auto_amount,
        }
        return super()._snapshot() | {name: v for name, v in told.items() if v}
