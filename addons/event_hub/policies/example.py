"""A ready command line that sends one signed event of an adapter."""

from __future__ import annotations

import json
import shlex
from typing import Any

from .adapters import ADAPTERS, Adapter, Sample

_MAPPED = Sample({"event": "ticket.opened", "id": 9001, "account": "ACC-001"})

# Shell that makes SIG (and what it rests on), and the headers that carry it.
_STANDARD_KEY = (
    "KEY=$(printf %s \"${SECRET#whsec_}\" | base64 -d | od -An -tx1 | tr -d ' \\n')"
)
_HEX = "openssl dgst -{hash} -hmac \"$SECRET\" | sed 's/^.* //'"
_BASE64 = 'openssl dgst -sha256 -hmac "$SECRET" -binary | base64'
_RECIPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "standard": (
        (
            "ID=msg_$(openssl rand -hex 8); TS=$(date +%s)",
            _STANDARD_KEY,
            'SIG=$(printf %s "$ID.$TS.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)',
        ),
        ("webhook-id: $ID", "webhook-timestamp: $TS", "webhook-signature: v1,$SIG"),
    ),
    "stripe": (
        (
            "TS=$(date +%s)",
            f'SIG=$(printf %s "$TS.$BODY" | {_HEX.format(hash="sha256")})',
        ),
        ("stripe-signature: t=$TS,v1=$SIG",),
    ),
    "hubspot": (
        (
            "TS=$(date +%s)000",
            f'SIG=$(printf %s "POST$URL$BODY$TS" | {_BASE64})',
        ),
        ("x-hubspot-request-timestamp: $TS", "x-hubspot-signature-v3: $SIG"),
    ),
    "zendesk": (
        (
            "TS=$(date -u +%Y-%m-%dT%H:%M:%SZ)",
            f'SIG=$(printf %s "$TS$BODY" | {_BASE64})',
        ),
        (
            "x-zendesk-webhook-signature-timestamp: $TS",
            "x-zendesk-webhook-signature: $SIG",
        ),
    ),
    "github": (
        (f'SIG=$(printf %s "$BODY" | {_HEX.format(hash="sha256")})',),
        ("x-hub-signature-256: sha256=$SIG",),
    ),
    "jira": (
        (f'SIG=$(printf %s "$BODY" | {_HEX.format(hash="sha256")})',),
        ("x-hub-signature: sha256=$SIG",),
    ),
    "intercom": (
        (f'SIG=$(printf %s "$BODY" | {_HEX.format(hash="sha1")})',),
        ("x-hub-signature: sha1=$SIG",),
    ),
    "segment": (
        (f'SIG=$(printf %s "$BODY" | {_HEX.format(hash="sha1")})',),
        ("x-signature: $SIG",),
    ),
    "bearer": ((), ("authorization: Bearer $SECRET",)),
}


def curl(
    code: str, url: str, body: Any = None, account: str | None | bool = None
) -> str:
    """:param code: of an adapter
    :param body: JSON to send instead of the adapter's own sample
    :param account: code of the account that a CloudEvent of the sample is about, instead of a made-up one
    :return: shell commands; the secret is left to fill in
    """
    adapter = ADAPTERS[code]
    sample = next(iter(adapter.samples.values()), _MAPPED)
    if body is not None:
        sample = Sample(body, sample.headers)
    elif account and code == "standard":
        sample = Sample({**sample.body, "subject": account}, sample.headers)
    steps, signed = _RECIPES[adapter.scheme]
    headers = {"content-type": "application/json", **sample.headers}
    lines = [
        "# The secret is shown once, when it is made.",
        "SECRET='…'",
        f"URL={shlex.quote(url)}",
        f"BODY={_body(adapter, sample)}",
        *steps,
        'curl -i "$URL" --data-binary "$BODY" \\',
    ]
    sent = [
        *(shlex.quote(f"{name}: {value}") for name, value in headers.items()),
        *(f'"{header}"' for header in signed),
    ]
    return "\n".join([*lines, " \\\n".join(f"  -H {header}" for header in sent)])


def _body(adapter: Adapter, sample: Sample) -> str:
    """:return: the sample in quotes; a CloudEvent gets a new id each time"""
    body = sample.body
    if adapter.code != "standard":
        return shlex.quote(json.dumps(body))
    quoted = shlex.quote(json.dumps({**body, "id": "NEW-ID"}))
    return quoted.replace("NEW-ID", "'$(openssl rand -hex 8)'")
