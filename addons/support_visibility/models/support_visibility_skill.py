from odoo import fields, models


class SupportVisibilitySkill(models.Model):
    """Something a ticket may need and an agent may have: a language, a product, a trade."""

    _name = "support_visibility.skill"
    _description = "Support Skill"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a skill of this name.")
