"""What every server process remembers of tables that rarely change.

Threads share Odoo's cache. One whose transaction began before a change was committed reads
the old rows, and would put them there after the change had dropped them: for good. So what
a transaction reads is remembered only if it sees every change that this process committed,
and one that makes a change itself neither uses nor fills what all share.
"""

from __future__ import annotations

import threading

from odoo.tools import SQL, ormcache

from ..policies.seen_changes import Changes

MINE = "event_hub.changed"  # in the cursor's cache: names of the caches whose rows it changed

_changes: dict[tuple[str, str], Changes] = {}  # by database and name of the cache
_lock = threading.Lock()


def forget(env, name="default"):
    """Drop what is remembered, now and once more after the commit.

    :param name: Odoo's name of the cache; ``stable`` outlives writes that forget the default one
    """
    env.registry.clear_cache(name)
    mine = env.cr.cache.setdefault(MINE, set())
    if name in mine:
        return
    mine.add(name)
    ((change,),) = env.execute_query(SQL("SELECT pg_current_xact_id()::text::bigint"))
    env.cr.postcommit.add(lambda: _committed(env, name, change))
    env.cr.postrollback.add(lambda: mine.discard(name))


def _committed(env, name, change):
    key = env.registry.db_name, name
    with _lock:
        _changes[key] = _changes.get(key, Changes()).after(change)
        env.registry.clear_cache(name)
    env.cr.cache.get(MINE, set()).discard(name)


class remembered(ormcache):
    """Odoo's ``ormcache`` for rows whose every change calls ``forget``; see above."""

    def lookup(self, *args, **kwargs):
        model = args[0]
        if self.cache_name in model.env.cr.cache.get(MINE, ()):
            return self.method(*args, **kwargs)
        shared = model.pool._Registry__caches[self.cache_name]
        key = self.key(*args, **kwargs)
        try:
            return shared[key]
        except KeyError:
            return self._read(model.env, shared, key, self.method, args, kwargs)

    def _read(self, env, shared, key, method, args, kwargs):
        place = env.registry.db_name, self.cache_name
        known = _changes.get(place)
        value = method(*args, **kwargs)
        if known is None or _sees(env, known):
            with _lock:
                if _changes.get(place) is known:
                    shared[key] = value
        return value


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
