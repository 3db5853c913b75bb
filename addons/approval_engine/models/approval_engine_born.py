from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.event_hub.tools import gate


class ApprovalEngineBorn(models.AbstractModel):
    """Rows that nobody creates but the code that keeps them, whatever door a call comes through."""

    _name = "approval_engine.born"
    _description = "Made by the Approvals Alone"

    @api.model_create_multi
    def create(self, vals_list):
        if not gate.are_births_admitted(self, vals_list):
            raise AccessError(self._birth_words())
        return super().create(vals_list)

    def _birth_words(self):
        """:return: what to say to whoever tries, and what to do instead"""
        return self.env._(
            "%(model)s: such rows are made by the approvals themselves.",
            model=self._description,
        )

    @api.model
    def _bear(self, rows):
        """:param rows: values of records; the one way to create them"""
        if not rows:
            return self.browse()
        return gate.admit_births(self, rows).create(rows).with_env(self.env)
