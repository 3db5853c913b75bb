import pytest

from odoo.addons.event_hub.policies.accounts import highest_tier

RISING = ("standard", "growth", "strategic")


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ([], None),
        ([None, False], None),
        (["standard"], "standard"),
        ([None, "standard"], "standard"),
        (["strategic", "standard", None], "strategic"),
        (["growth", "strategic"], "strategic"),
        (["growth", "standard"], "growth"),
    ],
)
def test_the_highest_tier_of_merged_accounts_stays(tiers, expected):
    assert highest_tier(tiers, RISING) == expected


def test_the_order_is_the_one_that_is_given():
    assert highest_tier(["a", "b"], ("b", "a")) == "a"
