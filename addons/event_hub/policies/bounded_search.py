"""JMESPath with an end: neither the data nor an expression makes the reader work or grow without limit.

An expression of a few hundred characters can ask for a result of more elements than there are
atoms: ``[@,@] | [@,@] | …`` doubles with each step. Steps are counted, and what comes out of one
is weighed against what went in.
"""

from __future__ import annotations

from typing import Any

from jmespath import visitor

STEPS = 1_000_000  # that any expression may take, one for each of its nodes and each element; more for much data
GROWTH = 4  # times what went in
ALLOWANCE = 10_000  # that a result may weigh in any case
MAKERS = (
    frozenset(  # nodes that make more of what they are given; the others choose from it
        ("multi_select_list", "multi_select_dict", "function_expression")
    )
)


class TooMuch(ValueError):
    """The expression asks for more than it may."""


def search(compiled: Any, value: Any, options: Any) -> Any:
    """:param compiled: as ``jmespath.compile`` gives it
    :raise TooMuch: if it takes too many steps, or gives far more than went in
    """
    return _Reader(value, options).visit(compiled.parsed, value)


class _Reader(visitor.TreeInterpreter):  # type: ignore[misc]
    def __init__(self, value: Any, options: Any) -> None:
        super().__init__(options)
        # Weight by identity, so that what is shared is looked at once; the object is kept with it, as an identity
        # is given again once its object is gone.
        self._weights: dict[int, tuple[int, Any]] = {}
        weight = self._weight(value)
        self._steps = STEPS + weight
        self._limit = GROWTH * weight + ALLOWANCE

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._steps -= 1
        if self._steps < 0:
            raise TooMuch("it takes too many steps")
        result = super().visit(node, *args, **kwargs)
        if node["type"] in MAKERS and self._weight(result) > self._limit:
            raise TooMuch("it gives far more than it was given")
        return result

    def _weight(self, value: Any) -> int:
        """:return: how many values and characters there are, those that are shared counted each time"""
        if isinstance(value, str):
            return 1 + len(value)
        if not isinstance(value, list | dict):
            return 1
        known = self._weights.get(id(value))
        if known is None:
            parts = value if isinstance(value, list) else [*value, *value.values()]
            known = 1 + sum(map(self._weight, parts)), value
            self._weights[id(value)] = known
        return known[0]
