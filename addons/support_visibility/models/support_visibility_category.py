from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies import words


class SupportVisibilityCategory(models.Model):
    _name = "support_visibility.category"
    _inherit = ["event_hub.guarded"]
    _description = "Ticket Category"
    _parent_store = True
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]
    _order = "complete_name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", store=True, recursive=True
    )
    code = fields.Char(
        required=True,
        help="The word other systems use for this category. Case, spaces and hyphens do not matter.",
    )
    parent_id = fields.Many2one(
        "support_visibility.category", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("support_visibility.category", "parent_id")
    team_id = fields.Many2one(
        "support_visibility.team",
        "Handled by",
        help="New tickets of this category go to this team. Empty: as its parent.",
    )
    skill_ids = fields.Many2many(
        "support_visibility.skill",
        string="Needs",
        help="Where a team gives out tickets by skill: only people with all of these get one of this category.",
    )
    component_id = fields.Many2one(
        "support_visibility.component",
        index="btree_not_null",
        help="The part of the product its tickets are about.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another category has this code.")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A category cannot be its own parent: %(name)s.", name=self[:1].name
                )
            )

    @api.constrains("code")
    def _check_code(self):
        for category in self:
            if not words.key(category.code):
                raise ValidationError(
                    self.env._(
                        "Category %(name)s needs a code with letters or digits.",
                        name=category.name,
                    )
                )

    @api.model
    def _ids_by_word(self):
        """:return: ``{normalised code or name: category id}``; a code wins over a name"""
        categories = self.search(Domain.TRUE)
        by_name = {words.key(category.name): category.id for category in categories}
        return by_name | {
            words.key(category.code): category.id for category in categories
        }

    def _handling_team(self):
        """:return: the team of this category or of its nearest parent that has one"""
        category = self
        while category and not category.team_id:
            category = category.parent_id
        return category.team_id
