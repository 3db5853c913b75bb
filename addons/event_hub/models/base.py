from odoo import SUPERUSER_ID, models

from ..policies import ownership


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
        offered = {name: vals[name] for name in foreign}
        self.env["event_hub.conflict"].sudo()._offer(self, offered, gate.sources)
        left = {name: value for name, value in vals.items() if name not in offered}
        return super().write(left) if left else True
