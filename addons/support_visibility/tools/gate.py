"""The key to fields that only the ticket's own methods write.

It is a Python object: a client can send a context flag of the same name, but never this object.
"""

_KEY = object()
_NAME = "support_visibility_gate"


def opened(records):
    """:return: ``records`` as the methods of the ticket see them"""
    return records.with_context(**{_NAME: _KEY})


def is_open(env):
    return env.context.get(_NAME) is _KEY
