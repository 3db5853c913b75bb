import json

import pytest

from odoo.addons.event_hub.policies import adapters, mapping, signatures, trial

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://erp.example.com/hub/v1/events/billing"
NOW = 1_767_258_000.5
ONE, TWO = "1" * 32, "2" * 32
MAPPED = [mapping.Mapping(type="'test.ping'", id="to_string(id)", subject="account")]


def _heard(code, nonce, **options):
    """The request through the checks of the door; gives ``(message id, items)``."""
    body = trial.body_of(code, nonce, **options)
    sent = trial.request(code, URL, SECRET, body, nonce=nonce, now=NOW)
    adapter = adapters.choose_adapter(sent.headers, [code])
    assert adapter and adapter.code == code
    verdict = signatures.verify(adapter.scheme, sent, ["other", SECRET], now=NOW + 1)
    assert verdict.ok, verdict
    items = adapters.adapt(
        code,
        sent.headers,
        sent.headers["content-type"],
        sent.body,
        lambda value: mapping.read(MAPPED, value),
    )
    return adapters.message_id(code, verdict, items, sent.body), items


@pytest.mark.parametrize("code", list(adapters.ADAPTERS))
def test_every_adapter_takes_its_test_event_and_tells_two_apart(code):
    first, items = _heard(code, ONE)
    assert all(item.event for item in items)
    assert first != _heard(code, TWO)[0]
    assert first == _heard(code, ONE)[0]


@pytest.mark.parametrize("code", list(adapters.ADAPTERS))
def test_a_test_event_is_refused_with_another_secret(code):
    body = trial.body_of(code, ONE)
    sent = trial.request(code, URL, SECRET, body, nonce=ONE, now=NOW)
    scheme = adapters.ADAPTERS[code].scheme
    assert not signatures.verify(scheme, sent, ["whsec_b3RoZXI="], now=NOW).ok


def test_a_mapping_is_tried_on_its_own_sample():
    sample = [{"id": "a", "account": "ACC-001"}, 5]
    body = json.loads(trial.body_of("mapping", ONE, sample=sample))
    assert body[0]["account"] == "ACC-001"
    assert body[0]["id"] == f"test_{ONE}"
    assert sample == [{"id": "a", "account": "ACC-001"}, 5], "the sample is untouched"


@pytest.mark.parametrize(
    ("secrets", "chosen"),
    [([], None), (["whpk_x"], None), (["whpk_x", "b"], "b"), (["a", "b"], "a")],
)
def test_the_newest_secret_that_signs_is_used(secrets, chosen):
    assert trial.secret_to_sign_with(secrets) == chosen
