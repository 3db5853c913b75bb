from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.ondelete(at_uninstall=True)  # else a flag in the context would let it through
    def _unlink_except_governed(self):
        """What nobody can change without approval must not go unseen."""
        if self._goes_with_approvals():
            return
        names = (
            "field_ids",
            "line_field_ids",
            "amount_field_id",
            "currency_field_id",
            "account_field_id",
        )
        domain = Domain.OR(Domain(name, "in", self.ids) for name in names)
        governances = self.env["approval_engine.governed"].sudo()
        held = governances.with_context(active_test=False).search(domain, limit=1)
        if held:
            raise UserError(
                self.env._(
                    "The governance “%(name)s” of Approvals rests on this field. Delete the governance, or take "
                    "the field out of it, first.",
                    name=held.name,
                )
            )

    def _goes_with_approvals(self):
        """:return: whether Approvals itself is being uninstalled, and its tables with it

        A client is served only by a registry that is ready, and no module is uninstalled in one.
        """
        module = self.env["ir.module.module"]._get("approval_engine")
        return not self.pool.ready and module.state == "to remove"
