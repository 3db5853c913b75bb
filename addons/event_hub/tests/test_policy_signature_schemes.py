import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import signatures as sig
from odoo.addons.event_hub.policies.signatures import (
    base,
    github,
    hubspot,
    segment,
    standard,
    websub,
    zendesk,
)

NOW = 1_772_445_600  # 2026-03-02T10:00:00Z
URL = "https://erp.example.com/hub/v1/events/crm"
BODY = b'{"hello": "w\xc3\xb6rld"}'
SECRET = "a shared secret, 0123456789"
OTHER = "another secret"
KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = "whpk_" + base64.b64encode(KEY.public_key().public_bytes_raw()).decode()


def asymmetric(body=BODY, at=NOW, message_id="msg_1", key=KEY):
    signed = standard.signed_content(message_id, str(at), body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1a," + base64.b64encode(key.sign(signed)).decode(),
    }


def iso(at):
    return f"2026-03-02T{10 + at // 3600 - NOW // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"


def signed(scheme, body=BODY, secret=SECRET, at=NOW):
    if scheme == "zendesk":
        return {
            zendesk.HEADER: zendesk.sign(iso(at), body, secret),
            zendesk.TIME_HEADER: iso(at),
        }
    if scheme == "hubspot":
        return {
            hubspot.HEADER: hubspot.sign("POST", URL, at * 1000, body, secret),
            hubspot.TIME_HEADER: str(at * 1000),
        }
    if scheme == "github":
        return {github.HEADER: github.sign(body, secret)}
    if scheme in websub.METHODS:
        return {websub.HEADER: websub.sign(body, secret, websub.METHODS[scheme])}
    if scheme == "segment":
        return {segment.HEADER: segment.sign(body, secret)}
    if scheme == "stripe":
        return {"stripe-signature": sig.sign_stripe(at, body, secret)}
    return {"authorization": f"Bearer {secret}"}


def check(
    scheme, headers, body=BODY, secrets=(SECRET,), now=NOW, url=URL, method="POST"
):
    request = sig.Request(method, url, headers, body)
    return sig.verify(scheme, request, secrets, now=now)


SIGNING = [
    *("zendesk", "hubspot", "github", "jira", "intercom", "segment", "stripe"),
]
SHARED = [*SIGNING, "bearer"]
TIMED = [code for code, scheme in sig.SCHEMES.items() if scheme.timestamped]


@pytest.mark.parametrize("scheme", SHARED)
def test_what_is_signed_with_any_live_secret_is_good(scheme):
    assert check(scheme, signed(scheme)).ok
    assert check(scheme, signed(scheme), secrets=[OTHER, SECRET]).ok
    assert check(scheme, signed(scheme), secrets=[OTHER]).code == "bad_signature"


@pytest.mark.parametrize("scheme", SIGNING)
def test_one_changed_byte_breaks_the_signature(scheme):
    assert check(scheme, signed(scheme), BODY + b" ").code == "bad_signature"


@pytest.mark.parametrize("scheme", SHARED)
@pytest.mark.parametrize("secrets", [[], [""], [PUBLIC]])
def test_without_a_shared_secret_nothing_verifies(scheme, secrets):
    for secret in ("", PUBLIC):
        headers = signed(scheme, secret=secret)
        assert check(scheme, headers, secrets=secrets).code == "bad_signature"


@pytest.mark.parametrize("scheme", SHARED)
@pytest.mark.parametrize(
    "value", ["", " ", "garbage", "sha256=", "Bearer ", "é", "x" * 10_000]
)
def test_a_garbled_signature_is_refused(scheme, value):
    headers = signed(scheme)
    name = next(name for name in sig.SCHEMES[scheme].headers if name in headers)
    assert check(scheme, {**headers, name: value}).code == "bad_signature"
    assert check(scheme, {}).code == "bad_signature"


@pytest.mark.parametrize("scheme", ["zendesk", "hubspot"])
@pytest.mark.parametrize(
    "age,code",
    [(0, "ok"), (300, "ok"), (301, "stale"), (-300, "ok"), (-301, "stale")],
)
def test_freshness_counts_both_ways(scheme, age, code):
    assert check(scheme, signed(scheme, at=NOW - age)).code == code


@pytest.mark.parametrize("scheme", ["github", "jira", "intercom", "segment", "bearer"])
def test_a_scheme_without_time_says_that_it_cannot_tell_old_from_new(scheme):
    assert not sig.SCHEMES[scheme].timestamped
    assert check(scheme, signed(scheme), now=NOW + 10**8).ok


@pytest.mark.parametrize(
    "scheme,name,value",
    [
        ("zendesk", zendesk.TIME_HEADER, ""),
        ("zendesk", zendesk.TIME_HEADER, "yesterday"),
        ("zendesk", zendesk.TIME_HEADER, str(NOW)),
        ("zendesk", zendesk.TIME_HEADER, "2026-03-02T10:00:01Z"),
        ("hubspot", hubspot.TIME_HEADER, ""),
        ("hubspot", hubspot.TIME_HEADER, "-1"),
        ("hubspot", hubspot.TIME_HEADER, str(NOW * 1000 + 1)),
        ("hubspot", hubspot.TIME_HEADER, "9" * 40),
    ],
)
def test_a_changed_time_is_refused(scheme, name, value):
    assert check(scheme, {**signed(scheme), name: value}).code == "bad_signature"


def test_hubspot_signs_method_and_address_too():
    headers = signed("hubspot")
    assert not check("hubspot", headers, method="PUT").ok
    assert not check("hubspot", headers, url=URL + "?x=1").ok


def test_hubspot_signs_some_characters_of_the_address_plain():
    plain, coded = (
        URL + "?a=x:y@z!'(k)*,;$",
        URL + "?a=x%3Ay%40z%21%27%28k%29%2a%2C%3b%24",
    )
    headers = {
        hubspot.HEADER: hubspot.sign("POST", plain, NOW * 1000, BODY, SECRET),
        hubspot.TIME_HEADER: str(NOW * 1000),
    }
    assert check("hubspot", headers, url=coded).ok
    assert not check("hubspot", headers, url=coded.replace("%3A", "%3D")).ok


def test_the_example_of_githubs_documentation_verifies():
    headers = {
        "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    }
    assert check("github", headers, b"Hello, World!", ["It's a Secret to Everybody"]).ok


# ------------------------------------------------------------ Ed25519 (v1a)


def test_a_public_key_verifies_what_its_private_key_signed():
    verdict = check("standard", asymmetric(), secrets=[PUBLIC])
    assert verdict.ok and verdict.message_id == "msg_1"
    assert check("standard", asymmetric(at=NOW - 301), secrets=[PUBLIC]).code == "stale"


@pytest.mark.parametrize(
    "headers,body,secrets",
    [
        (asymmetric(), BODY + b" ", [PUBLIC]),
        (
            asymmetric(key=Ed25519PrivateKey.from_private_bytes(b"8" * 32)),
            BODY,
            [PUBLIC],
        ),
        ({**asymmetric(), "webhook-id": "msg_2"}, BODY, [PUBLIC]),
        (asymmetric(), BODY, [PUBLIC.removeprefix("whpk_")]),
        (asymmetric(), BODY, ["whpk_"]),
        (asymmetric(), BODY, ["whpk_" + base64.b64encode(b"1" * 31).decode()]),
        (asymmetric(), BODY, []),
        ({**asymmetric(), "webhook-signature": "v1a,"}, BODY, [PUBLIC]),
        ({**asymmetric(), "webhook-signature": "v1a,AAAA"}, BODY, [PUBLIC]),
        (
            {**asymmetric(), "webhook-signature": "v1a," + "A" * 86 + "=="},
            BODY,
            [PUBLIC],
        ),
        (
            {
                **asymmetric(),
                "webhook-signature": asymmetric()["webhook-signature"].replace(
                    "v1a", "v1"
                ),
            },
            BODY,
            [PUBLIC],
        ),
    ],
)
def test_a_wrong_asymmetric_signature_is_refused(headers, body, secrets):
    assert check("standard", headers, body, secrets).code == "bad_signature"


def test_a_public_key_is_never_a_shared_secret():
    """Everybody knows it: an HMAC made with it proves nothing."""
    raw = PUBLIC.removeprefix("whpk_")
    headers = asymmetric() | {
        "webhook-signature": sig.sign_standard("msg_1", NOW, BODY, "whsec_" + raw)
    }
    assert check("standard", headers, secrets=[PUBLIC]).code == "bad_signature"


def test_both_kinds_of_signature_may_stand_beside_each_other():
    shared = "whsec_" + base64.b64encode(b"k" * 32).decode()
    value = f"{sig.sign_standard('msg_1', NOW, BODY, shared)} {asymmetric()['webhook-signature']}"
    headers = {**asymmetric(), "webhook-signature": value}
    assert check("standard", headers, secrets=[PUBLIC]).ok
    assert check("standard", headers, secrets=[shared]).ok


@pytest.mark.parametrize("version", ["v1", "v1a"])
def test_a_signature_behind_too_many_others_is_not_looked_at(version):
    shared = "whsec_" + base64.b64encode(b"k" * 32).decode()
    good = {
        "v1": sig.sign_standard("msg_1", NOW, BODY, shared),
        "v1a": asymmetric()["webhook-signature"],
    }[version]
    secrets = [PUBLIC, shared]
    for before, ok in ((sig.MAX_SIGNATURES - 1, True), (sig.MAX_SIGNATURES, False)):
        value = " ".join(
            [f"{version},{base64.b64encode(b'0' * 64).decode()}"] * before + [good]
        )
        headers = {**asymmetric(), "webhook-signature": value}
        assert check("standard", headers, secrets=secrets).ok is ok


# ------------------------------------------------------------------- bearer


def basic(pair):
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.mark.parametrize(
    "headers,ok",
    [
        ({"authorization": f"Bearer {SECRET}"}, True),
        ({"authorization": f"bearer  {SECRET} "}, True),
        (basic(f"user:{SECRET}"), True),
        (basic(f"{SECRET}:X"), True),
        (basic(SECRET), True),
        (basic(f"user:{SECRET}x"), False),
        (basic(":"), False),
        ({"authorization": "Basic %%%"}, False),
        ({"authorization": "Basic /w=="}, False),
        ({"authorization": SECRET}, False),
        ({"authorization": f"Digest {SECRET}"}, False),
        ({"authorization": f"Bearer {SECRET[:-1]}"}, False),
        ({"authorization": f"Bearer {SECRET.upper()}"}, False),
        ({"authorization": "Bearer " + "x" * 100_000}, False),
    ],
)
def test_a_key_is_a_bearer_token_or_part_of_basic(headers, ok):
    assert check("bearer", headers).ok is ok


def test_a_pair_may_be_the_secret_as_a_whole():
    assert check("bearer", basic("user:pass"), secrets=["user:pass"]).ok


# --------------------------------------------------------------------- all


@pytest.mark.parametrize("scheme", SHARED)
def test_no_answer_tells_a_secret_or_what_would_fit(scheme):
    good = signed(scheme)
    name = next(name for name in sig.SCHEMES[scheme].headers if name in good)
    verdict = check(scheme, {**good, name: "x"})
    secret_part = good[name].removeprefix("sha256=").split("v1=")[-1][:12]
    assert SECRET not in verdict.detail and secret_part not in verdict.detail


def test_every_header_that_proves_a_sender_is_kept_secret():
    for scheme in sig.SCHEMES.values():
        assert set(scheme.headers) <= sig.SECRET_HEADERS


def test_schemes_with_a_time_are_named():
    assert TIMED == ["standard", "stripe", "hubspot", "zendesk"]


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.sampled_from(sorted(sig.SCHEMES)),
    st.dictionaries(
        st.sampled_from(
            [name for scheme in sig.SCHEMES.values() for name in scheme.headers]
            + [
                "webhook-id",
                "webhook-timestamp",
                zendesk.TIME_HEADER,
                hubspot.TIME_HEADER,
            ]
        ),
        st.text(st.characters(), max_size=60)
        | st.sampled_from(
            [str(NOW), str(NOW * 1000), "2026-03-02T10:00:00Z", "v1a,AAAA", "v1,AAAA"]
        ),
    ),
    st.binary(max_size=20),
    st.lists(st.text(st.characters(), max_size=20) | st.just("whpk_AAAA"), max_size=3),
)
def test_made_up_headers_and_secrets_never_crash(scheme, headers, body, secrets):
    request = sig.Request("POST", URL, headers, body)
    verdict = sig.verify(scheme, request, [*secrets, SECRET], now=NOW)
    assert verdict.code in ("ok", "bad_signature", "stale")
    assert scheme == "bearer" or not verdict.ok


def test_the_limit_of_candidates_is_the_same_everywhere():
    assert base.MAX_SIGNATURES == sig.MAX_SIGNATURES == 16


def test_the_example_of_jiras_documentation_verifies():
    value = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    headers = {websub.HEADER: value}
    assert check("jira", headers, b"Hello World!", ["It's a Secret to Everybody"]).ok


def test_a_weaker_method_than_the_expected_one_is_refused():
    weaker = {websub.HEADER: websub.sign(BODY, SECRET, "sha1")}
    assert check("intercom", weaker).ok
    assert check("jira", weaker).code == "bad_signature"
