# The gates go past their own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
import logging
import random
import time
import uuid
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..fields import LooseMany2one
from ..policies import delivery as policy
from ..policies import net_address, outgoing, patterns
from ..policies.delivery import DEAD, DELIVERED, PENDING
from ..tools import http_sender, settings
from .event_hub_endpoint import LIVE, TEST_TYPE

_logger = logging.getLogger(__name__)

CRON = "event_hub.ir_cron_deliver"
POOL_SIZE = 8  # tries in the air at once
PER_ENDPOINT = (
    4  # of them to one endpoint, so that a slow one leaves room for the others
)
LEASE_SECONDS = (
    45  # about twice what one try may take; a killed try is repeated after it
)
CONCURRENCY_TRIES = 5

INSERT = """
    INSERT INTO event_hub_delivery (
        endpoint_id, event_id, event_type, webhook_id, state, attempts, planned_at, next_try_at,
        correlation, company_id)
    VALUES %s ON CONFLICT (endpoint_id, event_id) DO NOTHING RETURNING id
"""
# Due deliveries by endpoint, oldest first, each endpoint up to its share of what is in the air.
LEASE = """
    WITH picked AS (
        SELECT due.id
          FROM event_hub_endpoint endpoint
    CROSS JOIN LATERAL (
            SELECT locked.id, locked.next_try_at, row_number() OVER (ORDER BY locked.next_try_at, locked.id) AS place
              FROM (
                SELECT id, next_try_at
                  FROM event_hub_delivery
                 WHERE endpoint_id = endpoint.id AND state = 'pending' AND next_try_at <= %(now)s
                   AND (leased_until IS NULL OR leased_until <= %(now)s)
              ORDER BY next_try_at, id
                 LIMIT GREATEST(0, %(share)s - (
                    SELECT count(*) FROM event_hub_delivery flying
                     WHERE flying.endpoint_id = endpoint.id AND flying.state = 'pending'
                       AND flying.leased_until > %(now)s))
                   FOR UPDATE SKIP LOCKED) locked) due
         WHERE endpoint.active AND endpoint.state = 'live'
      ORDER BY due.place, due.next_try_at
         LIMIT %(limit)s)
    UPDATE event_hub_delivery delivery
       SET leased_until = %(until)s, attempts = attempts + 1, last_try_at = %(now)s
      FROM picked
     WHERE delivery.id = picked.id
 RETURNING delivery.id
"""


class EventHubDelivery(models.Model):
    """The outbox: one event on its way to one endpoint. Times are naive UTC.

    A row is written in the transaction that records the event. A try is leased and
    committed, then made outside any transaction, then its outcome is written; a try whose
    process died is made again when the lease ends, under the same webhook id.
    """

    _name = "event_hub.delivery"
    _inherit = ["event_hub.loose"]
    _description = "Delivery"
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
    _dead_idx = models.Index("(planned_at) WHERE state = 'dead'")

    # ------------------------------------------------------------------ the gate

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(
            self.env._(
                "Deliveries are planned when events are recorded and cannot be created by hand."
            )
        )

    def write(self, vals):
        if "state" in vals:
            raise UserError(
                self.env._(
                    "The state of a delivery follows from its tries. Use Retry Now to send it again."
                )
            )
        return super().write(vals)

    def _set_state(self, state, **vals):
        """Move all of ``self`` to ``state``.

        :return: the deliveries that moved; those whose state does not allow it are left alone
        """
        movable = self.filtered(
            lambda delivery: state in policy.TRANSITIONS[delivery.state]
        )
        super(EventHubDelivery, movable).write({"state": state, **vals})
        return movable

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
        self.env["event_hub.waker"]._wake(CRON)
        return True

    def _check_may_retry(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "Only administrators of the event hub may send deliveries again."
                )
            )

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
        return self._insert(wanted)

    def _insert(self, wanted):
        """:param wanted: list of ``(event, endpoint id)``"""
        if not wanted:
            return True
        now = fields.Datetime.now()
        self.env.cr.execute_values(
            INSERT,
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
            ],
            page_size=500,
            fetch=True,
        )
        self.env["event_hub.waker"]._wake(CRON)
        return True

    # ------------------------------------------------------------------- delivering

    @api.model
    def _cron_deliver(self):
        """Send what is due. Up to eight tries are in the air, none inside a transaction."""
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(
            remaining=self.search_count(self._due_domain())
        )
        flying = {}  # future: (delivery id, number of the try)
        sent = 0
        with ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="hub-deliver") as pool:
            while True:
                if time_left:
                    for key, post in self._lease(POOL_SIZE - len(flying)):
                        flying[pool.submit(http_sender.send, post)] = key
                if not flying:
                    break
                landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                replies = [(flying.pop(future), future.result()) for future in landed]
                self._again_on_conflict(self._record_all, replies)
                time_left = cron._commit_progress(len(landed))
                sent += len(landed)
        # What came in after an empty look has a wake-up of its own.
        left = self.search_count(self._due_domain()) if sent else 0
        cron._commit_progress(remaining=left)
        return True

    def _due_domain(self):
        now = fields.Datetime.now()
        return [
            ("state", "=", PENDING),
            ("next_try_at", "<=", now),
            ("endpoint_id.active", "=", True),
            ("endpoint_id.state", "=", LIVE),
            "|",
            ("leased_until", "=", False),
            ("leased_until", "<=", now),
        ]

    def _lease(self, limit):
        """Claim due deliveries and commit, so that nothing is held while they are sent.

        :return: list of ``((delivery id, number of the try), Post)``
        """
        claimed, posts = limit > 0, []
        while claimed and not posts:  # those that cannot be sent make room for others
            claimed, posts = self._again_on_conflict(self._claim, limit)
            self.env["ir.cron"]._commit_progress()
        return posts

    def _claim(self, limit):
        """:return: how many were claimed, and the posts of those that can be sent"""
        now = fields.Datetime.now()
        self.flush_model()
        self.env["event_hub.endpoint"].flush_model(["active", "state"])
        self.env.cr.execute(
            LEASE,
            {
                "now": now,
                "until": now + timedelta(seconds=LEASE_SECONDS),
                "limit": limit,
                "share": PER_ENDPOINT,
            },
        )
        deliveries = self.browse(row[0] for row in self.env.cr.fetchall())
        deliveries.invalidate_recordset()
        return len(deliveries), deliveries._posts(int(time.time()))

    def _again_on_conflict(self, work, *args):
        """Do ``work(*args)`` and flush; roll back and do it again if somebody changed the same rows meanwhile."""
        for left in reversed(range(CONCURRENCY_TRIES)):
            try:
                result = work(*args)
                self.env.cr.flush()
                return result
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                if not left:
                    raise
                time.sleep(random.uniform(0, 0.1 * 2 ** (CONCURRENCY_TRIES - left)))

    def _posts(self, timestamp):
        allow_hosts = settings.allow_hosts()
        alive = self.event_id.exists()
        orphans = self.filtered(lambda delivery: delivery.event_id not in alive)
        orphans._give_up(self.env._("The event is no longer in the ledger."))
        posts = []
        for delivery in self - orphans:
            with delivery._alone(delivery.attempts):
                post = delivery._post(timestamp, allow_hosts)
                posts.append(((delivery.id, delivery.attempts), post))
        return posts

    @contextmanager
    def _alone(self, tries):
        """What goes wrong inside is a failed try of this delivery, and of no other."""
        try:
            with self.env.cr.savepoint():
                yield
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # whatever it is, the outbox goes on without it
            _logger.exception("Delivery %s failed on our side.", self.webhook_id)
            self._settle(
                tries,
                http_sender.Reply(),
                self.env._(
                    "It could not be sent because of a problem on our side: %(kind)s. The server's log tells more.",
                    kind=type(error).__name__,
                ),
            )

    def _post(self, timestamp, allow_hosts):
        """:return: the ``Post`` of one try: everything the sending thread needs, no record among it"""
        self.ensure_one()
        body = self.endpoint_id._wire_body(self.event_id)
        return http_sender.Post(
            target=net_address.parse_target(self.endpoint_id.url),
            body=body,
            headers=outgoing.headers(
                self.endpoint_id._live_secrets(fields.Datetime.now()),
                self.webhook_id,
                timestamp,
                body,
                self.correlation or "",
                self.attempts,
            ),
            allow_hosts=allow_hosts,
        )

    # --------------------------------------------------------------------- outcomes

    def _record_all(self, landed):
        """:param landed: list of ``((delivery id, number of the try), Reply)``"""
        for (id_, tries), reply in landed:
            delivery = self.browse(id_)
            with delivery._alone(tries):
                delivery._record(tries, reply)

    def _record(self, tries, reply):
        """Write what one try led to, and tell whom it concerns."""
        outcome = self._settle(tries, reply)
        if outcome and outcome.disable_endpoint:
            self.endpoint_id._disable(self.error)
        elif outcome and outcome.state == DEAD:
            self.endpoint_id._tell_owner(
                self.env._("Deliveries were given up"),
                self.env._(
                    "Event %(type)s could not be delivered in %(tries)s tries. Last problem: %(error)s",
                    type=self.event_type,
                    tries=tries,
                    error=self.error,
                ),
            )

    def _settle(self, tries, reply, why=None):
        """Write what one try led to, unless the delivery went on without it.

        :param tries: the number of the try; another number now means that its lease ended and
            somebody else took over
        :param why: what went wrong, if the reply does not tell
        :return: the ``Outcome``, None if nothing was written
        """
        if not self.exists() or self.attempts != tries or self.state != PENDING:
            return None
        now = fields.Datetime.now()
        answer = policy.Answer(
            reply.status, reply.retry_after, refused=bool(reply.refused_address)
        )
        outcome = policy.decide(answer, tries=tries, now=now, jitter=random.random())
        self._set_state(
            outcome.state,
            error=why or self._words(outcome, reply),
            response_status=reply.status or 0,
            duration_ms=reply.duration_ms,
            leased_until=False,
            delivered_at=now if outcome.state == DELIVERED else False,
            next_try_at=outcome.next_try_at.replace(microsecond=0)
            if outcome.next_try_at
            else False,
        )
        return outcome

    def _words(self, outcome, reply):
        """:return: what went wrong, for whoever looks after the endpoint; False if nothing did"""
        words = {
            policy.GONE: self.env._(
                "The receiver answered 410 Gone, so the endpoint was disabled."
            ),
            policy.REDIRECT: self.env._(
                "The receiver answered HTTP %(status)s, a redirect. Redirects are not followed: enter the final URL.",
                status=reply.status,
            ),
            policy.HTTP_ERROR: self.env._(
                "The receiver answered HTTP %(status)s. %(snippet)s",
                status=reply.status,
                snippet=reply.snippet,
            ).strip(),
            policy.NO_ANSWER: self.env._("No answer: %(error)s", error=reply.error),
        }
        if outcome.problem == policy.REFUSED_ADDRESS:
            target = net_address.parse_target(self.endpoint_id.url)
            return self.endpoint_id._refusal_words(target, reply.refused_address)
        return words.get(outcome.problem, False)

    def action_open_story(self):
        """:return: action that opens every event with this delivery's correlation"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [("correlation", "=", self.correlation)]
        return action
