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
            component = ticket.category_id.sudo().component_id
            fits = component.company_id.id in (False, ticket.company_id.id)
            if component and fits:
                ticket.component_id = component
            else:
                ticket.component_id = ticket.component_id
