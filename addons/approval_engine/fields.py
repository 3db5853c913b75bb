from odoo import fields

from .policies import integrity


class FrozenJson(fields.Json):
    """JSON that is read without nulls, which XML-RPC cannot carry; what is stored stays as it was frozen."""

    def convert_to_read(self, value, record, use_display_name=True):
        return integrity.without_null(value)
