import base64

import pytest

from odoo.addons.saas_demo.policies import signing

SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()
NOW = 1_800_000_000
BODY = b'{"a": 1}'


def headers(**changes):
    return {**signing.signed_headers(SECRET, "msg_1", NOW, BODY), **changes}


def test_the_published_example_of_standard_webhooks_gives_its_signature():
    signature = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_signed_is_verified():
    assert signing.verify(SECRET, headers(), BODY, NOW).ok


def test_one_of_several_signatures_is_enough():
    given = headers()["webhook-signature"]
    assert signing.verify(
        SECRET, headers(**{"webhook-signature": f"v1,AAAA v2,x {given}"}), BODY, NOW
    ).ok


@pytest.mark.parametrize("offset", [-300, 300])
def test_five_minutes_are_fresh(offset):
    assert signing.verify(SECRET, headers(), BODY, NOW + offset).ok


@pytest.mark.parametrize("offset", [-301, 301])
def test_more_than_five_minutes_are_not(offset):
    assert not signing.verify(SECRET, headers(), BODY, NOW + offset).ok


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
    ],
    ids=str,
)
def test_any_change_is_found(change):
    verdict = signing.verify(SECRET, headers(**change), BODY, NOW)
    assert not verdict.ok
    assert verdict.reason.endswith(".")


def test_a_changed_body_is_found():
    assert not signing.verify(SECRET, headers(), BODY + b" ", NOW).ok


def test_a_secret_that_is_not_base64_is_an_error():
    with pytest.raises(ValueError, match="base64"):
        signing.key_of("whsec_***")
