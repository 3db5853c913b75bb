import logging
import random
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..policies import delivery as policy
from ..policies import net_address, outgoing
from ..policies.delivery import DEAD, DELIVERED, PENDING
from ..tools import http_sender, settings
from .event_hub_endpoint import LIVE

_logger = logging.getLogger(__name__)

POOL_SIZE = 8  # tries in the air at once
# Of them to one endpoint, so that a slow one leaves room for the others.
PER_ENDPOINT = 4
# About twice what one try may take; a killed try is repeated after it.
LEASE_SECONDS = 45

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
    """Sending: lease and commit, post outside any transaction, write down what came of it."""

    _inherit = "event_hub.delivery"

    @api.model
    def _cron_deliver(self):
        """Send what is due. Up to eight tries are in the air, none inside a transaction."""
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=self._count_due())
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
        left = self._count_due() if sent else 0
        cron._commit_progress(remaining=left)
        return True

    def _due_domain(self):
        return [
            *super()._due_domain(),
            ("endpoint_id.active", "=", True),
            ("endpoint_id.state", "=", LIVE),
            "|",
            ("leased_until", "=", False),
            ("leased_until", "<=", fields.Datetime.now()),
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
            why = self.env._(
                "It could not be sent because of a problem on our side: %(kind)s. The server's log tells more.",
                kind=type(error).__name__,
            )
            self._tell_of(self._settle(tries, http_sender.Reply(), why))

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
        self._tell_of(self._settle(tries, reply))

    def _tell_of(self, outcome):
        """Tell whom it concerns what a try led to; None: it led to nothing."""
        if outcome and outcome.disable_endpoint:
            self.endpoint_id._disable(self.error)
        elif outcome and outcome.state == DEAD:
            self.endpoint_id._tell_owner(
                self.env._("Deliveries were given up"),
                self.env._(
                    "Event %(type)s could not be delivered in %(tries)s tries. Last problem: %(error)s",
                    type=self.event_type,
                    tries=self.attempts,
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
        self._wake_for_next_try()
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
