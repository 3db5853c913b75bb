from odoo import models
from odoo.exceptions import UserError


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Not while a governance rests on what would go: it would hold less than people agreed on."""
        going = self | self.downstream_dependencies()
        if "approval_engine" not in going.mapped("name"):
            self._refuse_governed(going)
        return super().button_uninstall()

    def _refuse_governed(self, going):
        governances = self.env["approval_engine.governed"].sudo()
        governances = governances.with_context(active_test=False).search(
            [("model_id", "!=", False)]
        )
        own = going._alone_in("approval_engine.governed", governances.ids)
        left = governances.filtered(lambda one: one.id not in own)
        models_gone = going._alone_in("ir.model", left.model_id.ids)
        fields_gone = going._alone_in("ir.model.fields", left._fields_used().ids)
        held = left.filtered(
            lambda one: (
                one.model_id.id in models_gone
                or fields_gone.intersection(one._fields_used().ids)
            )
        )
        if held:
            raise UserError(
                self.env._(
                    "Approvals holds changes of what would be uninstalled: %(governances)s. Delete these governances, "
                    "or take the fields out of them, first.",
                    governances=", ".join(f"“{name}”" for name in held.mapped("name")),
                )
            )

    def _alone_in(self, model, ids):
        """:return: those ``ids`` of ``model`` that these modules, and no others, brought"""
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("model", "=", model), ("res_id", "in", ids)], ["module", "res_id"]
            )
        )
        going = set(self.mapped("name"))
        stay = {row.res_id for row in rows if row.module not in going}
        return {row.res_id for row in rows} - stay
