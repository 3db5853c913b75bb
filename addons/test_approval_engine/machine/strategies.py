"""Random policies and requests, as the model has them."""

from hypothesis import strategies as st

from .model import Policy, Request, Rule
from .world import OPTIONS, PEOPLE

EVERYBODY = range(len(PEOPLE))
NEEDS = {
    "any": st.just(1),
    "all": st.just(1),
    "quorum": st.integers(1, 3),
    "percent": st.sampled_from([25, 50, 67, 100]),
    "weighted": st.integers(1, 4),
}
AMOUNTS = st.sampled_from([100, 40, 400, 900, 1500, 5000, 0])


def _or_none(values):
    return st.one_of(st.none(), values)


@st.composite
def rules(draw):
    """A step: mostly people by name or group, now and then managers; bands and bars now and then."""
    mode = draw(st.sampled_from(sorted(NEEDS)))
    managers = draw(st.sampled_from([0, 0, 0, 1, 2]))
    few = draw(st.sampled_from([1, 2, 2, 0]))
    people = draw(
        st.lists(st.sampled_from(EVERYBODY), min_size=few, max_size=4, unique=True)
    )
    weighty = draw(st.lists(st.sampled_from(EVERYBODY), max_size=3, unique=True))
    return Rule(
        sequence=draw(st.sampled_from([10, 20, 30])),
        mode=mode,
        need=draw(NEEDS[mode]),
        people=() if managers else tuple(sorted(people)),
        group=None if managers else draw(st.sampled_from([None, 0, 1])),
        managers=managers,
        above=draw(st.sampled_from([0, 0, 0, 0, 300, 1000])),
        upto=draw(st.sampled_from([0, 0, 0, 0, 2000])),
        urgent_only=draw(st.sampled_from([False, False, False, False, True])),
        comment=draw(st.sampled_from([False, False, True])),
        bar_owner=draw(st.booleans()),
        bar_author=draw(st.sampled_from([False, False, True])),
        looks=draw(st.sampled_from([(), (), ("amount",), ("reason",)])),
        weights=tuple((n, 2 + n % 2) for n in sorted(weighty))
        if mode == "weighted"
        else (),
    )


@st.composite
def policies(draw):
    hours = draw(st.sampled_from([24, 8, 0]))
    return Policy(
        rules=tuple(draw(st.lists(rules(), min_size=1, max_size=3))),
        owner=draw(st.sampled_from([7, 8, 7, 8, 0, 3, None])),
        hours=hours,
        urgent_hours=draw(st.sampled_from([0, 4])) if hours else 0,
        timeout=draw(st.sampled_from(["expire", "reject", "escalate"])),
        levels=draw(levels()) if hours else (),
        pause=draw(st.booleans()),
        auto=draw(st.sampled_from([0, 0, 100, 500])),
        window_days=draw(st.sampled_from([0, 0, 1, 30])),
        window_by=draw(st.sampled_from(["account", "requester", "type"])),
        bar_beneficiary=draw(st.booleans()),
        options=draw(st.sampled_from([(), (), OPTIONS])),
    )


def levels():
    whom = st.one_of(
        st.tuples(st.just("manager"), st.just(None)),
        st.tuples(st.just("user"), st.sampled_from(EVERYBODY)),
        st.tuples(st.just("group"), st.sampled_from([0, 1])),
    )
    level = st.tuples(st.sampled_from([25, 50, 75]), whom)
    flat = level.map(lambda found: (found[0], *found[1]))
    return st.lists(flat, max_size=2, unique_by=lambda x: x[0]).map(
        lambda found: tuple(sorted(found, key=lambda x: x[0]))
    )


@st.composite
def requests(draw):
    content = {
        "amount": draw(AMOUNTS),
        "reason": "A machine asks.",
        "urgent": draw(st.booleans()),
        "beneficiary": draw(_or_none(st.sampled_from([2, 4, 6, 7]))),
        "option": None,
    }
    return Request(
        requester=draw(st.sampled_from([0, 0, 1, 3])),
        kind=0,
        content=content,
        account=draw(st.booleans()),
        author=draw(st.sampled_from([0, 2, 4])),
    )
