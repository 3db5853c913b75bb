from odoo import api, fields, models


class EventHubGuarded(models.AbstractModel):
    """For models with fields that follow from what happened: nobody's wishes are born into them.

    Odoo gives every create the ``default_*`` that a client sent in the context, and the
    defaults that a user keeps for himself (``ir.default``); also the create of a method
    that acts with more rights than its caller. Of the fields in ``_follows`` a record takes
    what it is given, else the field's own default.
    """

    _name = "event_hub.guarded"
    _description = "Born without the wishes of its caller"

    @api.model
    def _follows(self, field):
        """:return: whether ``field`` follows from what happened: stored, and nobody's to fill in"""
        return field.store and (field.readonly or field.groups == fields.NO_ACCESS)

    @api.model
    def default_get(self, fields):
        following = [
            name
            for name in fields
            if name in self._fields and self._follows(self._fields[name])
        ]
        free = [name for name in fields if name not in following]
        own = {name: self._own_default(self._fields[name]) for name in following}
        return super().default_get(free) | {
            name: value for name, value in own.items() if value is not None
        }

    def _own_default(self, field):
        """:return: what the field itself says, as ``default_get`` writes it; None if it says nothing"""
        if not field.default:
            return None
        value = field.convert_to_cache(field.default(self), self, validate=False)
        return field.convert_to_write(value, self)
