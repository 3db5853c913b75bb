import random
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.policies import delivery as delivery_policy
from odoo.addons.event_hub.policies import event_run
from odoo.addons.event_hub.tools.http_sender import Reply

from ..policies import story
from ..tools import past

RULE_NAME = "A critical account asks its owner for a call"
RULE_MODEL = "res.partner"
CHARTER = {
    "purpose": "A customer in serious trouble hears from us the same week, before they write to us.",
    "approval_path": "none",
    "approval_reason": "None, because it only plans a call; the account owner decides what is said.",
    "minutes_saved": 6,
    "estimate_basis": "Estimate: the time to notice the change of health and to put a call into the calendar.",
}
REACTED_AFTER = timedelta(seconds=2)
#: the echo was down over a weekend; it answers again, so another try arrives
DOWN = 503


class SaasDemoOperations(models.AbstractModel):
    """The past of the machine room: what rules did, what was delivered, and what waits for a person."""

    _name = "saas_demo.operations"
    _description = "Operations of the demo"

    @api.model
    def _tell(self, letters):
        self._tell_runs()
        self._close_calls()
        self._tell_deliveries()
        for letter in letters:
            with past.telling(letter.received_at):
                self.env["saas_demo.story"]._hear(
                    letter.source, f"msg_{letter.key}", [letter.event]
                )

    @api.model
    def _past_events(self):
        """:return: the ledger so far, by time"""
        events = self.env["event_hub.event"].sudo()
        return events.search([("history", "=", True)], order="occurred_at, id")

    # ---------------------------------------------------------------- rules

    @api.model
    def _provision_rule(self):
        """A rule of the company's own, beside those that are shipped."""
        model = self.env["ir.model"]._get(RULE_MODEL)
        rule = self.env["base.automation"].create(
            {
                "name": RULE_NAME,
                "model_id": model.id,
                "trigger": "on_business_event",
                "event_pattern": "risk.health_changed",
                "event_domain": '[("attributes.to", "=", "critical")]',
                "owner_id": self.env.ref("base.user_admin").id,
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Plan a call for the account owner",
                "model_id": model.id,
                "base_automation_id": rule.id,
                "usage": "base_automation",
                "state": "code",
                "code": "records._demo_plan_call()",
            }
        )
        rule._act_under(CHARTER)
        return rule

    @api.model
    def _tell_runs(self):
        """Let the rules look at each past event at its time.

        What the shipped rules would change is in the story already, so they find nothing to
        do. The company's own rule plans its calls; one account has no owner to call it.
        """
        events = self._past_events()
        runs = self.env["event_hub.run"].sudo()
        runs._plan(events)
        for run in runs.search([("event_id", "in", events.ids)], order="id"):
            planned_at = run.event_id.occurred_at
            run.write({"planned_at": planned_at})
            self._react(run, planned_at + REACTED_AFTER)
        runs._tell_owners()

    @api.model
    def _react(self, run, at):
        while at:
            with past.telling(at):
                run._react()
                self.env["event_hub.event"]._flush_emitted()
            at = run.state == event_run.FAILED and run.next_try_at

    @api.model
    def _close_calls(self):
        """Calls that were due before today were made."""
        calls = self.env["mail.activity"].search(
            [
                ("res_model", "=", RULE_MODEL),
                ("date_deadline", "<", fields.Date.today()),
            ]
        )
        for call in calls:
            with past.telling(fields.Datetime.to_datetime(call.date_deadline)):
                call.action_feedback(self.env._("Called; they know what comes next."))

    # ---------------------------------------------------------------- deliveries

    @api.model
    def _tell_deliveries(self):
        """What the echo was told about each past decision. One was given up while it was down."""
        rng = random.Random(story.SEED)
        events = self._past_events()
        deliveries = self.env["event_hub.delivery"].sudo()
        deliveries._plan(events)
        told = deliveries.search([("event_id", "in", events.ids)], order="id")
        given_up = told.filtered(lambda d: d.event_type == "approval.expired")[-1:]
        for delivery in told - given_up:
            at = delivery.event_id.occurred_at
            sent = at + timedelta(seconds=rng.randrange(1, 3))
            delivery._set_state(
                delivery_policy.DELIVERED,
                attempts=1,
                planned_at=at,
                last_try_at=sent,
                delivered_at=sent,
                next_try_at=False,
                response_status=200,
                duration_ms=rng.randrange(9, 90),
            )
        if given_up:
            self._give_up(given_up)
        return told

    @api.model
    def _give_up(self, delivery):
        """All tries of this one met a receiver that was down."""
        at = delivery.event_id.occurred_at
        waits = delivery_policy.WAITS
        last = at + sum(waits, timedelta())
        with past.telling(last):
            delivery.write({"attempts": delivery_policy.MAX_TRIES, "planned_at": at})
            delivery.write({"last_try_at": last})
            delivery._record(
                delivery_policy.MAX_TRIES,
                Reply(status=DOWN, snippet="Down for maintenance", duration_ms=31),
            )
