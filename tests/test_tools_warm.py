"""What the layers on Odoo remember from test to test: nothing that a rolled back change made."""

import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts" / "pytest_plugins"))
from saas_warm import Levels  # noqa: E402


class Cache(dict):
    """As Odoo's caches: emptied by whoever changes something."""

    def __init__(self):
        self.levels = Levels(self)

    def clear(self):
        self.levels.forgets()
        super().clear()

    def refill(self, kept):
        super().clear()
        self.update(kept)


@pytest.fixture
def cache():
    return Cache()


def test_what_was_read_before_any_change_stays(cache):
    cache.levels.begin()
    cache["read"] = 1
    cache.levels.end()
    assert cache == {"read": 1}


def test_what_was_read_after_a_change_goes_with_it(cache):
    cache["before"] = 1
    cache.levels.begin()
    cache["then"] = 2
    cache.clear()
    cache["then"] = cache["changed"] = 3
    cache.clear()
    cache["changed"] = 4
    cache.levels.end()
    assert cache == {"before": 1, "then": 2}


def test_a_test_brings_back_what_its_class_changed_and_the_class_what_was_before(cache):
    cache["base"] = 1
    cache.levels.begin()
    cache.clear()
    cache["class"] = 2
    for _test in range(2):
        cache.levels.begin()
        cache["read"] = 3
        cache.clear()
        cache["test"] = 4
        cache.levels.end()
        assert cache == {"class": 2, "read": 3}
    cache.levels.end()
    assert cache == {"base": 1}


def test_what_a_class_reads_before_its_change_holds_after_it_too(cache):
    cache.levels.begin()
    cache.levels.begin()
    cache["read"] = 1
    cache.levels.end()
    cache.clear()
    cache.levels.end()
    assert cache == {"read": 1}
