"""Spans for OpenTelemetry, where it is installed and ``[event_hub]`` ``otel_service`` names us.

The trace id of a span is the correlation id, so what OpenTelemetry shows is the same story as
the ledger. Where to send it to is said by OpenTelemetry's own environment variables
(``OTEL_EXPORTER_OTLP_ENDPOINT``, ...). Without the packages, or without the setting, nothing
here does anything.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from . import settings

_logger = logging.getLogger(__name__)

try:
    from opentelemetry import trace as otel_trace
except ImportError:  # optional
    otel_trace = None

_HEX32 = re.compile(r"[0-9a-f]{32}")
_lock = threading.Lock()
_providers: dict[int, Any] = {}  # process id: provider; threads do not survive a fork


def is_on() -> bool:
    return otel_trace is not None and bool(settings.otel_service())


def record(
    name: str,
    correlation: str | None,
    *,
    started: datetime,
    ended: datetime,
    attributes: Mapping[str, str | int | float | bool] | None = None,
    error: str = "",
) -> None:
    """Tell of one step that is over.

    :param correlation: 32 hex digits; without it there is nothing to tell
    :param started: and ``ended``: naive UTC
    :param attributes: plain facts; never a body, never a secret
    :param error: kind of the problem, if there was one
    """
    if (
        not is_on()
        or not _HEX32.fullmatch(correlation or "")
        or not int(correlation, 16)
    ):
        return
    tracer = _provider().get_tracer("odoo.addons.event_hub")
    span = tracer.start_span(
        name,
        context=_parent(correlation),
        start_time=_nanoseconds(started),
        attributes=dict(attributes or {}),
    )
    if error:
        span.set_status(otel_trace.Status(otel_trace.StatusCode.ERROR, error))
    span.end(end_time=_nanoseconds(max(started, ended)))


def use_provider(provider: Any) -> None:
    """Export through ``provider`` in this process, for whoever sets OpenTelemetry up by code."""
    with _lock:
        _providers[os.getpid()] = provider


def _provider() -> Any:
    with _lock:
        pid = os.getpid()
        if pid not in _providers:
            _providers[pid] = _new_provider()
        return _providers[pid]


def _new_provider() -> Any:
    """The SDK's provider with an OTLP exporter; without the SDK the one that does nothing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        _logger.warning(
            "Traces are not exported: %s is not installed.", error.name or "the SDK"
        )
        return otel_trace.NoOpTracerProvider()
    resource = Resource.create({"service.name": settings.otel_service()})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _parent(correlation: str) -> Any:
    """A remote parent with the story's trace id; its own span is told by whoever sent it, if at all."""
    context = otel_trace.SpanContext(
        trace_id=int(correlation, 16),
        span_id=int(secrets.token_hex(8), 16) or 1,
        is_remote=True,
        trace_flags=otel_trace.TraceFlags(otel_trace.TraceFlags.SAMPLED),
    )
    return otel_trace.set_span_in_context(otel_trace.NonRecordingSpan(context))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=timezone.utc).timestamp() * 1_000_000) * 1000
