from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.event_hub.policies.arguments import MAX_WHOLE, is_whole, shown


class ProcessIntelligenceKept(models.AbstractModel):
    """Fields that follow from what happened are nobody's to write, by whatever door the values come."""

    _name = "process_intelligence.kept"
    _inherit = ["event_hub.guarded"]
    _description = "Kept by the process"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_unfit(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_unfit(vals)
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

    def _refuse_unfit(self, vals):
        self._refuse_following(vals)
        for name, value in vals.items():
            if name in self._fields:
                self._refuse_value(self._fields[name], value)

    def _refuse_value(self, field, value):
        """What the database would refuse, or take for something else, without naming the field."""
        if _is_written(field) and _is_blank(value):
            problem = self.env._("it cannot be empty")
        elif field.type == "integer" and not _is_integer(value):
            problem = self.env._(
                "write a whole number up to %(most)s, not %(value)s",
                most=MAX_WHOLE,
                value=shown(value),
            )
        elif (
            field.type == "many2one" and is_whole(value) and not 0 <= value <= MAX_WHOLE
        ):
            problem = self.env._(
                "there is no record with id %(id)s", id=shown(str(value))
            )
        else:
            return
        raise ValidationError(
            self.env._(
                "%(field)s of %(model)s: %(problem)s.",
                field=field._description_string(self.env),
                model=self._description,
                problem=problem,
            )
        )


def _is_written(field):
    """:return: whether a person has to fill it in; a name that events carry is noted as they say it"""
    return field.type == "char" and field.required and not field.readonly


def _is_blank(value):
    return isinstance(value, str) and not value.strip()


def _is_integer(value):
    """Null and false empty the field."""
    if value is None or value is False:
        return True
    return is_whole(value) and abs(value) <= MAX_WHOLE
