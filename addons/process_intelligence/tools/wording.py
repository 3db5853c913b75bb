"""The sentences for what policies refuse, in the reader's language."""

from odoo.exceptions import ValidationError

from ..policies.refusal import Refusal


def refused(env, refusal: Refusal) -> ValidationError:
    """The error for a refusal: over HTTP a 422."""
    return ValidationError(reason(env, refusal.code, refusal.facts))


MOST_SHOWN = 50  # of a list
MOST_CHARS = 1000


def reason(env, code: str, facts: dict) -> str:
    """One sentence: what is wrong, where, and what to do."""
    return _SENTENCES[code](
        env, {key: _printable(value) for key, value in facts.items()}
    )


def _printable(value):
    """What a file says may be no text, and may be endless."""
    if isinstance(value, list):
        shown = ", ".join(_printable(str(item)) for item in value[:MOST_SHOWN])
        return f"{shown} …" if len(value) > MOST_SHOWN else shown
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()
        return value if len(value) <= MOST_CHARS else f"{value[:MOST_CHARS]} …"
    return value


_SENTENCES = {
    # filters
    "filters_shape": lambda env, f: env._(
        'The filters must be an object such as {"has": ["Closed"]}, not %(value)s.', **f
    ),
    "unknown_filter": lambda env, f: env._(
        "There is no filter %(key)s. Known filters: %(known)s.", **f
    ),
    "bad_filter": lambda env, f: env._(
        "The filter %(key)s cannot be %(value)s. Expected: %(expected)s.", **f
    ),
    "too_many_choices": lambda env, f: env._(
        "filters: more than %(most)s values. Choose fewer, or leave the filter out.",
        **f,
    ),
    "bad_period_mode": lambda env, f: env._(
        "The mode of the filter period cannot be %(value)s. Known modes: %(known)s.",
        **f,
    ),
    # the file
    "not_base64": lambda env, f: env._(
        "The file did not arrive as base64. Send its bytes encoded as base64."
    ),
    "bad_gzip": lambda env, f: env._(
        "The gzip file is damaged (%(why)s). Send it again.", **f
    ),
    "too_large": lambda env, f: env._(
        "The file is larger than %(limit_mb)s MB uncompressed. Split it and import the parts one by one.",
        **f,
    ),
    "empty_file": lambda env, f: env._(
        "The file is empty. It needs a line of column names and one line per event."
    ),
    "no_rows": lambda env, f: env._(
        "The file has column names but no events below them."
    ),
    "not_utf8": lambda env, f: env._(
        "Line %(line)s is not UTF-8 text. Save the file as CSV UTF-8 and send it again.",
        **f,
    ),
    "long_line": lambda env, f: env._(
        "Line %(line)s is longer than %(limit_mb)s MB: this is no file of lines.", **f
    ),
    "bad_csv": lambda env, f: env._(
        "The record on line %(line)s cannot be read: %(why)s. Check its quotes and the delimiter.",
        **f,
    ),
    "bad_delimiter": lambda env, f: env._(
        "The delimiter must be one character, such as , or ; but not %(value)s.", **f
    ),
    "missing_column": lambda env, f: env._(
        "There is no column %(column)s. The columns of the file are: %(present)s.", **f
    ),
    "too_many_columns": lambda env, f: env._(
        "The file has %(found)s columns; at most %(limit)s are read. Leave out those that say nothing about events.",
        **f,
    ),
    "too_many_objects": lambda env, f: env._(
        "Events touch so many objects that keeping them with each case takes more than %(limit)s pairs. Leave out "
        "types of objects that many events share.",
        **f,
    ),
    "double_column": lambda env, f: env._(
        "Two columns are named %(column)s. Rename one of them.", **f
    ),
    "attributes_shape": lambda env, f: env._(
        "Attributes must be a list of columns, or an object of attribute name to column."
    ),
    "unknown_tz": lambda env, f: env._(
        "There is no time zone %(tz)s. Use a name such as Europe/Paris or UTC.", **f
    ),
    # files of other tools
    "not_xml": lambda env, f: env._(
        "The file is not XML in UTF-8. Send an XES file, plain or as .xes.gz."
    ),
    "xml_encoding": lambda env, f: env._(
        "XML in the encoding %(encoding)s is not read. Save the file as UTF-8 and send it again.",
        **f,
    ),
    "xml_doctype": lambda env, f: env._(
        "The file declares a document type or entities, which XES does not know. Remove them and send it again."
    ),
    "bad_xml": lambda env, f: env._(
        "Line %(line)s is not well-formed XML: %(why)s.", **f
    ),
    "too_many_values": lambda env, f: env._(
        "Line %(line)s: one event or trace has more than %(limit)s attributes. Leave out those that say nothing "
        "about it.",
        **f,
    ),
    "not_xes": lambda env, f: env._(
        "The file is XML, but not XES: it begins with %(root)s instead of log.", **f
    ),
    "no_event_of_type": lambda env, f: env._(
        "No event of the file touches an object of the type %(object_type)s, so there is no case. Choose another type.",
        **f,
    ),
    "no_events": lambda env, f: env._("The file holds no events."),
    "bad_ocel": lambda env, f: env._(
        "The file is not OCEL 2.0, JSON or SQLite: %(why)s.", **f
    ),
    "object_type_needed": lambda env, f: env._(
        "Say with object_type whose objects are the cases. The types of the file are: %(present)s.",
        **f,
    ),
    "unknown_object_type": lambda env, f: env._(
        "object_type: there are no objects of the type %(object_type)s. The types of the file are: %(present)s.",
        **f,
    ),
    "bad_export_format": lambda env, f: env._(
        "format cannot be %(value)s. Known formats: %(known)s.", **f
    ),
    # the timestamps of the file
    "timestamp_unreadable": lambda env, f: env._(
        "The column %(column)s does not hold timestamps that can be recognised, such as %(example)s. "
        "Choose another column, or say the format with timestamp_format, such as %%d/%%m/%%Y %%H:%%M.",
        **f,
    ),
    "timestamp_ambiguous": lambda env, f: env._(
        "In the column %(column)s every date reads both as day/month and as month/day, such as %(example)s. "
        "Say which it is with timestamp_format: %%d/%%m/%%Y %%H:%%M or %%m/%%d/%%Y %%H:%%M.",
        **f,
    ),
    "bad_format": lambda env, f: env._(
        "The timestamp format %(format)s cannot be used: %(why)s.", **f
    ),
    # one line
    "bad_timestamp": lambda env, f: env._("%(value)s is not a timestamp", **f),
    "format_mismatch": lambda env, f: env._(
        "%(value)s does not match the format %(format)s", **f
    ),
    "no_zone": lambda env, f: env._(
        "%(value)s has no time zone while other lines have one", **f
    ),
    "column_count": lambda env, f: env._(
        "%(found)s columns instead of %(expected)s", **f
    ),
    "empty_value": lambda env, f: env._("the column %(column)s is empty", **f),
    "too_long": lambda env, f: env._(
        "the column %(column)s is longer than %(limit)s characters", **f
    ),
    "event_twice": lambda env, f: env._(
        "this id is that of event number %(first)s already", **f
    ),
    "unknown_object": lambda env, f: env._(
        "it touches %(object)s, which is none of the objects of the file", **f
    ),
    "bad_list": lambda env, f: env._(
        "%(part)s of %(of)s must be a list of objects with %(key)s", **f
    ),
    "nul_character": lambda env, f: env._(
        "the column %(column)s holds a NUL character", **f
    ),
}
