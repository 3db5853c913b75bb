"""Words in a prepared answer that stand for values of the ticket: a closed list, replaced once, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping

CUSTOMER, ACCOUNT, TICKET, TITLE = "customer", "account", "ticket", "title"
AGENT, TEAM, OPENED, DUE = "agent", "team", "opened", "due"
PLACEHOLDERS = {
    CUSTOMER: "name of the customer",
    ACCOUNT: "name of the account",
    TICKET: "number of the ticket",
    TITLE: "title of the ticket",
    AGENT: "your name",
    TEAM: "name of the team",
    OPENED: "day on which the ticket was opened",
    DUE: "next deadline",
}
_ANY = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def unknown(text: str) -> list[str]:
    """:return: what stands between double braces and is no placeholder, in order"""
    return [
        inside.strip()
        for inside in dict.fromkeys(_ANY.findall(text))
        if inside.strip() not in PLACEHOLDERS
    ]


def used(text: str) -> list[str]:
    """:return: the placeholders of a text, each once, in order"""
    return [name for name in dict.fromkeys(_NAME.findall(text)) if name in PLACEHOLDERS]


def missing(text: str, values: Mapping[str, str]) -> list[str]:
    """:return: placeholders of a text that have no value"""
    return [name for name in used(text) if not values.get(name)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """:return: the text with its placeholders replaced

    In one pass: a value that looks like a placeholder itself stays as it is. A placeholder without value stays, too,
    so that nobody sends a sentence with a hole in it unseen.
    """
    return _NAME.sub(lambda match: values.get(match[1]) or match[0], text)
