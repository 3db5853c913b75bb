"""CPU seconds of a process and all below it, from /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree_seconds(pid):
    """User and system seconds of the tree under `pid`, ended children included."""
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            number = int(folder.name)
            parents[number] = int(fields[1])
            spent[number] = sum(map(int, fields[11:15]))
    return (
        sum(spent[number] for number in spent if _below(number, pid, parents)) / TICKS
    )


def tree(pid):
    """:return: process ids of the tree under `pid`"""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(folder.name)] = int(fields[1])
    return [number for number in parents if _below(number, pid, parents)]


def _below(number, root, parents):
    while number and number != root:
        number = parents.get(number, 0)
    return number == root
