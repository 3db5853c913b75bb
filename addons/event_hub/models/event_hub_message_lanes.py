from datetime import timedelta

from odoo import api, fields, models

from .. import const
from ..policies import lanes, states

HEADS = """
    SELECT source.id, single.id, several.id
      FROM event_hub_source source
 LEFT JOIN LATERAL (
        SELECT id FROM event_hub_message
         WHERE source_id = source.id AND lane = %(lane)s AND state = 'received'
      ORDER BY id LIMIT 1) single ON true
 LEFT JOIN LATERAL (
        SELECT id FROM event_hub_message
         WHERE source_id = source.id AND lane = %(several)s AND state = 'received'
      ORDER BY id LIMIT 1) several ON true
     WHERE single.id IS NOT NULL OR several.id IS NOT NULL
"""
SOURCES = """
    SELECT id, NULL, NULL FROM event_hub_source source
     WHERE EXISTS (SELECT FROM event_hub_message WHERE source_id = source.id AND state = 'received')
"""
LOCK = (
    "SELECT key FROM unnest(%s::int[]) AS key WHERE pg_try_advisory_xact_lock(%s, key)"
)
# One message of each source, then the second one of each, and so on. What failed before has
# turns of its own: it neither waits for the others nor holds them up.
PICK = """
    WITH wanted AS (
        SELECT * FROM unnest(%(sources)s::int[], %(lanes)s::int[], %(before)s::int[]) AS w(source_id, lane, before)),
    fresh AS (
        SELECT found.id, row_number() OVER (PARTITION BY wanted.source_id ORDER BY found.id) AS turn
          FROM wanted
    CROSS JOIN LATERAL (
            SELECT id FROM event_hub_message
             WHERE source_id = wanted.source_id AND lane = wanted.lane AND state = 'received' AND id < wanted.before
          ORDER BY id LIMIT %(limit)s) found),
    again AS (
        SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY next_try_at, id) AS turn
          FROM (
            SELECT id, source_id, next_try_at FROM event_hub_message
             WHERE state = 'failed' AND next_try_at <= %(now)s AND lane = ANY(%(own)s)
          ORDER BY next_try_at, id LIMIT %(limit)s) due)
    SELECT id FROM (SELECT * FROM fresh UNION ALL SELECT * FROM again) fair ORDER BY turn, id LIMIT %(limit)s
"""
EVERY_LANE = range(lanes.LANES)


class EventHubMessage(models.Model):
    """Taking messages up: in order per case, lanes side by side, sources in turn.

    A worker holds the lanes of a source that it takes from until its transaction ends
    (advisory locks), so nobody takes a later message while an earlier one is worked on. A
    message that failed has lost its place: it blocks nobody, as late events never move state
    backwards.
    """

    _name = "event_hub.message"
    _inherit = ["event_hub.message", "event_hub.queue"]
    _hub_due_states = (states.RECEIVED, states.FAILED)

    @api.model
    def _cron_process(self, lane=0):
        """Understand what was heard; called by a Scheduled Action per lane, which the door wakes."""
        return self._work_off(self._rounds(lane), lambda: self._count_waiting(lane))

    def _rounds(self, lane):
        """Process batch by batch; give how many messages each took up."""
        while took := self._again_on_conflict(
            self._process_waiting, const.BATCH_SIZE, lane
        ):
            yield took

    @api.model
    def _count_waiting(self, lane=None):
        """:return: how many messages of ``lane``, or of all lanes, are due"""
        in_lane = [] if lane is None else [("lane", "in", (lane, lanes.SEVERAL))]
        return self.sudo().search_count(
            [
                *in_lane,
                "|",
                ("state", "=", states.RECEIVED),
                "&",
                ("state", "=", states.FAILED),
                ("next_try_at", "<=", fields.Datetime.now()),
            ]
        )

    @api.model
    def _process_waiting(self, limit=const.BATCH_SIZE, lane=None):
        """Process what is due, as one batch, without committing.

        :param lane: take from this lane only, beside other workers; None: from all of them
        :return: how many messages were taken up
        """
        batch = self.sudo()._pick(limit, lane)
        self.env["event_hub.processor"]._process(batch)
        return len(batch)

    @api.model
    def _pick(self, limit, lane=None):
        """:return: the messages to work on, oldest first, their lanes and rows locked"""
        shares, all_free = self._hold(self._shares(lane))
        if not all_free and lane is not None:
            # Whoever holds them is at work. This is for the rare moment in which two give way to each other.
            self.env["event_hub.waker"]._wake_at(
                const.CRONS_PROCESS[lane],
                fields.Datetime.now() + timedelta(seconds=const.BLOCKED_SECONDS),
            )
        wanted = [
            (share.source_id, from_lane, share.before)
            for share in shares
            for from_lane in share.taken_from
        ]
        own = (*EVERY_LANE, lanes.SEVERAL) if lane is None else (lane, lanes.SEVERAL)
        self.env.cr.execute(
            PICK,
            {
                "sources": [source for source, _lane, _before in wanted],
                "lanes": [from_lane for _source, from_lane, _before in wanted],
                "before": [before for _source, _lane, before in wanted],
                "own": list(own),
                "now": fields.Datetime.now(),
                "limit": limit,
            },
        )
        return self._lock_due([row[0] for row in self.env.cr.fetchall()])

    def _wake_for_next_try(self):
        for message in self.filtered("next_try_at"):
            lane = lanes.lane_to_wake(message.lane, message.id)
            self.env["event_hub.waker"]._wake_at(
                const.CRONS_PROCESS[lane], message.next_try_at
            )

    def _shares(self, lane):
        """:return: list of ``Share``: what the worker of ``lane`` would take, if it is free"""
        self.flush_model(["state", "next_try_at"])
        query = SOURCES if lane is None else HEADS
        self.env.cr.execute(query, {"lane": lane, "several": lanes.SEVERAL})
        return [lanes.share(lanes.Head(*row), lane) for row in self.env.cr.fetchall()]

    def _hold(self, shares):
        """Hold the lanes of ``shares`` until this transaction ends, as far as they are free.

        :return: ``(the shares that are held, whether these are all)``
        """
        keys = {_key(s.source_id, s.lanes[0]): s for s in shares if not s.whole}
        held = [keys[key] for key in self._try_lock(list(keys))]
        held += [s for s in shares if s.whole and self._hold_whole(s)]
        return held, len(held) == len(shares)

    def _hold_whole(self, share):
        """Hold all lanes of a source, or none: half of them would only be in the way of others."""
        savepoint = self.env.cr.savepoint(flush=False)
        # One by one in a fixed order: of several that try, one gets past the first lane.
        free = all(
            self._try_lock([_key(share.source_id, lane)]) for lane in share.lanes
        )
        savepoint.close(rollback=not free)
        return free

    def _try_lock(self, keys):
        """:return: those of ``keys`` that are ours now"""
        if not keys:
            return []
        self.env.cr.execute(LOCK, [keys, const.LANE_LOCK])
        return [row[0] for row in self.env.cr.fetchall()]


def _key(source_id, lane):
    return source_id * lanes.LANES + lane
