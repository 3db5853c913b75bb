"""Texts that people write: said at all where they must be, and no longer than anybody reads."""

from odoo.exceptions import ValidationError


def check_texts(records, most, needed=()):
    """:param dict most: name of a field -> characters it may have
    :param needed: names of those that say something
    :raises ValidationError: names the field, its limit, and the way out
    """
    for record in records:
        for name, limit in most.items():
            text = record[name] or ""
            if name in needed and not text.strip():
                raise ValidationError(
                    record.env._(
                        "%(field)s of %(record)s: write something.",
                        **_words(record, name),
                    )
                )
            if len(text) > limit:
                raise ValidationError(
                    record.env._(
                        "%(field)s of %(record)s: at most %(most)s characters. Shorten it, and attach the rest as a "
                        "file.",
                        most=limit,
                        **_words(record, name),
                    )
                )


def _words(record, name):
    return {
        "field": record._fields[name]._description_string(record.env),
        "record": record.display_name or record._description,
    }
