import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import signatures as sig

NOW = 1_700_000_000
BODY = b'{"specversion": "1.0", "id": "1"}'
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def standard(body=BODY, secret=SECRET, at=NOW, message_id="msg_1"):
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sig.sign_standard(message_id, at, body, secret),
    }


def stripe(body=BODY, secret=SECRET, at=NOW):
    return {"stripe-signature": sig.sign_stripe(at, body, secret)}


def check(scheme, headers, body, secrets, *, now):
    request = sig.Request("POST", "https://example.com/hub", headers, body)
    return sig.verify(scheme, request, secrets, now=now)


def test_the_example_of_the_standard_webhooks_specification_verifies():
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert check(
        "standard", headers, b'{"test": 2432232314}', [secret], now=1614265330
    ).ok


@pytest.mark.parametrize(
    "age,code",
    [
        (0, "ok"),
        (299, "ok"),
        (300, "ok"),
        (301, "stale"),
        (-299, "ok"),
        (-300, "ok"),
        (-301, "stale"),
        (86400, "stale"),
    ],
)
@pytest.mark.parametrize("make,scheme", [(standard, "standard"), (stripe, "stripe")])
def test_freshness_counts_both_ways(make, scheme, age, code):
    assert check(scheme, make(at=NOW - age), BODY, [SECRET], now=NOW).code == code


@pytest.mark.parametrize(
    "header,value",
    [
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1"),
        ("webhook-signature", "garbage"),
        ("webhook-signature", "v1,ä"),
        (
            "webhook-signature",
            "v2," + sig.sign_standard("msg_1", NOW, BODY, SECRET)[3:],
        ),
        ("webhook-signature", sig.sign_standard("msg_1", NOW, BODY, SECRET)[:-1]),
        ("webhook-signature", sig.sign_standard("msg_1", NOW, BODY, SECRET) + "="),
        ("webhook-signature", sig.sign_standard("msg_2", NOW, BODY, SECRET)),
        ("webhook-signature", sig.sign_standard("msg_1", NOW, BODY, OTHER)),
        ("webhook-id", ""),
        ("webhook-id", "x" * 257),
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", ""),
        ("webhook-timestamp", "now"),
        ("webhook-timestamp", str(NOW + 1)),
        ("webhook-timestamp", f" {NOW}"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "١٧"),
        ("webhook-timestamp", "9" * 40),
    ],
)
def test_a_wrong_standard_header_is_a_bad_signature(header, value):
    verdict = check("standard", {**standard(), header: value}, BODY, [SECRET], now=NOW)
    assert verdict.code == "bad_signature" and verdict.detail


@pytest.mark.parametrize(
    "missing", ["webhook-id", "webhook-timestamp", "webhook-signature"]
)
def test_a_missing_standard_header_is_a_bad_signature(missing):
    headers = standard()
    del headers[missing]
    assert check("standard", headers, BODY, [SECRET], now=NOW).code == "bad_signature"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "t=",
        f"t={NOW}",
        f"t={NOW},v1=",
        f"v1={'0' * 64}",
        f"t={NOW},v1={'0' * 64}",
        f"t={NOW},v0=" + "0" * 64,
        sig.sign_stripe(NOW, BODY, OTHER),
        sig.sign_stripe(NOW, BODY + b" ", SECRET),
        sig.sign_stripe(NOW, BODY, SECRET).upper(),
        sig.sign_stripe(NOW, BODY, SECRET) + f",t={NOW + 1}",
    ],
)
def test_a_wrong_stripe_header_is_a_bad_signature(value):
    assert (
        check("stripe", {"stripe-signature": value}, BODY, [SECRET], now=NOW).code
        == "bad_signature"
    )


def test_one_more_space_in_the_body_breaks_the_signature():
    assert not check("standard", standard(), BODY + b" ", [SECRET], now=NOW).ok
    assert not check("stripe", stripe(), BODY + b" ", [SECRET], now=NOW).ok


@pytest.mark.parametrize("signer", [SECRET, OTHER])
def test_during_rotation_both_secrets_are_good(signer):
    assert check("standard", standard(secret=signer), BODY, [SECRET, OTHER], now=NOW).ok
    assert check("stripe", stripe(secret=signer), BODY, [SECRET, OTHER], now=NOW).ok


def test_any_of_several_signatures_counts():
    headers = standard()
    headers["webhook-signature"] = "v1,AAAA v1a,BBBB " + headers["webhook-signature"]
    assert check("standard", headers, BODY, [SECRET], now=NOW).ok
    good = stripe()["stripe-signature"]
    value = good.replace(",v1=", f",v1={'0' * 64},v1=")
    assert check("stripe", {"stripe-signature": value}, BODY, [SECRET], now=NOW).ok


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_not base64"]])
def test_without_a_usable_secret_nothing_verifies(secrets):
    assert not check("standard", standard(), BODY, secrets, now=NOW).ok


def test_an_empty_key_cannot_be_used_to_sign():
    with pytest.raises(ValueError):
        sig.sign_standard("msg_1", NOW, BODY, "whsec_")


@pytest.mark.parametrize(
    "headers,allowed,scheme",
    [
        ({"webhook-signature": "x"}, ["stripe", "standard"], "standard"),
        ({"stripe-signature": "x"}, ["standard", "stripe"], "stripe"),
        (
            {"webhook-signature": "x", "stripe-signature": "x"},
            ["stripe", "standard"],
            "standard",
        ),
        ({"webhook-signature": "x", "stripe-signature": "x"}, ["stripe"], "stripe"),
        ({"webhook-signature": "x"}, ["stripe"], None),
        ({"stripe-signature": "x"}, ["standard"], None),
        ({"authorization": "x", "x-signature": "y"}, ["bearer", "segment"], "segment"),
        ({"authorization": "x"}, ["standard", "github"], None),
        ({}, list(sig.SCHEMES), None),
        ({"x-hub-signature-256": "x"}, [], None),
    ],
)
def test_the_scheme_follows_the_headers_the_source_allows(headers, allowed, scheme):
    assert sig.choose_scheme(headers, allowed) == scheme


def test_no_scheme_is_a_bad_signature():
    assert check(None, {}, BODY, [SECRET], now=NOW).code == "bad_signature"


@given(
    body=st.binary(),
    message_id=st.text(min_size=1, max_size=50),
    at=st.integers(0, 10**11),
)
def test_what_we_sign_verifies_and_a_changed_byte_does_not(body, message_id, at):
    headers = standard(
        body, at=at, message_id=message_id.encode("utf-8", "replace").decode()
    )
    assert check("standard", headers, body, [SECRET], now=at).ok
    assert not check("standard", headers, body + b"\0", [SECRET], now=at).ok
    assert check(
        "stripe",
        {"stripe-signature": sig.sign_stripe(at, body, SECRET)},
        body,
        [SECRET],
        now=at,
    ).ok


@given(
    st.dictionaries(
        st.sampled_from(
            ["webhook-id", "webhook-timestamp", "webhook-signature", "stripe-signature"]
        ),
        st.text(max_size=80),
    )
)
def test_made_up_headers_never_verify_and_never_crash(headers):
    assert not check("standard", headers, BODY, [SECRET], now=NOW).ok
    assert not check("stripe", headers, BODY, [SECRET], now=NOW).ok
