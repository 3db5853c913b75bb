"""The languages articles are written in, and PostgreSQL's word stems for each."""

from __future__ import annotations

PLAIN = "simple"  # no stems, no stop words

#: code: (name, text search configuration)
LANGUAGES: dict[str, tuple[str, str]] = {
    "en": ("English", "english"),
    "da": ("Danish", "danish"),
    "de": ("German", "german"),
    "es": ("Spanish", "spanish"),
    "fi": ("Finnish", "finnish"),
    "fr": ("French", "french"),
    "hu": ("Hungarian", "hungarian"),
    "it": ("Italian", "italian"),
    "nl": ("Dutch", "dutch"),
    "no": ("Norwegian", "norwegian"),
    "pl": ("Polish", PLAIN),
    "pt": ("Portuguese", "portuguese"),
    "ro": ("Romanian", "romanian"),
    "ru": ("Russian", "russian"),
    "sv": ("Swedish", "swedish"),
    "tr": ("Turkish", "turkish"),
}
CHOICES = [(code, name) for code, (name, _config) in LANGUAGES.items()]
DEFAULT = "en"
SAME = {"nb": "no", "nn": "no"}


def code_of(lang: str | None) -> str | None:
    """:param lang: such as ``de``, ``de_CH`` or ``sr@latin``
    :return: the language's code; None if no article can be in it
    """
    code = (lang or "").replace("-", "_").partition("_")[0].partition("@")[0].lower()
    code = SAME.get(code, code)
    return code if code in LANGUAGES else None


def config_of(code: str) -> str:
    return LANGUAGES.get(code, ("", PLAIN))[1]
