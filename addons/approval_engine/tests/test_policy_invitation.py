from datetime import datetime, timedelta

import pytest

from odoo.addons.approval_engine.policies import invitation

NOW = datetime(2026, 3, 2, 9)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("ended", "expires_at", "is_asked", "expected"),
    [
        (None, LATER, True, invitation.OPEN),
        (None, NOW, True, invitation.EXPIRED),
        (None, LATER, False, invitation.MOOT),
        (None, NOW, False, invitation.MOOT),
        (invitation.USED, NOW, False, invitation.USED),
        (invitation.REVOKED, LATER, True, invitation.REVOKED),
    ],
)
def test_a_link_is_good_until_used_taken_back_moot_or_expired(
    ended, expires_at, is_asked, expected
):
    assert invitation.state(ended, expires_at, is_asked, NOW) == expected


def test_a_link_never_outlives_the_request():
    assert invitation.until(NOW, 2, LATER) == LATER
    assert invitation.until(NOW, 1, NOW + timedelta(hours=9)) == LATER
    assert invitation.until(NOW, 1, None) == LATER


def test_a_token_is_random_and_only_its_digest_fits():
    one, other = invitation.new_token(), invitation.new_token()
    assert one != other and len(one) >= 43
    stored = invitation.digest(one)
    assert one not in stored
    assert invitation.fits(one, stored)
    for wrong in (other, "", one[:-1], one + "x", stored):
        assert not invitation.fits(wrong, stored)
    assert not invitation.fits("", "")
