import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.activation import (
    ACTIVATE,
    ALONE,
    PROPOSE,
    SAME_PERSON,
    SYSTEM,
    Verdict,
    decide,
)

ADA, BEN = 7, 8


@pytest.mark.parametrize(
    ("user", "proposer", "others", "system", "expected"),
    [
        (ADA, None, 2, False, Verdict(PROPOSE)),
        (ADA, ADA, 2, False, Verdict(refusal=SAME_PERSON)),
        (BEN, ADA, 2, False, Verdict(ACTIVATE)),
        (ADA, None, 0, False, Verdict(ALONE)),
        (ADA, ADA, 0, False, Verdict(ALONE)),  # the other one has left meanwhile
        (1, None, 0, True, Verdict(SYSTEM)),
        (1, ADA, 3, True, Verdict(SYSTEM)),
    ],
)
def test_activation(user, proposer, others, system, expected):
    assert (
        decide(user_id=user, proposer_id=proposer, others=others, system=system)
        == expected
    )


@given(
    user=st.integers(1, 5),
    proposer=st.none() | st.integers(1, 5),
    others=st.integers(0, 3),
)
def test_where_there_are_two_people_none_activates_alone(user, proposer, others):
    verdict = decide(user_id=user, proposer_id=proposer, others=others, system=False)
    if others:
        assert verdict.what != ALONE
        assert (verdict.what == ACTIVATE) == (proposer not in (None, user))
    assert bool(verdict.what) != bool(verdict.refusal)
