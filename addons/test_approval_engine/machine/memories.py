"""What is in memory stays there where what comes next is undone: reading it again is most of the time."""

from contextlib import contextmanager

from odoo.addons.event_hub.tools import caches


class Memories:
    """What the process remembers of people, rights and settings, as it was when nothing had happened."""

    def __init__(self, env):
        self._cr = env.cr
        self._caches = env.registry._Registry__caches
        self._kept = {}

    def keep(self):
        self._kept = {
            name: list(cache.snapshot.items()) for name, cache in self._caches.items()
        }

    def restore(self):
        for name, cache in self._caches.items():
            cache.clear()
            for key, value in self._kept.get(name, ()):
                cache[key] = value

    def as_after_commit(self):
        """Go on as a transaction that began after what was put in force: it remembers what all others do."""
        self._cr.postcommit.data.pop(caches.MINE, None)
        self.restore()


@contextmanager
def rows_kept(env):
    """Rows in memory are those of before again, if what is done here is undone by an error."""
    rows = known_rows(env)
    try:
        yield
    except Exception:
        put_back(env, rows)
        raise


def known_rows(env):
    """:return: a copy of what is in memory, when all of it is in the database"""
    env.cr.flush()
    return _copy(env)


def put_back(env, rows):
    """To be called after what came since was undone."""
    env.cr.clear()
    env.transaction.field_data.update(rows)


def _copy(env):
    """What is known by context, or in several languages, is a level deeper."""
    by_context = env.registry.field_depends_context
    return {
        field: {k: dict(v) if isinstance(v, dict) else v for k, v in known.items()}
        if field in by_context or field.translate
        else dict(known)
        for field, known in env.transaction.field_data.items()
    }
