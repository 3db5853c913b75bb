"""What a public method takes: the kind of each argument, told before anything is read or written.

A kind never converts: what does not fit is refused, so that ``true`` is no id and 5 is no text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_WHOLE = 2**31 - 1  # the largest whole number a database column of ours takes
UNUSABLE = "\x00"


@dataclass(frozen=True)
class Kind:
    """What an argument may be.

    :param code: any, text, flag, whole, id, ids, object, text_or_object or texts
    :param optional: null (and ``false``, as the web client writes nothing) is fine too
    :param model: for id and ids, the model whose records they are; empty if the method looks itself
    :param choices: for text, all it may be; empty for any text
    :param secret: an error does not repeat what was given
    """

    code: str
    optional: bool = False
    model: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False


ANY = Kind("any")  # the method looks itself
TEXT = Kind("text")
FLAG = Kind("flag")
WHOLE = Kind("whole")  # 0 or more
OBJECT = Kind("object")
TEXTS = Kind("texts")
SECRET = Kind("text", secret=True)
MAYBE_TEXT = Kind("text", optional=True)
MAYBE_WHOLE = Kind("whole", optional=True)
MAYBE_OBJECT = Kind("object", optional=True)
MAYBE_TEXT_OR_OBJECT = Kind("text_or_object", optional=True)
MAYBE_TEXTS = Kind("texts", optional=True)


def one_of(*choices: str) -> Kind:
    return Kind("text", choices=choices)


def id_of(model: str, optional: bool = False) -> Kind:
    return Kind("id", optional=optional, model=model)


def ids_of(model: str = "") -> Kind:
    return Kind("ids", model=model)


def fits(kind: Kind, value: object) -> bool:
    """:return: whether ``value``, as JSON gives it, is of this kind"""
    if kind.optional and (value is None or value is False):
        return True
    if kind.code == "any":
        return True
    if kind.code == "text":
        return isinstance(value, str) and (not kind.choices or value in kind.choices)
    if kind.code == "flag":
        return isinstance(value, bool)
    if kind.code == "whole":
        return is_whole(value) and 0 <= value <= MAX_WHOLE  # type: ignore[operator]
    if kind.code == "id":
        return is_whole(value)
    if kind.code == "text_or_object":
        return isinstance(value, str | dict)
    if kind.code == "object":
        return isinstance(value, dict)
    if not isinstance(value, list | tuple):
        return False
    if kind.code == "texts":
        return all(isinstance(item, str) for item in value)
    return all(map(is_whole, value))


def is_whole(value: object) -> bool:
    """A whole number; JSON's true and false are none, although Python counts with them."""
    return isinstance(value, int) and not isinstance(value, bool)


def storable_ids(ids: list[int]) -> list[int]:
    """:return: those that a record can have at all; asking the database for others is an error there"""
    return [id_ for id_ in ids if 0 < id_ <= MAX_WHOLE]


def unusable_text(value: object) -> str | None:
    """Find text that is no Unicode (half of a surrogate pair) or holds the character NUL.

    Neither can be stored nor sent on. Walks without recursion: the depth is the sender's choice.

    :return: where it is, such as ``vals.name``; empty for the value itself; None if all is well
    """
    for place, text in _texts(value):
        if UNUSABLE in text or not _is_unicode(text):
            return place
    return None


def _texts(value: object) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        place, found = waiting.pop()
        if isinstance(found, str):
            yield place, found
        elif isinstance(found, dict):
            yield from ((place, key) for key in found if isinstance(key, str))
            waiting += [(_inside(place, key), item) for key, item in found.items()]
        elif isinstance(found, list | tuple):
            waiting += [(_inside(place, at), item) for at, item in enumerate(found)]


def _inside(place: str, step: object) -> str:
    name = str(step)
    shown = name if len(name) <= 40 and name.isprintable() else "…"
    return f"{place}.{shown}" if place else shown


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(value: object, limit: int = 60) -> str:
    """:return: a value as an error names it: short and printable"""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else "�" for char in text[: limit + 1])
    return text if len(text) <= limit else text[:limit] + "…"
