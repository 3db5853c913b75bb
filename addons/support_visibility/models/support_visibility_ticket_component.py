from odoo import api, fields, models


class SupportVisibilityTicketComponent(models.Model):
    """The part of the product that a ticket is about: that of its category, unless somebody says another."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    component_id = fields.Many2one(
        "support_visibility.component",
        compute="_compute_component_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="Follows from the category, unless set by hand. Surges are looked for by it.",
    )

    @api.depends("category_id")
    def _compute_component_id(self):
        for ticket in self:
            # in a form: what is saved tells whether it was set by hand
            if ticket._origin != ticket and ticket._origin._has_own_component():
                ticket.component_id = ticket.component_id
            else:
                ticket.component_id = ticket._component_of_category()

    def _component_of_category(self):
        """:return: what the category says; none of another company"""
        component = self.category_id.sudo().component_id
        return component._of_company(self.company_id.id)

    def _has_own_component(self):
        """:return: whether it was set by hand: it is another than the category says"""
        said = self.component_id
        return bool(said) and said != self._component_of_category()

    def write(self, vals):
        own = self.browse()
        if "category_id" in vals and "component_id" not in vals:
            own = self.filtered(lambda ticket: ticket._has_own_component())
        with self.env.protecting([self._fields["component_id"]], own):
            return super().write(vals)
