"""Server logs as one JSON object a line, with the correlation id and without payloads and secrets.

Switched on by ``[event_hub]`` ``log_format = json`` in odoo.conf. What a line may hold is
decided here and not by who logs: an exception is told by its kind and its place, not by its
own words, which quote what it choked on; values in SQL are left out; what looks like a
credential is blotted out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import traceback
from datetime import datetime, timezone
from typing import Any

from . import settings, trace

MAX_MESSAGE = 2000  # characters
MAX_FRAMES = 30  # of a traceback, the innermost
HIDDEN = "***"

_CREDENTIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(whsec_)[A-Za-z0-9+/=_-]+",
        r"((?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}",
        r"(\bv1a?[,=])[A-Za-z0-9+/=]{16,}",
        r"((?:authorization|cookie|set-cookie|x-api-key|(?:webhook|stripe)-signature|x-hub-signature(?:-256)?)['\"]?\s*[:=]\s*['\"]?)[^'\"\n]+",
        r"([?&](?:key|token|access_token|secret|password|api_key|signature)=)[^&\s\"']+",
        r"((?:password|passwd|secret|api_?key|token)['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]{4,}",
    )
)
_SQL_TEXT = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_SQL_LOGGER = (
    "odoo.sql_db"  # writes down queries that fail, with what they were to store
)
_EXTRA = "hub"  # of a record: a dict of plain facts that go into the line as they are


def cleaned(text: str) -> str:
    """:return: ``text`` with whatever looks like a credential blotted out"""
    for pattern in _CREDENTIALS:
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return text


class JsonFormatter(logging.Formatter):
    """One line of JSON: ``ts, level, logger, message, db, pid, thread`` and what is known beyond."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": _instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
            "db": getattr(record, "dbname", None)
            or getattr(threading.current_thread(), "dbname", None),
            "pid": os.getpid(),
            "thread": record.threadName,
            **self._facts(record),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = _frames(record.exc_info[2])
        known = {key: value for key, value in line.items() if value not in (None, "")}
        return json.dumps(known, ensure_ascii=False, default=str)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        text = _words(record)
        if record.name == _SQL_LOGGER:
            text = _SQL_TEXT.sub("?", text)
        return cleaned(text)[:MAX_MESSAGE]

    @staticmethod
    def _facts(record: logging.LogRecord) -> dict[str, Any]:
        current = trace.current()
        facts = {"correlation": current.correlation if current else None}
        extra = getattr(record, _EXTRA, None)
        return {**facts, **extra} if isinstance(extra, dict) else facts


def _words(record: logging.LogRecord) -> str:
    """The message; an exception among its values is named by its kind."""
    args = record.args
    if isinstance(args, tuple):
        args = tuple(_named(value) for value in args)
    elif isinstance(args, dict):
        args = {key: _named(value) for key, value in args.items()}
    text = str(_named(record.msg))
    try:
        return text % args if args else text
    except (TypeError, ValueError, KeyError):
        return text  # a wrong format string is no reason to lose the line


def _named(value: Any) -> Any:
    if isinstance(
        value, bytes
    ):  # queries come as bytes, whose repr() quotes the quotes
        return value.decode("utf-8", "replace")
    return type(value).__name__ if isinstance(value, BaseException) else value


def _frames(tb: Any) -> list[str]:
    """Where it happened, without the values that were there."""
    frames = traceback.extract_tb(tb)[-MAX_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _instant(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_wanted() -> bool:
    return settings.log_format() == "json"


def install() -> bool:
    """Let every handler that writes text write JSON, if odoo.conf asks for it.

    :return: whether it did
    """
    if not is_wanted():
        return False
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):  # files are streams, too
            handler.setFormatter(JsonFormatter())
    return True
