"""Check a request: what would each check of the door say, in its order?

Nothing here tells a secret or a signature that would fit. A check that cannot be made, as one
before it failed, has no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import adapters, encoding, signatures
from .adapters import Adapter
from .cloudevents import BadEnvelope, BadJson, Item, parse_json
from .signatures import Request, Verdict

Check = Literal[
    "method",
    "size",
    "content_type",
    "signature_header",
    "signature",
    "freshness",
    "encoding",
    "json",
    "envelope",
]

# What pasting or a proxy does to a body: (how to undo it, how to call it).
_MENDED: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda body: body.rstrip(b"\r\n"), "without the line break at its end"),
    (lambda body: body + b"\n", "with a line break at its end"),
    (lambda body: body.replace(b"\r\n", b"\n"), "with plain line breaks"),
    (lambda body: body.replace(b"\n", b"\r\n"), "with CRLF line breaks"),
    (lambda body: body.strip(), "without the white space around it"),
)


@dataclass(frozen=True)
class Step:
    check: Check
    ok: bool | None  # None: not reached
    detail: str


@dataclass(frozen=True)
class Limits:
    max_body_bytes: int
    allow_binary: bool = False


def explain(
    request: Request,
    allowed: Sequence[str],
    secrets: Sequence[str],
    *,
    now: float,
    limits: Limits,
    mapped: Callable[[Any], list[Item]] | None = None,
) -> tuple[Step, ...]:
    """:param allowed: codes of the adapters of the source
    :param now: seconds since the epoch
    :param mapped: as for ``adapters.adapt``
    """
    adapter = adapters.choose_adapter(request.headers, allowed)
    content_type = request.headers.get("content-type")
    return (
        _method(request),
        _size(request.body, limits),
        _content_type(content_type),
        _header(request, adapter, allowed),
        *_signature(request, adapter, secrets, now),
        *_content(request, adapter, limits, mapped),
    )


def events(
    request: Request,
    allowed: Sequence[str],
    limits: Limits,
    mapped: Callable[[Any], list[Item]] | None = None,
) -> list[Item]:
    """:return: what the door would read, empty if it would read nothing"""
    adapter = adapters.choose_adapter(request.headers, allowed)
    try:
        body = _plain(request, limits)
        if adapter is None:
            return []
        content_type = request.headers.get("content-type")
        return adapters.adapt(adapter.code, request.headers, content_type, body, mapped)
    except (BadJson, BadEnvelope, encoding.BadEncoding, encoding.TooLarge):
        return []


def headers_of(pasted: Any) -> dict[str, str]:
    """:param pasted: a mapping, or text with a ``name: value`` in each line
    :return: lower-case names
    """
    if isinstance(pasted, dict):
        pairs = [(str(name), str(value)) for name, value in pasted.items()]
    else:
        lines = str(pasted or "").splitlines()
        pairs = [
            (name, value)
            for name, colon, value in (x.partition(":") for x in lines)
            if colon
        ]
    return {name.strip().lower(): value.strip() for name, value in pairs}


# ------------------------------------------------------------------- checks


def _method(request: Request) -> Step:
    good = request.method == "POST"
    return Step(
        "method",
        good,
        "POST" if good else f"Events are sent with POST, not {request.method}.",
    )


def _size(body: bytes, limits: Limits) -> Step:
    good = len(body) <= limits.max_body_bytes
    return Step(
        "size", good, f"{len(body)} bytes; the source takes {limits.max_body_bytes}."
    )


def _content_type(content_type: str | None) -> Step:
    kind = adapters.media_type(content_type)
    known = ", ".join(adapters.CONTENT_TYPES)
    detail = (
        kind or f"{content_type or 'There is none'}; one of {known} in UTF-8 is taken."
    )
    return Step("content_type", kind is not None, detail)


def _header(request: Request, adapter: Adapter | None, allowed: Sequence[str]) -> Step:
    if adapter is not None:
        scheme = signatures.SCHEMES[adapter.scheme]
        name = next(n for n in scheme.headers if n in request.headers)
        return Step(
            "signature_header",
            True,
            f"{name}: {scheme.label}, read as {adapter.label}.",
        )
    wanted = [
        f"{' or '.join(signatures.SCHEMES[known.scheme].headers)} ({known.label})"
        for code in allowed
        if (known := adapters.ADAPTERS.get(code))
    ]
    there = sorted(
        n
        for s in signatures.SCHEMES.values()
        for n in s.headers
        if n in request.headers
    )
    taken, sent = ", ".join(wanted) or "nothing yet", ", ".join(there) or "none of them"
    detail = f"The source takes {taken}; the request has {sent}."
    return Step("signature_header", False, detail)


def _signature(
    request: Request, adapter: Adapter | None, secrets: Sequence[str], now: float
) -> tuple[Step, Step]:
    unknown = Step("freshness", None, "Not checked: the signature comes first.")
    if adapter is None:
        return Step(
            "signature", None, "Not checked: there is no header to check."
        ), unknown
    if not secrets:
        return Step("signature", False, "The source has no secret yet."), unknown
    scheme = signatures.SCHEMES[adapter.scheme]
    verdict = signatures.verify(scheme.code, request, secrets, now=now)
    if verdict.code == "bad_signature":
        return Step(
            "signature", False, _why(request, scheme.code, secrets, now, verdict)
        ), unknown
    fits = Step(
        "signature", True, f"It fits the body and one of {len(secrets)} live secrets."
    )
    if not scheme.timestamped:
        why = f"Cannot be checked: {scheme.label} signs no time, so an old request looks like a new one."
        return fits, Step("freshness", True, why)
    if not verdict.ok:
        return fits, Step("freshness", False, verdict.detail)
    within = f"The timestamp is at most {signatures.TOLERANCE_SECONDS} s away."
    return fits, Step("freshness", True, within)


def _why(
    request: Request, scheme: str, secrets: Sequence[str], now: float, verdict: Verdict
) -> str:
    """:return: the door's answer, and what would make the signature fit, if we find it"""
    for mend, how in _MENDED:
        body = mend(request.body)
        mended = Request(request.method, request.url, request.headers, body)
        if body != request.body and (
            signatures.verify(scheme, mended, secrets, now=now).code != "bad_signature"
        ):
            return f"{verdict.detail} It would fit the body {how}: the bytes must be as they were sent."
    return verdict.detail


def _content(
    request: Request,
    adapter: Adapter | None,
    limits: Limits,
    mapped: Callable[[Any], list[Item]] | None,
) -> tuple[Step, Step, Step]:
    no_json = Step("json", None, "Not checked: the body cannot be read.")
    no_event = Step("envelope", None, "Not checked: there is nothing to read it from.")
    coding = request.headers.get("content-encoding") or "identity"
    try:
        body = _plain(request, limits)
    except (encoding.BadEncoding, encoding.TooLarge) as error:
        return Step("encoding", False, str(error)), no_json, no_event
    decoded = Step("encoding", True, f"{coding}: {len(body)} bytes of content.")
    try:
        parse_json(body)
    except BadJson as error:
        return decoded, Step("json", False, str(error)), no_event
    good = Step("json", True, "Sound JSON.")
    return (
        decoded,
        good,
        no_event
        if adapter is None
        else _envelope(request, adapter, body, limits, mapped),
    )


def _plain(request: Request, limits: Limits) -> bytes:
    coding = request.headers.get("content-encoding")
    if not encoding.known(coding):
        known = " and ".join(encoding.ENCODINGS)
        raise encoding.BadEncoding(f"{coding}: only {known} are taken")
    return encoding.decode(request.body, coding, limits.max_body_bytes)


def _envelope(
    request: Request,
    adapter: Adapter,
    body: bytes,
    limits: Limits,
    mapped: Callable[[Any], list[Item]] | None,
) -> Step:
    content_type = request.headers.get("content-type")
    if (
        adapters.is_binary(adapter.code, request.headers, content_type)
        and not limits.allow_binary
    ):
        why = "This source takes no attributes in headers, as the signature does not cover them."
        return Step("envelope", False, why)
    try:
        items = adapters.adapt(
            adapter.code, request.headers, content_type, body, mapped
        )
    except BadEnvelope as error:
        return Step("envelope", False, str(error))
    told = [
        f"{item.event.type} of {item.event.subject or 'no account'}"
        if item.event
        else str(item.error)
        for item in items[:5]
    ]
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    good = any(item.event for item in items)
    return Step("envelope", good, (", ".join(told) + more) or "The batch is empty.")
