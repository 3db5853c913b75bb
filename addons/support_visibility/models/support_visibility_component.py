from odoo import api, fields, models

from ..policies import words


class SupportVisibilityComponent(models.Model):
    """A part of the product that can fail."""

    _name = "support_visibility.component"
    _description = "Component"
    _order = "name, id"

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        help="The word of monitoring for it. Case, spaces and hyphens do not matter.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company has it."
    )

    _code_uniq = models.Constraint(
        "UNIQUE NULLS NOT DISTINCT (code, company_id)",
        "Another component has this code.",
    )

    def _of_company(self, company_id):
        """:return: those of ``self`` that tickets of this company may have"""
        return self.filtered(lambda part: part.company_id.id in (False, company_id))

    @api.model
    def _ids_by_word(self, company):
        """:return: ``{word as compared: id}`` of what this company has"""
        found = self.with_context(active_test=False).search(
            [("company_id", "in", [False, company.id])], order="company_id, id"
        )
        return {words.key(component.code): component.id for component in found}
