from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.event_hub.tools.caches import remembered

from ..const import CONDITION_PREFIX, EFFECT_PREFIX

# What integrations call a type by and what it sets in motion: not a matter of policy design
WIRING = frozenset({"code", "subject_model", "effect", "condition"})


class ApprovalEngineType(models.Model):
    """A kind of decision: what it is about, what is done once it is taken, what it rests on."""

    _name = "approval_engine.type"
    _description = "Approval Type"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        index=True,
        help="Stable name for integrations, such as service_credit.",
    )
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True,
        help="Shown to the requester: when to ask for this, and what to state.",
    )
    active = fields.Boolean(default=True)
    subject_model = fields.Char(
        help="Technical name of the model such requests are about. Empty: any, or none."
    )
    effect = fields.Char(
        help=f"Method of the subject ({EFFECT_PREFIX}*) that carries the decision out. Empty: nothing is carried out.",
    )
    condition = fields.Char(
        help=f"Method of the subject ({CONDITION_PREFIX}*) that says whether the reason still holds. Empty: always.",
    )
    allow_negative = fields.Boolean(
        "Negative Amounts",
        help="Amounts below zero mean something here, such as a correction downwards. Their size decides the route.",
    )
    option_ids = fields.One2many("approval_engine.type.option", "type_id", "Options")
    policy_ids = fields.One2many("approval_engine.policy", "type_id", "Policies")

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another approval type has this code."
    )

    def write(self, vals):
        self._refuse_rewiring(WIRING.intersection(vals))
        return super().write(vals)

    def _refuse_rewiring(self, names):
        """Only who administers the system changes what a decision sets in motion."""
        if not names or self.env.su or self.env.user.has_group("base.group_system"):
            return
        raise AccessError(
            self.env._(
                "%(fields)s of an approval type can be changed by a system administrator only: running requests and "
                "integrations rest on it.",
                fields=", ".join(sorted(self._fields[name].string for name in names)),
            )
        )

    @api.constrains("subject_model", "effect", "condition")
    def _check_methods(self):
        for kind in self:
            kind._check_method("effect", EFFECT_PREFIX)
            kind._check_method("condition", CONDITION_PREFIX)

    def _check_method(self, field, prefix):
        name = self[field]
        if not name:
            return
        subject = self.env.get(self.subject_model or "")
        if not name.startswith(prefix) or subject is None or not hasattr(subject, name):
            raise ValidationError(
                self.env._(
                    "Approval type %(type)s: %(field)s “%(name)s” is not a method %(prefix)s* of the subject model "
                    "“%(model)s”. Set the subject model, and name one of its methods.",
                    type=self.name,
                    field=self._fields[field].string,
                    name=name,
                    prefix=prefix,
                    model=self.subject_model or "",
                )
            )

    def _option_names(self):
        """:return: {code: name} in order"""
        if self.id and not self._has_options():
            return {}
        return {option.code: option.name for option in self.option_ids}

    @remembered("self.id")
    def _has_options(self):
        return bool(self.sudo().option_ids)
