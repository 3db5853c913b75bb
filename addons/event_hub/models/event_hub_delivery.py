import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import LooseMany2one
from ..policies import delivery as policy
from ..policies import patterns
from ..policies.delivery import DEAD, PENDING
from .event_hub_endpoint import LIVE, TEST_TYPE

CRON = "event_hub.ir_cron_deliver"


class EventHubDelivery(models.Model):
    """The outbox: one event on its way to one endpoint. Times are naive UTC.

    A row is written in the transaction that records the event. A try is leased and
    committed, then made outside any transaction, then its outcome is written; a try whose
    process died is made again when the lease ends, under the same webhook id.
    """

    _name = "event_hub.delivery"
    _inherit = ["event_hub.planned"]
    _description = "Delivery"
    _hub_cron = CRON
    _hub_due_states = (PENDING,)
    _hub_transitions = policy.TRANSITIONS
    _hub_once = ("endpoint_id", "event_id")
    _hub_columns = (
        *("endpoint_id", "event_id", "event_type", "webhook_id", "state", "attempts"),
        *("planned_at", "next_try_at", "correlation", "company_id"),
    )
    _order = "id desc"
    _rec_name = "webhook_id"
    _log_access = False

    endpoint_id = fields.Many2one(
        "event_hub.endpoint", required=True, readonly=True, ondelete="restrict"
    )
    event_id = LooseMany2one(
        "event_hub.event", "Event", required=True, readonly=True, index=True
    )
    event_type = fields.Char(readonly=True)
    webhook_id = fields.Char(
        "Request Id", required=True, readonly=True, help="The same in every try."
    )
    state = fields.Selection(
        policy.STATES, required=True, readonly=True, default=PENDING
    )
    attempts = fields.Integer("Tries", readonly=True)
    planned_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    next_try_at = fields.Datetime("Next Try", readonly=True)
    leased_until = fields.Datetime(readonly=True)
    last_try_at = fields.Datetime("Last Try", readonly=True)
    delivered_at = fields.Datetime(readonly=True)
    correlation = fields.Char(readonly=True, index=True)
    response_status = fields.Integer("HTTP Status", readonly=True, aggregator=None)
    error = fields.Text("Problem", readonly=True)
    duration_ms = fields.Integer("Duration (ms)", readonly=True, aggregator="avg")
    company_id = LooseMany2one("res.company", "Company", readonly=True)

    _endpoint_event_uniq = models.Constraint(
        "UNIQUE(endpoint_id, event_id)", "An event goes once to an endpoint."
    )
    _webhook_id_uniq = models.Constraint(
        "UNIQUE(webhook_id)", "A request id names one delivery."
    )
    _due_idx = models.Index("(endpoint_id, next_try_at, id) WHERE state = 'pending'")
    _leased_idx = models.Index(
        "(endpoint_id, last_try_at) WHERE state = 'pending' AND leased_until IS NOT NULL"
    )
    _tried_idx = models.Index(
        "(endpoint_id, last_try_at) WHERE state = 'pending' AND attempts > 0"
    )
    _dead_idx = models.Index("(planned_at) WHERE state = 'dead'")

    def _give_up(self, why):
        return self._set_state(DEAD, error=why, leased_until=False, next_try_at=False)

    def action_retry(self):
        """Send now what waits or was given up; a dead delivery starts over with all its tries."""
        self._check_may_retry()
        movable = self.sudo().filtered(
            lambda delivery: delivery.state in (PENDING, DEAD)
        )
        if not movable:
            raise UserError(
                self.env._(
                    "These deliveries have arrived; there is nothing to send again."
                )
            )
        off = movable.endpoint_id.filtered(
            lambda endpoint: endpoint.state != LIVE or not endpoint.active
        )
        if off:
            raise UserError(
                self.env._(
                    "%(names)s: the endpoint is switched off. Enable it, then retry.",
                    names=", ".join(off.mapped("name")),
                )
            )
        now = fields.Datetime.now()
        in_the_air = movable.filtered(
            lambda delivery: delivery.leased_until and delivery.leased_until > now
        )
        waiting = movable - in_the_air
        waiting.filtered(lambda delivery: delivery.state == DEAD)._set_state(
            PENDING, attempts=0
        )
        waiting.write({"next_try_at": now})
        return self._wake()

    # -------------------------------------------------------------------- planning

    @api.model
    def _plan(self, events):
        """Plan what ``events`` ask for; called by the ledger in the transaction that writes them.

        :param events: new ledger events, none of them history, in superuser mode
        """
        targets = self.env["event_hub.endpoint"]._targets()
        heard = {}  # type: [(endpoint id, company id)]
        wanted = []
        for event in events if targets else ():
            if event.type == TEST_TYPE:
                continue
            if event.type not in heard:
                heard[event.type] = [
                    (id_, company)
                    for id_, pattern, company in targets
                    if patterns.matches(pattern, event.type)
                ]
            own = event.company_id.id
            wanted.extend(
                (event, id_)
                for id_, company in heard[event.type]
                if not (company and own) or company == own
            )
        return self._queue(wanted)

    def _queue(self, wanted):
        """:param wanted: list of ``(event, endpoint id)``"""
        now = fields.Datetime.now()
        return self._insert(
            [
                (
                    endpoint_id,
                    event.id,
                    event.type,
                    f"msg_{uuid.uuid4().hex}",
                    PENDING,
                    0,
                    now,
                    now,
                    event.correlation,
                    event.company_id.id or None,
                )
                for event, endpoint_id in wanted
            ]
        )

    # --------------------------------------------------------------------- display

    def action_open_story(self):
        """:return: action that opens every event with this delivery's correlation"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [("correlation", "=", self.correlation)]
        return action
