"""Which policy makes the promise: ordered, the first that fits wins, one for each kind of promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FIRST_RESPONSE, NEXT_RESPONSE = "first_response", "next_response"
UPDATE, RESOLUTION = "update", "resolution"
KINDS = [
    (FIRST_RESPONSE, "First Response"),
    (NEXT_RESPONSE, "Next Response"),
    (UPDATE, "Update"),
    (RESOLUTION, "Resolution"),
]


@dataclass(frozen=True)
class Rule:
    """A policy as far as matching goes.

    :param wanted: trait -> values, one of which the ticket must have; a trait without values is not asked
    """

    id: int
    kind: str
    company_id: int | None
    wanted: Mapping[str, frozenset[object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Promise:
    """What a policy promises to the tickets it fits.

    :param seconds: of working time
    :param calendar_id: None: the clock never stops
    :param pausing: ids of stages in which it stands still
    :param warnings: percent of the time used at which people are told
    """

    rule: Rule
    seconds: int
    calendar_id: int | None
    pausing: frozenset[int]
    warnings: tuple[int, ...]


@dataclass(frozen=True)
class Traits:
    """A ticket as far as matching goes: trait -> its values (several tags, at most one team)."""

    company_id: int
    values: Mapping[str, frozenset[object]]


def fits(rule: Rule, traits: Traits) -> bool:
    if rule.company_id not in (None, traits.company_id):
        return False
    return all(
        wanted & traits.values.get(trait, frozenset())
        for trait, wanted in rule.wanted.items()
        if wanted
    )


def match(rules: Sequence[Rule], traits: Traits) -> dict[str, int]:
    """:param rules: in their order
    :return: ``{kind: id of the policy}``; a kind that no policy fits is not promised
    """
    found: dict[str, int] = {}
    for rule in rules:
        if rule.kind not in found and fits(rule, traits):
            found[rule.kind] = rule.id
    return found
