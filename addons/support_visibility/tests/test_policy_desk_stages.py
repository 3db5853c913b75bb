import pytest

from odoo.addons.support_visibility.policies.desk.stages import (
    Stage,
    after_change_of_team,
    first,
    lacking,
)

DESK, LAB, FIELD = 1, 2, 3
NEW = Stage(10, "new")
OPEN = Stage(20, "open")
TESTING = Stage(21, "open", frozenset({LAB}))
TRAVEL = Stage(22, "open", frozenset({FIELD, LAB}))
ALL = [NEW, OPEN, TESTING, TRAVEL]
OWN = [NEW, TESTING, TRAVEL]  # nobody's open stage is everybody's


@pytest.mark.parametrize(
    ("stages", "state", "team_id", "expected"),
    [
        (ALL, "new", DESK, 10),
        (ALL, "open", DESK, 20),
        (ALL, "open", LAB, 20),
        (ALL[::-1], "open", LAB, 22),
        (ALL[::-1], "open", DESK, 20),
        (OWN, "open", LAB, 21),
        (OWN, "open", FIELD, 22),
        (OWN, "open", DESK, None),
        (OWN, "open", None, 21),
        (ALL, "solved", DESK, None),
        ([], "new", None, None),
    ],
)
def test_the_first_stage_a_team_has(stages, state, team_id, expected):
    assert first(stages, state, team_id) == expected


@pytest.mark.parametrize(
    ("stage_id", "team_id", "expected"),
    [
        (20, LAB, 20),
        (21, LAB, 21),
        (21, DESK, 20),
        (22, FIELD, 22),
        (22, DESK, 20),
        (99, DESK, 20),
        (21, None, 20),
    ],
)
def test_a_change_of_team_keeps_the_stage_if_it_can(stage_id, team_id, expected):
    assert after_change_of_team(ALL, stage_id, "open", team_id) == expected


def test_what_is_lacking_is_told_by_team_and_state():
    assert lacking(ALL, ["new", "open"], [DESK, LAB]) == []
    assert lacking(OWN, ["new", "open"], [DESK, LAB]) == [(DESK, "open")]
    assert lacking(OWN, ["new", "solved"], [DESK, LAB]) == [(None, "solved")]
    assert lacking(OWN, ["open"], []) == []
