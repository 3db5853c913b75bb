"""Write an output for people. It stays plain text: what an engine wrote is never markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def _label(key: str) -> str:
    return key.replace("_", " ").strip().capitalize()


def _is_leaf_of_citation(key: str) -> bool:
    return key in ("model", "id")  # shown as a link, not as text


def _lines(value: Any, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        shown = {
            key: child for key, child in value.items() if not _is_leaf_of_citation(key)
        }
        if set(shown) == {"text"}:
            return _lines(shown["text"], indent)
        lines: list[str] = []
        for key, child in shown.items():
            nested = isinstance(child, Mapping | list)
            lines += (
                [f"{indent}{_label(key)}:", *_lines(child, indent + "  ")]
                if nested
                else [f"{indent}{_label(key)}: {_scalar(child)}"]
            )
        return lines
    if isinstance(value, list):
        return [
            f"{indent}• {' '.join(' '.join(_lines(child, '')).split())}"
            for child in value
        ]
    return [f"{indent}{_scalar(value)}"]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else json.dumps(value)


def readable(output: Any) -> str:
    """:return: ``output`` as lines of text; an object with one key shows only its content"""
    if isinstance(output, Mapping) and len(output) == 1:
        return "\n".join(_lines(next(iter(output.values())), ""))
    return "\n".join(_lines(output, "")) if output else ""
