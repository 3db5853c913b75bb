from odoo import api, models
from odoo.exceptions import AccessError


class ProcessIntelligenceKept(models.AbstractModel):
    """Fields that follow from what happened are nobody's to write, by whatever door the values come."""

    _name = "process_intelligence.kept"
    _inherit = ["event_hub.guarded"]
    _description = "Kept by the process"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_following(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_following(vals)
        return super().write(vals)

    def _refuse_following(self, vals):
        """Emptying one only begins anew what it remembers."""
        names = [
            name
            for name, value in vals.items()
            if value and name in self._fields and self._follows(self._fields[name])
        ]
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(labels)s of %(model)s follow from what happened. Nobody writes them.",
                    labels=", ".join(
                        self._fields[name]._description_string(self.env) or name
                        for name in names
                    ),
                    model=self._description,
                )
            )
