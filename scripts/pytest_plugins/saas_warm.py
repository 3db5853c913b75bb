"""pytest plugin: what Odoo remembers of the database outlives a test, as it does in a running server.

Odoo's own runner forgets all of it after each test, so each test computes access rules, view
groups, routes and page templates anew: that takes longer than many a test. Here a rollback
brings back what was remembered where the rolled back part began, with what was read since and
before the first change that made Odoo forget. A product that does not forget what it changed
is found as before: within a test nothing differs from a server.
"""

import pytest


class Levels:
    """One cache through nested parts that are rolled back: a class of tests, and each test of it."""

    def __init__(self, cache):
        """:param cache: a mapping; it tells `forgets` before it is emptied"""
        self._cache = cache
        self._kept = []  # per level: what held before its first change, None while there was none

    def begin(self):
        self._kept.append(None)

    def forgets(self):
        """A change begins: what was remembered until now holds where this level began."""
        if self._kept and self._kept[-1] is None:
            self._kept[-1] = dict(self._cache)

    def end(self):
        """The level is rolled back."""
        kept = self._kept.pop()
        if kept is not None:
            self._cache.refill(kept)


def _remembering(LRU):  # noqa: N803
    """Odoo's class of a cache, with levels."""

    class Remembering(LRU):
        __slots__ = ("levels",)

        def __init__(self, count):
            super().__init__(count)
            self.levels = Levels(self)

        def clear(self):
            with self._lock:
                self.levels.forgets()
                super().clear()

        def refill(self, kept):
            with self._lock:
                super().clear()
                for key, value in kept.items():
                    self[key] = value

    return Remembering


def _make_caches_remember(registry):
    from odoo.tools.lru import LRU

    remembering = _remembering(LRU)
    caches = registry._Registry__caches
    for name, cache in caches.items():
        caches[name] = remembering(cache.count)
    return [cache.levels for cache in caches.values()]


def _begin(caches, add_cleanup):
    """Begin a level that ends after all clean-ups that are added later."""
    for levels in caches:
        levels.begin()
        add_cleanup(levels.end)


@pytest.fixture(scope="session", autouse=True)
def warm(load_registry):
    from odoo.modules.registry import Registry
    from odoo.tests import common

    case = common.TransactionCase
    caches = _make_caches_remember(Registry(common.get_db_name()))
    set_up_class, set_up = case.setUpClass.__func__, case.setUp

    def begin_class(cls):
        _begin(caches, cls.addClassCleanup)
        set_up_class(cls)

    def begin(self):
        _begin(caches, self.addCleanup)
        set_up(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case, "setUpClass", classmethod(begin_class))
        patch.setattr(case, "setUp", begin)
        yield
