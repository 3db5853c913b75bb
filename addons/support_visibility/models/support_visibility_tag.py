from odoo import fields, models


class SupportVisibilityTag(models.Model):
    _name = "support_visibility.tag"
    _description = "Ticket Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a tag of this name.")
