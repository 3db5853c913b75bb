from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.desk.assignment import (
    ACCOUNT_OWNER,
    AWAY,
    BY_SKILL,
    FULL,
    GAVE_BACK,
    LEAST_LOADED,
    LOAD,
    MANUAL,
    METHODS,
    NO_AGENT,
    OWNER,
    ROUND_ROBIN,
    SKILL,
    TURN,
    UNSKILLED,
    Agent,
    Ask,
    assign,
    is_away,
)

ADA, BEN, CY = 1, 2, 3
TEAM = [Agent(ADA), Agent(BEN), Agent(CY)]
GERMAN, API = 10, 11


def takers(method, count, agents, last_turn=None, **ask):
    asks = [Ask(number, **ask) for number in range(count)]
    return [choice.user_id for choice in assign(method, asks, agents, last_turn)]


def one(method, agents, last_turn=None, **ask):
    (choice,) = assign(method, [Ask(7, **ask)], agents, last_turn)
    return choice


@pytest.mark.parametrize(
    ("last_turn", "expected"),
    [
        (None, [ADA, BEN, CY, ADA]),
        (ADA, [BEN, CY, ADA, BEN]),
        (CY, [ADA, BEN, CY, ADA]),
        (99, [ADA, BEN, CY, ADA]),  # has left the team, was behind all
        (0, [ADA, BEN, CY, ADA]),
    ],
)
def test_turns_go_round_and_go_on_where_they_stood(last_turn, expected):
    assert takers(ROUND_ROBIN, 4, TEAM, last_turn) == expected


def test_a_turn_skips_who_is_away_or_full():
    team = [Agent(ADA, is_here=False), Agent(BEN, load=1, capacity=2), Agent(CY)]
    assert takers(ROUND_ROBIN, 4, team) == [BEN, CY, CY, CY]


def test_a_turn_says_its_place_and_who_was_before():
    choice = one(ROUND_ROBIN, TEAM, last_turn=BEN)
    assert (choice.user_id, choice.why) == (CY, TURN)
    assert (choice.place, choice.among, choice.after_id) == (3, 3, BEN)


def test_loads_inside_a_batch_count():
    team = [Agent(ADA, load=2), Agent(BEN), Agent(CY, load=1)]
    assert takers(LEAST_LOADED, 6, team) == [BEN, CY, BEN, CY, ADA, BEN]


def test_equal_loads_go_in_turn():
    assert takers(LEAST_LOADED, 3, TEAM, last_turn=ADA) == [BEN, CY, ADA]


def test_the_rest_waits_when_all_are_full():
    team = [Agent(ADA, load=1, capacity=2), Agent(BEN, capacity=1)]
    for method in (ROUND_ROBIN, LEAST_LOADED, BY_SKILL, ACCOUNT_OWNER):
        found = takers(method, 4, team)
        assert sorted(found[:2]) == [ADA, BEN]
        assert found[2:] == [None, None]


def test_by_skill_asks_for_all_skills():
    team = [
        Agent(ADA, skills=frozenset({GERMAN})),
        Agent(BEN, load=5, skills=frozenset({GERMAN, API})),
        Agent(CY),
    ]
    choice = one(BY_SKILL, team, skills=frozenset({GERMAN, API}))
    assert (choice.user_id, choice.why, choice.load) == (BEN, SKILL, 5)
    assert one(BY_SKILL, team, skills=frozenset({GERMAN})).user_id == ADA
    nothing_asked = one(BY_SKILL, team)
    assert (nothing_asked.user_id, nothing_asked.why) == (ADA, LOAD)


def test_skills_matter_only_where_the_team_goes_by_skill():
    assert one(ROUND_ROBIN, TEAM, skills=frozenset({API})).user_id == ADA


@pytest.mark.parametrize(
    ("owner_id", "agents", "expected"),
    [
        (CY, TEAM, (CY, OWNER, None)),
        (None, TEAM, (ADA, LOAD, None)),
        (99, TEAM, (ADA, LOAD, 99)),
        (CY, [Agent(ADA), Agent(CY, is_here=False)], (ADA, LOAD, CY)),
        (CY, [Agent(ADA, load=9), Agent(CY, 1, 1)], (ADA, LOAD, CY)),
    ],
)
def test_the_owner_of_the_account_or_else_the_least_loaded(owner_id, agents, expected):
    choice = one(ACCOUNT_OWNER, agents, owner_id=owner_id)
    assert (choice.user_id, choice.why, choice.owner_id) == expected


@pytest.mark.parametrize(
    ("agents", "ask", "why"),
    [
        ([], {}, NO_AGENT),
        ([Agent(ADA, is_here=False)], {}, AWAY),
        ([Agent(ADA)], {"skills": frozenset({API})}, UNSKILLED),
        ([Agent(ADA)], {"gave_back": frozenset({ADA})}, GAVE_BACK),
        ([Agent(ADA, load=1, capacity=1)], {}, FULL),
        (
            [Agent(ADA, is_here=False, skills=frozenset({API})), Agent(BEN)],
            {"skills": frozenset({API})},
            UNSKILLED,
        ),
    ],
)
def test_a_ticket_that_waits_says_why(agents, ask, why):
    choice = one(BY_SKILL, agents, **ask)
    assert (choice.user_id, choice.why) == (None, why)


def test_who_gave_a_ticket_back_does_not_get_it_again():
    assert one(ROUND_ROBIN, TEAM, gave_back=frozenset({ADA})).user_id == BEN


def test_nobody_is_chosen_where_people_decide():
    assert assign(MANUAL, [Ask(1)], TEAM) == []


def test_one_who_cannot_be_served_holds_up_nobody():
    asks = [Ask(1, skills=frozenset({API})), Ask(2)]
    assert [c.user_id for c in assign(BY_SKILL, asks, TEAM)] == [None, ADA]


EIGHT, NINE, TEN = (datetime(2026, 3, 2, hour) for hour in (8, 9, 10))


@pytest.mark.parametrize(
    ("begin", "end", "at", "expected"),
    [
        (None, None, NINE, False),
        (None, TEN, NINE, True),
        (EIGHT, TEN, NINE, True),
        (NINE, TEN, NINE, True),
        (NINE, TEN, TEN, False),
        (TEN, None, NINE, False),
        (TEN, TEN, NINE, False),
        (NINE, TEN, EIGHT, False),
    ],
)
def test_an_absence_holds_from_its_begin_until_before_its_end(begin, end, at, expected):
    assert is_away(begin, end, at) is expected


agents_of_a_team = st.lists(
    st.builds(
        Agent,
        user_id=st.integers(1, 8),
        load=st.integers(0, 5),
        capacity=st.integers(0, 6),
        skills=st.frozensets(st.integers(10, 12)),
        is_here=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda agent: agent.user_id,
)
batches = st.lists(
    st.builds(
        Ask,
        ticket_id=st.integers(),
        skills=st.frozensets(st.integers(10, 12), max_size=2),
        owner_id=st.none() | st.integers(1, 9),
        gave_back=st.frozensets(st.integers(1, 8), max_size=2),
    ),
    max_size=20,
)
METHOD = st.sampled_from([code for code, _label in METHODS if code != MANUAL])
LAST = st.none() | st.integers(0, 9)


@given(METHOD, batches, agents_of_a_team, LAST)
def test_whatever_comes_the_rules_of_the_desk_hold(method, asks, agents, last_turn):
    choices = assign(method, asks, agents, last_turn)
    by_id = {agent.user_id: agent for agent in agents}
    given_to = Counter(choice.user_id for choice in choices)
    assert [choice.ticket_id for choice in choices] == [ask.ticket_id for ask in asks]
    for ask, choice in zip(asks, choices, strict=True):
        if choice.user_id is None:
            continue
        agent = by_id[choice.user_id]
        assert agent.is_here
        assert agent.user_id not in ask.gave_back
        assert method != BY_SKILL or ask.skills <= agent.skills
        assert (
            not agent.capacity or agent.load + given_to[agent.user_id] <= agent.capacity
        )


@given(METHOD, batches, agents_of_a_team, LAST, st.integers(0, 20))
def test_a_batch_is_the_same_as_its_halves(method, asks, agents, last_turn, cut):
    whole = assign(method, asks, agents, last_turn)
    first = assign(method, asks[:cut], agents, last_turn)
    taken = Counter(choice.user_id for choice in first)
    later = [
        Agent(a.user_id, a.load + taken[a.user_id], a.capacity, a.skills, a.is_here)
        for a in agents
    ]
    turns = [choice.user_id for choice in first if choice.user_id is not None]
    turn = turns[-1] if turns else last_turn
    assert whole == first + assign(method, asks[cut:], later, turn)


@given(st.integers(1, 30), st.integers(1, 6), LAST)
def test_turns_are_fair_among_people_with_room(count, people, last_turn):
    team = [Agent(user_id) for user_id in range(1, people + 1)]
    shares = Counter(takers(ROUND_ROBIN, count, team, last_turn))
    assert max(shares.values()) - min(shares.get(a.user_id, 0) for a in team) <= 1
