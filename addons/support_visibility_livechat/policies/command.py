"""What an agent types to open a ticket from a conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}\.[^\s@<>]{1,63}")
MOST_CHARS = 2000  # of what is looked at


@dataclass(frozen=True)
class Command:
    title: str
    email: str  # lower case; "" for none


def parse(text: str, command: str) -> Command:
    """:param text: the whole line, such as ``/ticket Export fails anna@example.com``
    :return: the title without the command and the last address in it
    """
    line = " ".join(text[:MOST_CHARS].split())
    if line.startswith(command):
        line = line[len(command) :]
    found = ADDRESS.findall(line)
    if not found:
        return Command(line.strip(), "")
    before, _address, after = line.rpartition(found[-1])
    return Command(" ".join(f"{before} {after}".split()), found[-1].lower())
