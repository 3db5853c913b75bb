import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import content_diff as cd
from odoo.addons.approval_engine.policies import seats

VALUES = st.sampled_from([None, True, False, 0, 1, 7, "", "x", "12.50"])
LINES = st.dictionaries(
    st.integers(1, 20).map(str),
    st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3),
    max_size=4,
)
CONTENTS = st.dictionaries(
    st.sampled_from(["name", "amount"]), VALUES
) | st.fixed_dictionaries({"lines": LINES}, optional={"name": VALUES})


def test_a_value_that_differs_is_one_change():
    assert cd.diff({"a": 1, "b": 2}, {"a": 1, "b": 3}) == (cd.Change("b", 2, 3),)


def test_lines_are_compared_by_their_id():
    old = {"lines": {"2": {"price": 1, "name": "x"}, "10": {"price": 5}}}
    new = {"lines": {"2": {"price": 2, "name": "x"}, "11": {"price": 5}}}
    assert cd.diff(old, new) == (
        cd.Change("lines", 1, 2, "2", "price"),
        cd.Change("lines", {"price": 5}, None, "10", kind=cd.REMOVED),
        cd.Change("lines", None, {"price": 5}, "11", kind=cd.ADDED),
    )


def test_a_field_that_appears_or_goes_is_a_change():
    assert cd.diff({}, {"a": 1}) == (cd.Change("a", None, 1),)
    assert cd.diff({"a": 1}, {}) == (cd.Change("a", 1, None),)


@given(CONTENTS)
def test_nothing_differs_from_itself(content):
    assert cd.diff(content, content) == ()
    assert cd.same_result(content, content, {})


@given(CONTENTS, CONTENTS)
def test_who_differs_has_a_change_in_both_directions(one, other):
    there, back = cd.diff(one, other), cd.diff(other, one)
    assert [(c.field, c.line, c.line_field) for c in there] == [
        (c.field, c.line, c.line_field) for c in back
    ]
    assert all(
        (c.old, c.new) == (b.new, b.old) for c, b in zip(there, back, strict=True)
    )


def test_born_lines_count_by_their_values_known_ones_by_their_id():
    known = {"lines": {"1": {"p": 1}}}
    approved = {"lines": {"1": {"p": 1}, "7": {"p": 2}, "8": {"p": 3}}}
    assert cd.same_result(
        approved, {"lines": {"1": {"p": 1}, "91": {"p": 3}, "92": {"p": 2}}}, known
    )
    assert not cd.same_result(
        approved, {"lines": {"1": {"p": 1}, "91": {"p": 3}}}, known
    )
    assert not cd.same_result(
        approved, {"lines": {"1": {"p": 1}, "91": {"p": 3}, "92": {"p": 9}}}, known
    )
    assert not cd.same_result(
        approved, {"lines": {"1": {"p": 9}, "91": {"p": 3}, "92": {"p": 2}}}, known
    )


def test_a_step_without_a_list_looks_at_everything():
    assert cd.is_touched((), {"amount"})
    assert cd.is_touched({"amount", "partner"}, {"amount"})
    assert not cd.is_touched({"partner"}, {"amount"})


def decided(key, *users, state=seats.APPROVED, **values):
    return seats.Step(
        key,
        key * 10,
        f"Step {key}",
        values.get("mode", seats.ANY),
        state=state,
        seats=tuple(seats.Seat(u, state=state) for u in users),
    )


def fresh(key, *users, mode=seats.ANY):
    return seats.Step(
        key, key * 10, f"Step {key}", mode, seats=tuple(seats.Seat(u) for u in users)
    )


def test_an_approval_stands_only_of_a_step_that_looks_elsewhere_and_is_asked_for_as_before():
    old = [
        decided(1, 11),
        decided(2, 12),
        decided(3, 13, state=seats.PENDING),
        decided(4, 14),
    ]
    new = [
        fresh(1, 11),
        fresh(2, 12),
        fresh(3, 13),
        fresh(4, 14, mode=seats.ALL),
        fresh(5, 15),
    ]
    looks = {
        1: {"partner"},
        2: {"amount"},
        3: {"partner"},
        4: {"partner"},
        5: {"partner"},
    }
    assert set(cd.kept_steps(old, new, looks, {"amount"})) == {1}
    assert not cd.kept_steps(old, new, {}, {"amount"})
    assert not cd.kept_steps(old, new[1:2], looks, {"amount"})


def test_whose_approval_stands_sits_in_no_other_step():
    old = decided(1, 11)
    carried = cd.carry([fresh(1, 11, 12), fresh(2, 11, 13)], {1: old})
    assert carried[0].state == seats.APPROVED
    assert carried[0].users(seats.APPROVED) == [11]
    assert carried[0].users(seats.SKIPPED) == [12]
    assert carried[1].users(seats.SKIPPED) == [11]
    assert carried[1].users(seats.WAITING) == [13]


def test_who_stood_in_is_spent_too():
    seat = seats.Seat(11, state=seats.APPROVED, decided_by=19)
    old = seats.Step(1, 10, "Step 1", seats.ANY, state=seats.APPROVED, seats=(seat,))
    carried = cd.carry([fresh(1, 11), fresh(2, 19, 13)], {1: old})
    assert carried[1].users(seats.WAITING) == [13]


@given(st.sets(st.sampled_from([1, 2, 3])), st.sets(st.sampled_from("ab")))
def test_a_step_that_looks_at_what_changed_never_stands(approved, changed):
    looks = {1: {"a"}, 2: {"b"}, 3: set()}
    old = [decided(k, k + 10) for k in sorted(approved)]
    new = [fresh(k, k + 10) for k in (1, 2, 3)]
    kept = cd.kept_steps(old, new, looks, changed)
    for key in kept:
        assert key in approved
        assert looks[key] and not looks[key] & changed
    for key, user in itertools.product(kept, (11, 12, 13)):
        if user != key + 10:
            assert kept[key].seat_of(user) is None


def test_an_approval_does_not_stand_of_who_is_barred_by_the_change():
    looks = {1: {"partner"}, 2: {"partner"}}
    stood_in = seats.Seat(12, state=seats.APPROVED, decided_by=19)
    old = [
        decided(1, 11),
        seats.Step(2, 20, "Step 2", seats.ANY, 0, seats.APPROVED, (stood_in,)),
    ]
    new = [
        replace(fresh(1, 13), barred=frozenset({11})),
        replace(fresh(2, 12), barred=frozenset({19})),
    ]
    assert not cd.kept_steps(old, new, looks, {"amount"})


def test_reasons_and_weights_are_carried_too():
    seat = seats.Seat(11, weight=3, detail="Manager of Ria")
    step = seats.Step(1, 10, "Step 1", seats.WEIGHTED, 3, seats=(seat,))
    [other] = cd.carry([step], {})
    assert other.seats == (seat,)
