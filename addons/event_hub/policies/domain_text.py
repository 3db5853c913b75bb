"""A condition as a person types it: a list of conditions, and no program."""

from __future__ import annotations

import ast
from collections.abc import Collection

LONGEST = 10_000  # characters

_PLAIN = (
    ast.Expression, ast.List, ast.Tuple, ast.Load, ast.UnaryOp, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub,
    ast.keyword,
)  # fmt: skip
_WORDS: dict[type[ast.AST], str] = {
    ast.Lambda: "lambda",
    ast.ListComp: "a loop",
    ast.SetComp: "a loop",
    ast.DictComp: "a loop",
    ast.GeneratorExp: "a loop",
    ast.IfExp: "if … else",
    ast.Subscript: "[…] behind a value",
    ast.JoinedStr: "an f-string",
    ast.Dict: "{…}",
    ast.Set: "{…}",
    ast.Starred: "*",
    ast.NamedExpr: ":=",
    ast.BoolOp: "and, or between conditions; write '&' or '|' before them",
    ast.Compare: "a comparison; write ('name', '=', value)",
}


def problem(text: str, names: Collection[str]) -> str | None:
    """What keeps ``text`` from being a condition of values, times and ``names``; None: nothing.

    :param names: what may be named, such as ``datetime``, with attributes and calls of them
    """
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it cannot be read: write a list such as [('type', '=', 'billing.payment_failed')]"
    if not isinstance(tree.body, ast.List):
        return "it is no list of conditions"
    for node in ast.walk(tree):
        found = _node_problem(node, names)
        if found:
            return found
    return None


def _node_problem(node: ast.AST, names: Collection[str]) -> str | None:
    if isinstance(node, ast.Constant):
        fine = node.value is None or isinstance(node.value, (str, int, float, bool))
        return None if fine else "values are texts, numbers, True, False and None"
    if isinstance(node, ast.Name):
        return None if node.id in names else f"{node.id} is not known here"
    if isinstance(node, ast.Attribute):
        return f"{node.attr} is not allowed" if node.attr.startswith("_") else None
    if isinstance(node, ast.Call):
        return None if _is_named(node.func) else "only what has a name can be called"
    if isinstance(node, _PLAIN):
        return None
    word = _WORDS.get(type(node), type(node).__name__)
    return f"it holds {word}, but only values and times are taken"


def _is_named(node: ast.expr) -> bool:
    """Whether it is ``name.name…``, also of what such a call gave, or of a sum of such."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return isinstance(node, (ast.Name, ast.BinOp))
