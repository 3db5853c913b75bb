from odoo import fields, models
from odoo.exceptions import UserError


class TestApprovalEngineDocument(models.Model):
    """A document that is stamped once it is approved."""

    _name = "test_approval_engine.document"
    _description = "Toy Document"

    name = fields.Char(required=True)
    stamps = fields.Integer(help="How many times the effect ran.")
    stamped_by = fields.Char()
    stamped_option = fields.Char()
    needed = fields.Boolean(default=True, help="The reason of its requests holds.")
    broken = fields.Boolean(help="The effect writes, then raises.")
    crashing = fields.Boolean(
        help="The effect raises something no user was meant to see."
    )

    def _approval_effect_stamp(self, request):
        self.write(
            {
                "stamps": self.stamps + 1,
                "stamped_by": self.env.user.login,
                "stamped_option": request.option,
            }
        )
        if self.broken:
            raise UserError(self.env._("%(name)s is out of ink.", name=self.name))
        if self.crashing:
            raise ValueError("secret inner detail")
        return self.env._("%(name)s was stamped.", name=self.name)

    def _approval_condition_needed(self, request):
        return self.needed, "" if self.needed else self.env._(
            "%(name)s needs no stamp any more.", name=self.name
        )
