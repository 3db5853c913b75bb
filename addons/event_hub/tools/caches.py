"""What every server process remembers of tables that rarely change.

Threads share Odoo's cache. One whose transaction began before a change was committed reads
the old rows, and would put them there after the change had dropped them: for good. So what
a transaction reads is remembered only if it sees every change that this process committed,
and one that makes a change itself neither uses nor fills what all share: it remembers for
itself, up to its next savepoint.
"""

from __future__ import annotations

import threading
from itertools import count

from odoo.tools import SQL, ormcache

from ..policies.seen_changes import Changes

STABLE = "stable"  # Odoo's name of the cache that outlives most changes
MINE = "event_hub.changed"  # names of the caches whose rows a transaction changed

_changes: dict[tuple[str, str], Changes] = {}  # by database and name of the cache
_calls = count(1)  # of `forget`, in this process
_last_call = 0
_lock = threading.Lock()


def forget(env, name="default"):
    """Drop what is remembered, now and once more after the commit. To be called after the change.

    :param name: Odoo's name of the cache; ``stable`` outlives writes that forget the default one
    """
    global _last_call
    _last_call = next(_calls)
    env.registry.clear_cache(name)
    mine = env.cr.postcommit.data.setdefault(MINE, set())
    if name not in mine:
        mine.add(name)
        ((change,),) = env.execute_query(
            SQL("SELECT pg_current_xact_id()::text::bigint")
        )
        env.cr.postcommit.add(lambda: _committed(env.registry, name, change))


def _committed(registry, name, change):
    key = registry.db_name, name
    with _lock:
        _changes[key] = _changes.get(key, Changes()).after(change)
        registry.clear_cache(name)
    if registry.ready:
        # Scheduled Actions tell other processes before they commit, scripts never do.
        registry.signal_changes()


class remembered(ormcache):
    """Odoo's ``ormcache`` for rows whose every change calls ``forget``; see above."""

    def lookup(self, *args, **kwargs):
        env, registry = args[0].env, args[0].pool
        shared = registry._Registry__caches[self.cache_name]
        key = self.key(*args, **kwargs)
        own = self.cache_name in env.cr.postcommit.data.get(MINE, ())
        # Odoo empties `data` when a savepoint begins and when it is rolled back.
        found = _own(env.cr) if own else shared
        try:
            return found[key]
        except KeyError:
            value = self._read(env, shared, key, own, args, kwargs)
        if own:
            found[key] = value
        return value

    def _read(self, env, shared, key, own, args, kwargs):
        place = env.registry.db_name, self.cache_name
        known = _changes.get(place)
        value = self.method(*args, **kwargs)
        if not own and (known is None or _sees(env, known)):
            with _lock:
                if _changes.get(place) is known:
                    shared[key] = value
        return value


def _own(cr):
    """:return: what this transaction remembers for itself; nothing after a call of ``forget``, whoever made it

    In a test several cursors share a transaction.
    """
    call, found = cr.precommit.data.get(MINE, (0, {}))
    if call != _last_call:
        found = {}
        cr.precommit.data[MINE] = _last_call, found
    return found


def _sees(env, changes):
    """:return: whether this transaction reads what all of ``changes`` wrote"""
    ((answer,),) = env.execute_query(
        SQL(
            """
            SELECT pg_snapshot_xmin(mine)::text::bigint > %s AND NOT EXISTS (
                       SELECT FROM unnest(%s::xid8[]) change
                        WHERE NOT pg_visible_in_snapshot(change, mine)
                          AND change IS DISTINCT FROM pg_current_xact_id_if_assigned())
              FROM pg_current_snapshot() mine
            """,
            changes.settled,
            [str(change) for change in changes.recent],
        )
    )
    return answer
