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

POOL_SIZE = 16  # tries in the air at once
# Of them to one endpoint, so that a slow one leaves room for the others.
PER_ENDPOINT = 4
# An endpoint is slow whose try takes longer than SLOW_SECONDS, or that did not answer in the last SLOW_MINUTES.
# It has one try in the air, and all slow ones together have half of them.
SLOW_SECONDS = 2
SLOW_MINUTES = 10
ALL_SLOW = POOL_SIZE // 2
# So have the second to fourth tries of all endpoints: the rest of the pool is for those that have none in the air.
ALL_FURTHER = POOL_SIZE // 2
# An endpoint is known to which something arrived in the last KNOWN_HOURS; others have one try in the air, so that
# a few that hang do not take the room of one that is new. Slow and unknown ones together leave a quarter to those
# that are known: however many hang at one moment, these go on.
ALL_RISKY = POOL_SIZE * 3 // 4
KNOWN_HOURS = 24
LOOK_AGAIN = 1  # seconds, at most, until what came in meanwhile is sent
# About twice what one try may take; a killed try is repeated after it.
LEASE_SECONDS = 45

# Due deliveries by endpoint, oldest first: each endpoint up to its share of what is in the air, the quick before the
# slow.
LEASE = """
    WITH flying AS (
        SELECT endpoint_id, count(*) AS tries, min(last_try_at) AS since
          FROM event_hub_delivery
         WHERE state = 'pending' AND leased_until > %(now)s
      GROUP BY endpoint_id),
    ready AS (
        SELECT endpoint.id, coalesce(flying.tries, 0) AS tries,
               coalesce(flying.since <= %(slow_since)s, FALSE) OR EXISTS (
                   SELECT FROM event_hub_delivery silent
                    WHERE silent.endpoint_id = endpoint.id AND silent.state = 'pending' AND silent.attempts > 0
                      AND silent.last_try_at > %(silent_since)s AND silent.leased_until IS NULL
                      AND coalesce(silent.response_status, 0) = 0) AS slow,
               EXISTS (
                   SELECT FROM event_hub_delivery_attempt arrived
                    WHERE arrived.endpoint_id = endpoint.id AND arrived.ok
                      AND arrived.tried_at > %(known_since)s) AS known
          FROM event_hub_endpoint endpoint
     LEFT JOIN flying ON flying.endpoint_id = endpoint.id
         WHERE endpoint.active AND endpoint.state = 'live'),
    due AS (
        SELECT found.id, found.next_try_at, ready.slow, ready.known,
               ready.tries + row_number() OVER (PARTITION BY ready.id ORDER BY found.next_try_at, found.id) AS place
          FROM ready
    CROSS JOIN LATERAL (
                SELECT id, next_try_at
                  FROM event_hub_delivery
                 WHERE endpoint_id = ready.id AND state = 'pending' AND next_try_at <= %(now)s
                   AND (leased_until IS NULL OR leased_until <= %(now)s)
              ORDER BY next_try_at, id
                 LIMIT GREATEST(0, CASE WHEN ready.slow OR NOT ready.known THEN 1 ELSE %(share)s END - ready.tries)
                   FOR UPDATE SKIP LOCKED) found),
    picked AS (
        SELECT id
          FROM (SELECT due.*, row_number() OVER (PARTITION BY slow, place > 1 ORDER BY place, next_try_at) AS turn,
                       row_number() OVER (PARTITION BY known AND NOT slow ORDER BY slow, place, next_try_at) AS risk
                  FROM due) due
         WHERE (known AND NOT slow OR risk <= %(all_risky)s - (SELECT coalesce(sum(tries), 0) FROM ready
                                                                WHERE slow OR NOT known))
           AND CASE WHEN slow THEN turn <= %(all_slow)s - (SELECT coalesce(sum(tries), 0) FROM ready WHERE slow)
                    WHEN place > 1 THEN turn <= %(all_further)s - (SELECT coalesce(sum(greatest(tries - 1, 0)), 0)
                                                                     FROM ready)
                    ELSE TRUE END
      ORDER BY slow, place, next_try_at
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
        """Send what is due. Up to ``POOL_SIZE`` tries are in the air, none inside a transaction.

        When the time of this run is up, slow endpoints get no new try, and the quick are served
        until those that were in the air have landed: a receiver that hangs stops nobody else.
        """
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=self._count_due())
        flying = {}  # future: (delivery id, number of the try)
        last = None  # in the air when time was up
        sent = 0
        with ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="hub-deliver") as pool:
            while True:
                if not time_left:
                    last = set(flying) if last is None else last & set(flying)
                if time_left or last:
                    room = POOL_SIZE - len(flying)
                    for key, post in self._lease(room, quick=not time_left):
                        flying[pool.submit(http_sender.send, post)] = key
                if not flying:
                    break
                # Not for ever: what comes in meanwhile for other endpoints finds room.
                landed, _ = wait(flying, LOOK_AGAIN, return_when=FIRST_COMPLETED)
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

    def _lease(self, limit, quick=False):
        """Claim due deliveries and commit, so that nothing is held while they are sent.

        :param quick: leave slow endpoints out
        :return: list of ``((delivery id, number of the try), Post)``
        """
        claimed, posts = limit > 0, []
        while claimed and not posts:  # those that cannot be sent make room for others
            claimed, posts = self._again_on_conflict(self._claim, limit, quick)
            self.env["ir.cron"]._commit_progress()
        return posts

    def _claim(self, limit, quick=False):
        """:return: how many were claimed, and the posts of those that can be sent"""
        now = fields.Datetime.now()
        self.flush_model()
        self.env["event_hub.endpoint"].flush_model(["active", "state"])
        self.env["event_hub.delivery.attempt"].flush_model()
        self.env.cr.execute(
            LEASE,
            {
                "now": now,
                "until": now + timedelta(seconds=LEASE_SECONDS),
                "limit": limit,
                "share": PER_ENDPOINT,
                "all_slow": 0 if quick else ALL_SLOW,
                "all_further": ALL_FURTHER,
                "slow_since": now - timedelta(seconds=SLOW_SECONDS),
                "silent_since": now - timedelta(minutes=SLOW_MINUTES),
                "all_risky": ALL_RISKY,
                "known_since": now - timedelta(hours=KNOWN_HOURS),
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
