from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.sampling import sample


@given(st.sets(st.integers(1, 500)), st.integers(-2, 40), st.integers(0, 2**31))
def test_a_sample_is_drawn_from_what_there_is_and_can_be_drawn_again(ids, count, seed):
    drawn = sample(ids, count, seed)
    assert drawn == sample(reversed(sorted(ids)), count, seed)
    assert set(drawn) <= ids
    assert len(drawn) == len(set(drawn)) == min(max(count, 0), len(ids))


def test_each_one_is_drawn_about_equally_often():
    ids = range(1, 11)
    drawn = [one for seed in range(2000) for one in sample(ids, 3, seed)]
    counts = [drawn.count(one) for one in ids]
    assert 520 < min(counts) <= max(counts) < 680  # 600 expected, 4 standard deviations


def test_another_seed_gives_another_sample():
    assert len({tuple(sample(range(100), 5, seed)) for seed in range(20)}) == 20
