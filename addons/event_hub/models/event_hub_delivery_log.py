# The log of deliveries stands in one file: what is kept of a try, and the end of an endpoint that never answers.
# pylint: disable=consider-merging-classes-inherited
import json

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..policies import delivery as policy
from ..policies.arguments import MAYBE_TEXT
from ..policies.delivery import DEAD, DELIVERED
from ..tools.arguments import takes


class EventHubDelivery(models.Model):
    """What each try sent and what came back, and the end of an endpoint that never answers."""

    _inherit = "event_hub.delivery"

    attempt_ids = fields.One2many(
        "event_hub.delivery.attempt", "delivery_id", "Each Try", readonly=True
    )
    request_body = fields.Text(
        compute="_compute_request_body",
        groups="event_hub.group_hub_admin",
        help="The same bytes in every try, indented for reading.",
    )

    def _compute_request_body(self):
        for delivery in self:
            event = delivery.event_id.exists()
            body = delivery.endpoint_id.sudo()._wire_body(event) if event else b"null"
            delivery.request_body = (
                json.dumps(json.loads(body), indent=2, ensure_ascii=False)
                if event
                else self.env._("The event is no longer in the ledger.")
            )

    def _settle(self, tries, reply, why=None):
        outcome = super()._settle(tries, reply, why)
        if outcome:
            attempts = self.env["event_hub.delivery.attempt"].sudo()
            attempts._note(self, tries, reply, outcome, ours=bool(why))
        return outcome

    def _tell_of(self, outcome):
        told = super()._tell_of(outcome)
        if outcome and outcome.state != DELIVERED and not outcome.disable_endpoint:
            self.endpoint_id._disable_if_failing_for_days()
        return told


class EventHubEndpoint(models.Model):
    _inherit = "event_hub.endpoint"

    def _disable_if_failing_for_days(self):
        """Switch off what did not take a single delivery on five days in a row, and tell the owner."""
        today = fields.Datetime.now().date()
        for endpoint in self:
            days = (
                self.env["event_hub.delivery.attempt"]
                .sudo()
                ._failing_days(endpoint, today)
            )
            if policy.failed_for_days(days, today):
                endpoint._disable(
                    self.env._(
                        "Every try failed on %(days)s days in a row. Mend the receiver, enable the endpoint, then"
                        " retry what was given up.",
                        days=policy.FAILING_DAYS,
                    )
                )

    def action_retry_dead(self):
        """Send again all that was given up for these endpoints, from the start."""
        return self._retry([("state", "=", DEAD)])

    @takes(date_from=MAYBE_TEXT, date_to=MAYBE_TEXT)
    def action_retry_period(self, date_from=None, date_to=None):
        """Send again what was planned in a period and has not arrived.

        :param date_from: and ``date_to``: UTC, ISO 8601; both optional, the end exclusive
        """
        domain = [("state", "!=", DELIVERED)]
        for operator, moment in ((">=", date_from), ("<", date_to)):
            if moment:
                domain.append(("planned_at", operator, self._moment(moment)))
        return self._retry(domain)

    def _moment(self, text):
        try:
            return policy.parse_moment(text)
        except ValueError as error:
            raise UserError(
                self.env._("“%(text)s” is no time in ISO 8601.", text=text[:50])
            ) from error

    def _retry(self, domain):
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "Only administrators of the event hub may send deliveries again."
                )
            )
        self.check_access("read")
        deliveries = self.env["event_hub.delivery"].search(
            [("endpoint_id", "in", self.ids), *domain]
        )
        if not deliveries:
            raise UserError(
                self.env._("There is nothing to send again: all of it has arrived.")
            )
        return deliveries.action_retry()

    def action_ask_retry_period(self):
        """:return: the wizard that asks for the period"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Again to %(name)s", name=self.name),
            "res_model": "event_hub.retry_period",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_endpoint_id": self.id},
        }
