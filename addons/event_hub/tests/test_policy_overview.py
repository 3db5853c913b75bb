import pytest

from odoo.addons.event_hub.policies import overview


@pytest.mark.parametrize(
    ("heard", "late", "exceptions", "failing", "expected"),
    [
        (False, 0, 0, 0, overview.EMPTY),
        (True, 0, 0, 0, overview.FLOWING),
        (True, 60, 0, 0, overview.FLOWING),
        (True, 0, 3, 0, overview.NEEDED),
        (False, 0, 1, 0, overview.NEEDED),
        (True, 61, 3, 1, overview.STUCK),
        (True, 0, 3, 1, overview.BROKEN),
    ],
)
def test_the_worst_is_told_first(heard, late, exceptions, failing, expected):
    state = overview.judge(
        heard=heard,
        lateness=[("messages", late), ("runs", 0)],
        exceptions=exceptions,
        failing_checks=failing,
    )
    assert state.code == expected
    assert state.late == (("messages",) if expected == overview.STUCK else ())


@pytest.mark.parametrize(
    ("done", "failed", "expected"), [(0, 0, None), (3, 1, 0.75), (0, 2, 0.0)]
)
def test_success_is_what_worked_of_what_was_tried(done, failed, expected):
    assert overview.success(done, failed) == expected
