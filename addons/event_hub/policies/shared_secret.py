"""Is this text fit to be the secret of a source, and where may one kept outside be?"""

from __future__ import annotations

import re

from .signatures import PUBLIC_KEY_PREFIX
from .signatures.standard import key_of, public_keys

MIN_LENGTH = 16  # characters; vendors make 24 and more
MAX_LENGTH = 1024
MAX_LIVE = 2  # of a secret kept outside: the present one and the one before

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,62}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)


def problem(secret: str, *, standard: bool = False) -> str | None:
    """:param standard: whether it has to verify Standard Webhooks
    :return: what is wrong, None if nothing is; never a part of the secret
    """
    if secret != secret.strip():
        return "it has spaces or line breaks around it"
    if not MIN_LENGTH <= len(secret) <= MAX_LENGTH:
        return f"it needs {MIN_LENGTH} to {MAX_LENGTH} characters"
    if not secret.isprintable():
        return "it holds characters that cannot be printed"
    if secret.startswith(PUBLIC_KEY_PREFIX):
        return None if public_keys([secret]) else "whpk_ takes 32 bytes in base64"
    if standard and not key_of(secret):
        return "Standard Webhooks takes whsec_ and base64"
    return None


def place_problem(origin: str, name: str) -> str | None:
    """:param origin: ``environment`` or ``file``
    :return: why there cannot be a secret under ``name``, None if there can
    """
    if origin == "environment" and not _VARIABLE.fullmatch(name):
        return "use capital letters, digits and _"
    if origin == "file" and not _FILE.fullmatch(name):
        return "use the plain name of a file: letters, digits, dot, - and _"
    return None


def live_of(text: str) -> list[str]:
    """:param text: what is kept outside: the secret, in the next line the one before
    :return: at most ``MAX_LIVE`` secrets, the newest first
    """
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line][:MAX_LIVE]
