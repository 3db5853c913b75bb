"""Which change of a JSON Schema (2020-12) breaks its senders: one that refuses what was accepted.

Conservative: a change is harmless only if that can be shown keyword by keyword; what
cannot be judged counts as breaking. Every breach names the place, such as ``$.data.amount``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import FormatChecker

from . import linear_regex
from .schema_validator import SchemaValidator

ROOT = "$.data"
REMOVED = "is no longer described"

# They describe; a validator does not refuse by them.
ANNOTATIONS = frozenset(
    "title description default examples deprecated readOnly writeOnly $schema $comment $defs"
    " contentEncoding contentMediaType contentSchema".split()
)
REFERENCES = frozenset(
    "$ref $dynamicRef $recursiveRef $id $anchor $dynamicAnchor".split()
)
# Each means something only together with its neighbours, so they have to stay as they are.
GROUPS = (
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
    ("not",),
    ("oneOf",),
    ("dependentSchemas",),
)
NUMBERS, TEXTS, LISTS, OBJECTS = (
    frozenset({"number", "integer"}),
    frozenset({"string"}),
    frozenset({"array"}),
    frozenset({"object"}),
)
TYPES = NUMBERS | TEXTS | LISTS | OBJECTS | {"boolean", "null"}
LEAST = {"minLength": TEXTS, "minItems": LISTS, "minProperties": OBJECTS}
MOST = {"maxLength": TEXTS, "maxItems": LISTS, "maxProperties": OBJECTS}
SAME_TEXT = {"pattern": "the pattern", "format": "the format"}

Schema = Mapping[str, Any] | bool


@dataclass(frozen=True)
class Breach:
    path: str  # such as $.data.amount
    why: str  # in words, without the place

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def breaches(old: Schema | None, new: Schema | None) -> list[Breach]:
    """:param old: what is in force; None accepts anything
    :return: what ``new`` may refuse of what ``old`` accepts; empty: the change is harmless
    """
    before: Schema = {} if old is None else old
    after: Schema = {} if new is None else new
    if _same(before, after) or _open(after):
        return _removed(before, after, ROOT)
    if _refers(before) or _refers(after):
        return [Breach(ROOT, "schemas with references ($ref, $id) cannot be compared")]
    return list(dict.fromkeys(_compare(before, after, ROOT)))


def may_take_over(old_version: str, new_version: str, broken: bool) -> bool:
    """May ``new_version`` follow ``old_version``? Only a new major version may break."""
    old, new = _numbers(old_version), _numbers(new_version)
    if new < old:
        return False
    return not broken or new[0] > old[0]


def next_major(version: str) -> str:
    """:return: such as ``2.0`` for ``1.4``"""
    return f"{_numbers(version)[0] + 1}.0"


def version_in(dataschema: str | None) -> str | None:
    """:return: the last part of the path of a CloudEvents ``dataschema``, such as ``2.0``"""
    if not dataschema:
        return None
    return re.split(r"[?#]", dataschema, maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def _numbers(version: str) -> tuple[int, ...]:
    """:return: ``(1, 4)`` of ``1.4``; what is no number counts as 0"""
    parts = [int(p) if p.isdecimal() else 0 for p in version.split(".")]
    return tuple((*parts, 0, 0)[:3])


# ------------------------------------------------------------------ one schema


def _compare(old: Schema, new: Schema, path: str) -> Iterator[Breach]:
    if old is False or _open(new):
        yield from _removed(old, new, path)
        return
    if new is False:
        yield Breach(path, "nothing is accepted here any more")
        return
    before = old if isinstance(old, Mapping) else {}
    if isinstance(new, bool) or _same(before, new):
        return
    values = _values(before)
    if values is not None:
        yield from _compare_values(values, before, new, path)
        return
    types = _types(before)
    yield from _compare_type(before, new, path)
    yield from _compare_numbers(before, new, types, path)
    yield from _compare_sizes(before, new, types, path)
    if types & OBJECTS:
        yield from _compare_object(before, new, path)
    if types & LISTS:
        yield from _compare_list(before, new, path)
    yield from _compare_combinations(before, new, path)
    yield from _compare_rest(before, new, path)


def _covers(old: Schema, new: Schema, path: str) -> bool:
    """Whether ``new`` accepts all that ``old`` does, whatever it describes."""
    return all(breach.why == REMOVED for breach in _compare(old, new, path))


def _same(old: Any, new: Any) -> bool:
    """Equal as JSON, where ``true`` is not 1."""
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def _open(schema: Schema) -> bool:
    """It accepts anything."""
    if isinstance(schema, bool):
        return schema
    return not any(_matters(keyword) for keyword in schema)


def _matters(keyword: str) -> bool:
    return keyword not in ANNOTATIONS and not keyword.startswith("x-")


def _refers(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(k in REFERENCES or _refers(v) for k, v in value.items())
    return isinstance(value, list) and any(_refers(v) for v in value)


# --------------------------------------------------------------- kinds and values


def _values(schema: Mapping[str, Any]) -> list[Any] | None:
    """:return: all values that ``schema`` may accept, None if they are not listed"""
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None


def _compare_values(
    values: list[Any], old: Mapping[str, Any], new: Schema, path: str
) -> Iterator[Breach]:
    before, after = _validator(old), _validator(new)
    for value in values:
        if before.is_valid(value) and not after.is_valid(value):
            yield Breach(path, f"{json.dumps(value)} is no longer accepted")


def _validator(schema: Any) -> SchemaValidator:
    return SchemaValidator(schema, format_checker=FormatChecker())


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """:return: the JSON types it may accept"""
    named = schema.get("type")
    if named is None:
        return TYPES
    types = frozenset([named] if isinstance(named, str) else named)
    return types | {"integer"} if "number" in types else types


def _compare_type(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    lost = sorted(_types(old) - _types(new))
    if "type" in new and lost:
        yield Breach(path, f"{', '.join(lost)} is no longer accepted")
    if "const" in new or "enum" in new:
        yield Breach(path, "only listed values are accepted now")


def _compare_numbers(
    old: Mapping[str, Any], new: Mapping[str, Any], types: frozenset[str], path: str
) -> Iterator[Breach]:
    if not types & NUMBERS:
        return
    for keyword, sign in (("inimum", 1), ("aximum", -1)):
        bound = ("m" + keyword, "exclusiveM" + keyword)
        for name in bound:
            if name in new and not _bounded(old, bound, name, new[name], sign):
                yield Breach(path, f"{name} {new[name]} is narrower than before")
    step = new.get("multipleOf")
    if step is not None and not _divides(step, old.get("multipleOf")):
        yield Breach(path, f"only multiples of {step} are accepted now")


def _bounded(
    old: Mapping[str, Any], bound: tuple[str, str], name: str, limit: Any, sign: int
) -> bool:
    """Whether ``old`` keeps within ``limit`` itself; ``sign``: 1 from below, -1 from above."""
    inclusive, exclusive = bound
    if exclusive in old and sign * (old[exclusive] - limit) >= 0:
        return True
    room = sign * (old[inclusive] - limit) if inclusive in old else -1
    return bool(room > 0 or (room == 0 and name == inclusive))


def _divides(step: Any, old: Any) -> bool:
    """Whether every multiple of ``old`` is one of ``step``; floats only if they are equal."""
    if old is None:
        return False
    whole = type(step) is int and type(old) is int
    return bool(old % step == 0 if whole else _same(old, step))


def _compare_sizes(
    old: Mapping[str, Any], new: Mapping[str, Any], types: frozenset[str], path: str
) -> Iterator[Breach]:
    for name, kinds in LEAST.items():
        if types & kinds and new.get(name, 0) > old.get(name, 0):
            yield Breach(path, f"{name} {new[name]} is narrower than before")
    for name, kinds in MOST.items():
        if (
            types & kinds
            and name in new
            and not old.get(name, new[name] + 1) <= new[name]
        ):
            yield Breach(path, f"{name} {new[name]} is narrower than before")
    for name, words in SAME_TEXT.items():
        if types & TEXTS and name in new and old.get(name) != new[name]:
            yield Breach(path, f"{words} {new[name]} was not asked for before")
    if types & LISTS and new.get("uniqueItems") and not old.get("uniqueItems"):
        yield Breach(path, "repeated items are no longer accepted")


# --------------------------------------------------------------------- objects


def _compare_object(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    for name in new.get("required", ()):
        if name not in old.get("required", ()):
            yield Breach(f"{path}.{name}", "is required now")
    yield from _compare_dependent(old, new, path)
    for name, schema in new.get("properties", {}).items():
        yield from _compare(_property(old, name), schema, f"{path}.{name}")
    yield from _removed(old, new, path)
    for pattern, schema in new.get("patternProperties", {}).items():
        known = old.get("patternProperties", {}).get(pattern, True)
        yield from _compare(known, schema, f"{path}[{pattern}]")
    rest = new.get("additionalProperties", True)
    if not _open(rest):
        yield from _compare_additional(old, new, rest, path)
    if not _open(names := new.get("propertyNames", True)):
        yield from _compare(
            _text(old.get("propertyNames", True)), names, f"{path}[name]"
        )


def _text(schema: Schema) -> Schema:
    """The name of a property is text, whatever its schema says."""
    if isinstance(schema, bool):
        return {"type": "string"} if schema else False
    return schema if "type" in schema else {**schema, "type": "string"}


def _compare_dependent(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    known = old.get("dependentRequired", {})
    for name, needed in new.get("dependentRequired", {}).items():
        for other in needed:
            if other not in known.get(name, ()):
                yield Breach(f"{path}.{other}", f"is required now beside {name}")


def _property(schema: Mapping[str, Any], name: str) -> Schema:
    """:return: something that the value of a property has to fit"""
    known: Mapping[str, Schema] = schema.get("properties", {})
    if name in known:
        return known[name]
    for pattern, value in schema.get("patternProperties", {}).items():
        if _matches(pattern, name):
            found: Schema = value
            return found
    rest: Schema = schema.get("additionalProperties", True)
    return rest


def _matches(pattern: str, name: str) -> bool:
    return linear_regex.search(pattern, name)


def _removed(old: Schema, new: Schema, path: str) -> list[Breach]:
    """Properties that are no longer described: who relied on them is not told otherwise."""
    known = old.get("properties", {}) if isinstance(old, Mapping) else {}
    left = new if isinstance(new, Mapping) else {}
    patterns = left.get("patternProperties", {})
    return [
        Breach(f"{path}.{name}", REMOVED)
        for name, schema in known.items()
        if schema is not False
        and name not in left.get("properties", {})
        and not any(_matches(pattern, name) for pattern in patterns)
    ]


def _compare_additional(
    old: Mapping[str, Any], new: Mapping[str, Any], rest: Schema, path: str
) -> Iterator[Breach]:
    """What ``new`` says of the properties it does not name, against all that ``old`` says of them."""
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield from _compare(schema, rest, f"{path}.{name}")
    for pattern, schema in old.get("patternProperties", {}).items():
        if pattern not in new.get("patternProperties", {}):
            yield from _compare(schema, rest, f"{path}[{pattern}]")
    if not _covers(old.get("additionalProperties", True), rest, path):
        yield Breach(path, "further properties are no longer accepted as before")


# ------------------------------------------------------------------------ lists


def _compare_list(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    first, known = new.get("prefixItems", []), old.get("prefixItems", [])
    rest, before = new.get("items", True), old.get("items", True)
    for index in range(max(len(first), len(known))):
        yield from _compare(
            known[index] if index < len(known) else before,
            first[index] if index < len(first) else rest,
            f"{path}[{index}]",
        )
    if not _open(rest):
        yield from _compare(before, rest, f"{path}[]")


# ----------------------------------------------------------------- combinations


def _compare_combinations(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    known = old.get("allOf", [])
    for branch in new.get("allOf", ()):
        if not any(_covers(part, branch, path) for part in (old, *known)):
            yield Breach(path, "a part of allOf may refuse what was accepted")
    if "anyOf" in new and not _covers_any(old, new["anyOf"], path):
        yield Breach(path, "anyOf may refuse what was accepted")


def _covers_any(old: Mapping[str, Any], branches: list[Schema], path: str) -> bool:
    if any(_covers(old, branch, path) for branch in branches):
        return True
    known = old.get("anyOf", [])
    return bool(known) and all(
        any(_covers(part, branch, path) for branch in branches) for part in known
    )


JUDGED = frozenset(
    "type const enum minimum exclusiveMinimum maximum exclusiveMaximum multipleOf minLength minItems"
    " minProperties maxLength maxItems maxProperties pattern format uniqueItems required dependentRequired"
    " properties patternProperties additionalProperties propertyNames prefixItems items allOf anyOf".split()
)


def _compare_rest(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Breach]:
    judged = set(JUDGED)
    for group in GROUPS:
        judged.update(group)
        if group[0] in new and not all(
            name in old and _same(old[name], new[name])
            if name in new
            else name not in old
            for name in group
        ):
            yield Breach(path, f"a change of {group[0]} cannot be judged")
    for name in new:
        if _matters(name) and name not in judged:
            yield Breach(path, f"{name} beside a change cannot be judged")
