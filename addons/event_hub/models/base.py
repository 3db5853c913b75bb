import math

from odoo import SUPERUSER_ID, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..policies import ownership
from .ir_http import builds_on_hub


class Base(models.AbstractModel):
    """One gate for what sources write, on whatever model: some fields belong to another system.

    By inheritance and not by patching: the patches of Automation Rules are deleted whenever
    a rule is edited. Whoever is no service user of a source pays one look into memory.
    """

    _inherit = "base"

    def write(self, vals):
        if self.env.uid == SUPERUSER_ID:  # who speaks for no source
            return super().write(vals)
        gates = self.env["event_hub.field_owner"]._gates()
        if self.env.uid not in gates:
            return super().write(vals)
        gate = gates[self.env.uid].get(self._name)
        foreign = gate and ownership.foreign_fields(vals, gate.owners, gate.sources)
        if not foreign:
            return super().write(vals)
        self.check_access("write")  # who may not write the record offers nothing either
        offered = {name: vals[name] for name in foreign}
        self.env["event_hub.conflict"].sudo()._offer(self, offered, gate.sources)
        left = {name: value for name, value in vals.items() if name not in offered}
        return super().write(left) if left else True

    def unlink(self):
        """The flag by which Odoo skips checks while it uninstalls comes from the context, so from anybody.

        A client is served only by a registry that is ready, and no module is uninstalled in one.
        """
        uninstalling = self.env.context.get(MODULE_UNINSTALL_FLAG)
        if uninstalling and self.pool.ready and self._has_checks_of_ours():
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})  # pylint: disable=self-cls-assignment
        return super().unlink()

    def _has_checks_of_ours(self):
        return any(
            builds_on_hub(check.__module__.removeprefix("odoo.addons.").split(".")[0])
            for check in self._ondelete_methods
        )

    def _validate_fields(self, field_names, excluded_names=()):
        """In fields of this suite a number is one: NaN and infinity get past limits they are compared with."""
        # a create names them once per record
        field_names = list(dict.fromkeys(field_names))
        self._require_numbers(field_names)
        return super()._validate_fields(field_names, excluded_names)

    def _require_numbers(self, field_names):
        for name in field_names:
            field = self._fields[name]
            if (
                field.type not in ("float", "monetary")
                or not field.store
                or not builds_on_hub(field._module or "")
            ):
                continue
            for record in self.sudo():
                if not math.isfinite(record[name]):
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(record)s must be a number, not %(value)s.",
                            field=field._description_string(self.env),
                            record=record.display_name,
                            value=record[name],
                        )
                    )
