"""Keeps the keys of invitations out of the server's log: whoever reads one there could decide with it."""

from __future__ import annotations

import logging
import re

LOGGERS = ("werkzeug", "odoo.http")  # that write down which address was asked for
KEY = re.compile(r"(/approval/invited/[^/\s]+/)[^\s\"'?]+")


class MaskKeys(logging.Filter):
    def filter(self, record):
        text = record.getMessage()
        if "/approval/invited/" in text:
            record.msg, record.args = KEY.sub(r"\1…", text), ()
        return True


def install():
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, MaskKeys) for one in logger.filters):
            logger.addFilter(MaskKeys())
