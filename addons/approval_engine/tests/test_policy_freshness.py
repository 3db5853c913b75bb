from datetime import datetime, timedelta

import pytest

from odoo.addons.approval_engine.policies import freshness as fr

NOW = datetime(2026, 11, 22, 12)


def item(label, value, as_of="2026-11-22T11:00:00Z", id_=1):
    return {"label": label, "value": value, "model": "x", "id": id_, "as_of": as_of}


def section(*items, key="money"):
    return {"key": key, "label": key.title(), "items": list(items)}


def judge(then, now, hours=24):
    return fr.freshness(then, now, now=NOW, max_age=timedelta(hours=hours))


def test_the_oldest_item_says_how_old_a_section_is():
    [found] = judge([section(item("a", 1), item("b", 2, "2026-11-20T11:00:00Z"))], [])
    assert (found.as_of, found.is_old) == ("2026-11-20T11:00:00Z", True)


@pytest.mark.parametrize(
    ("hours", "old"), [(1, False), (0, False), (0.5, True), (24, False)]
)
def test_old_is_older_than_allowed_and_zero_is_never(hours, old):
    [found] = judge([section(item("a", 1))], [], hours)
    assert found.is_old is old


def test_a_value_that_is_another_by_now_is_said_with_both():
    [found] = judge(
        [section(item("a", 1), item("b", 2))], [section(item("a", 1), item("b", 3))]
    )
    assert found.differences == (fr.Difference("b", 2, 3),)


def test_what_came_and_what_went():
    [found] = judge([section(item("a", 1))], [section(item("b", 2))])
    assert found.differences == (
        fr.Difference("a", 1, None),
        fr.Difference("b", None, 2),
    )


def test_a_section_that_came_is_told():
    found = judge(
        [section(item("a", 1))],
        [section(item("a", 1)), section(item("x", 9), key="new")],
    )
    assert [(one.key, len(one.differences)) for one in found] == [
        ("money", 0),
        ("new", 1),
    ]


def test_equal_items_are_told_apart_by_their_place():
    [found] = judge(
        [section(item("a", 1), item("a", 2))], [section(item("a", 1), item("a", 5))]
    )
    assert found.differences == (fr.Difference("a", 2, 5),)


def test_the_time_of_gathering_makes_no_difference():
    one = [section(item("a", 1, "2026-11-22T11:00:00Z"))]
    other = [section(item("a", 1, "2026-11-22T11:59:00Z"))]
    assert fr.is_same(one, other)
    assert not fr.is_same(one, [section(item("a", 2))])


def test_a_section_without_items_is_neither_old_nor_changed():
    [found] = judge([section()], [section()])
    assert (found.as_of, found.is_old, found.differences) == ("", False, ())
