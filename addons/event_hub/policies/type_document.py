"""The registry of event types as a page of Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

INTRO = """# Events

Which events the suite understands and tells, and what their data looks like. A star marks
what is required; more is allowed. A change that would refuse data of an earlier version
gets a new major version; an event whose `dataschema` ends in `/<version>` is judged by that one.

This page is written from the registry (Operations > Configuration > Event Types)."""


@dataclass(frozen=True)
class TypeEntry:
    code: str
    name: str
    version: str
    inside: bool
    case_type: str
    system_of_record: str
    latency: str
    description: str
    schema: Mapping[str, Any]
    sample: Any
    older: tuple[str, ...] = ()  # versions that may still be named


def page(entries: Iterable[TypeEntry]) -> str:
    """:return: the whole page, types by code, ended by a line feed"""
    parts = [INTRO]
    ordered = sorted(entries, key=lambda entry: entry.code)
    for family, group in groupby(  # pylint: disable=bad-builtin-groupby
        ordered, key=lambda e: e.code.partition(".")[0]
    ):
        parts.append(f"## {family}")
        parts.extend(_section(entry) for entry in group)
    return "\n\n".join(parts) + "\n"


def _section(entry: TypeEntry) -> str:
    parts = [f"### `{entry.code}`", f"{entry.name}. {_facts(entry)}"]
    if entry.description:
        parts.append(entry.description.strip())
    rows = list(_rows(entry.schema))
    if rows:
        parts.append("\n".join(["| data | what |", "|---|---|", *rows]))
    if entry.sample:
        sample = json.dumps(entry.sample, ensure_ascii=False)
        parts.append(f"```json\n{sample}\n```")
    return "\n\n".join(parts)


def _facts(entry: TypeEntry) -> str:
    facts = [f"Version {entry.version}", f"case: {entry.case_type}"]
    if entry.older:
        facts.append(f"still judged if named: {', '.join(entry.older)}")
    facts.append("told by this database only" if entry.inside else "heard from sources")
    if entry.system_of_record:
        facts.append(f"system of record: {entry.system_of_record}")
    facts.append(f"understood: {entry.latency.lower()}")
    return "; ".join(facts) + "."


def _rows(schema: Mapping[str, Any]) -> Iterable[str]:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    for name in (*properties, *(n for n in required if n not in properties)):
        star = "\\*" if name in required else ""
        yield f"| `{name}`{star} | {_kind(properties.get(name, True))} |"


def _kind(schema: Any) -> str:
    """:return: such as ``string or null, at most 200 characters``"""
    if not isinstance(schema, Mapping):
        return "anything" if schema else "nothing"
    named = schema.get("type", "anything")
    words = [named if isinstance(named, str) else " or ".join(named)]
    if "enum" in schema:
        words.append("one of " + ", ".join(json.dumps(v) for v in schema["enum"]))
    for keyword, phrase in (
        ("const", "always {}"),
        ("minimum", "from {}"),
        ("exclusiveMinimum", "above {}"),
        ("maximum", "up to {}"),
        ("exclusiveMaximum", "below {}"),
        ("maxLength", "at most {} characters"),
        ("format", "{}"),
        ("description", "{}"),
    ):
        if keyword in schema:
            words.append(phrase.format(schema[keyword]))
    if "pattern" in schema:
        words.append(f"`{schema['pattern']}`")
    return ", ".join(words).replace("|", "\\|").replace("\n", " ")
