from odoo import api, models
from odoo.exceptions import AccessError, ValidationError


class ProcessIntelligenceKept(models.AbstractModel):
    """Fields that follow from what happened are nobody's to write, by whatever door the values come."""

    _name = "process_intelligence.kept"
    _inherit = ["event_hub.guarded"]
    _description = "Kept by the process"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_following(vals)
            self._refuse_blank(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_following(vals)
        self._refuse_blank(vals)
        return super().write(vals)

    def _refuse_following(self, vals):
        """Emptying one only begins anew what it remembers."""
        names = [
            name
            for name, value in vals.items()
            if value and name in self._fields and self._is_told(self._fields[name])
        ]
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(labels)s of %(model)s follow from what happened. Nobody writes them.",
                    labels=", ".join(
                        self._fields[name]._description_string(self.env) or name
                        for name in names
                    ),
                    model=self._description,
                )
            )

    def _is_told(self, field):
        """:return: whether what is written there would be lost or untrue"""
        return self._follows(field) or bool(
            field.compute and field.readonly and not field.inverse
        )

    def _refuse_blank(self, vals):
        """A name of spaces is one that nobody can find or click on."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if (
                isinstance(value, str)
                and not value.strip()
                and field
                and field.type == "char"
                and field.required
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s of %(model)s cannot be empty. Write something there.",
                        field=field._description_string(self.env),
                        model=self._description,
                    )
                )
