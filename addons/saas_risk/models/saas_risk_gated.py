from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.tools import gate


class SaasRiskGated(models.AbstractModel):
    """A model with fields that only its own methods write, whoever is the user.

    RPC, import, forms, automation rules and superuser code all meet the same gate.
    """

    _name = "saas_risk.gated"
    _inherit = ["event_hub.guarded"]
    _description = "Fields behind a gate"

    #: ``{field: value of every new record}``
    _gated_fields = {}
    #: computed fields: a stored compute without inverse could be written over RPC
    _derived_fields = frozenset()

    def _gate_hint(self):
        """:return: a sentence: what to do instead of writing the field"""
        return ""

    @api.model_create_multi
    def create(self, vals_list):
        born = self.browse()  # a copy calls create on the record it copies
        for vals in vals_list:
            born._refuse_gated(
                {
                    k: v
                    for k, v in vals.items()
                    if (v or False) != (self._gated_fields.get(k) or False)
                }
            )
        return super().create([{**vals, **self._gated_fields} for vals in vals_list])

    @api.model
    def _follows(self, field):
        return (
            super()._follows(field)
            or field.name in self._gated_fields
            or field.name in self._derived_fields
        )

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            self._refuse_gated(vals)
        return super().write(vals)

    def _write_gated(self, vals):
        """Write ``vals`` although some of them are gated; for methods of the model itself."""
        return gate.admit(self, vals).write(vals)

    def _refuse_gated(self, vals):
        refused = sorted(set(vals) & {*self._gated_fields, *self._derived_fields})
        if refused:
            raise UserError(
                self.env._(
                    "%(fields)s of a %(model)s cannot be set directly. %(hint)s",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in refused
                    ),
                    model=self._description.lower(),
                    hint=self._gate_hint(),
                )
            )
