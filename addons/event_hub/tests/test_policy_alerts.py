import pytest

from odoo.addons.event_hub.policies import alerts
from odoo.addons.event_hub.policies.alerts import AGE, DEPTH, FIRING, RECOVERED

LIMITS = alerts.Limits(age_seconds=100, depth=10)


@pytest.mark.parametrize(
    ("firing", "depth", "age", "expected"),
    [
        (False, 0, 0, None),
        (False, 10, 100, None),
        (False, 11, 0, alerts.Change(FIRING, (DEPTH,))),
        (False, 1, 100.1, alerts.Change(FIRING, (AGE,))),
        (False, 11, 101, alerts.Change(FIRING, (AGE, DEPTH))),
        # it fires once, and neither hovering at a threshold nor a short dip fires it again
        (True, 11, 101, None),
        (True, 10, 100, None),
        (True, 9, 0, None),
        (True, 0, 81, None),
        (True, 8, 80, alerts.Change(RECOVERED)),
        (True, 0, 0, alerts.Change(RECOVERED)),
    ],
)
def test_it_fires_above_a_limit_and_ends_well_below_it(firing, depth, age, expected):
    assert alerts.decide(firing=firing, depth=depth, age=age, limits=LIMITS) == expected


def test_without_limits_nothing_fires_and_what_fired_ends():
    off = alerts.Limits()
    assert alerts.decide(firing=False, depth=10**6, age=10**6, limits=off) is None
    ended = alerts.decide(firing=True, depth=10**6, age=10**6, limits=off)
    assert ended == alerts.Change(RECOVERED)


def test_each_state_has_a_name_and_a_way_out():
    assert {code for code, _label in alerts.STATES} == set(alerts.TRANSITIONS)
