from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ApprovalEnginePolicyStep(models.Model):
    """What a step looks at: its approval stands if something else changes."""

    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    looks_at = fields.Char(
        "Decides On",
        help="Names of fields, separated by commas, such as amount, partner. If something else changes after this "
        "step approved, the approval stands. Empty: everything.",
    )

    def _looks(self):
        return [
            name.strip() for name in (self.looks_at or "").split(",") if name.strip()
        ]

    @api.constrains("looks_at")
    def _check_looks_at(self):
        """A name that nothing has would make an approval stand whatever changes."""
        for step in self.filtered("looks_at"):
            unknown = sorted(set(step._looks()) - step._known_names())
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s, Decides On (looks_at): %(unknown)s is no field of a request, or of what it is "
                        "about. Fields of a request: %(known)s.",
                        step=step.name,
                        unknown=", ".join(unknown),
                        known=", ".join(sorted(self._request_names())),
                    )
                )

    @api.model
    def _request_names(self):
        """:return: names as the content of a request has them"""
        plain = self.env["approval_engine.request"].sudo().new({})
        return {
            name
            for name in plain._content()
            if name not in ("subject", "change", "governed", "operation")
        }

    def _known_names(self):
        kind = self.policy_id.type_id
        governances = self.env["approval_engine.governed"]
        names = self._request_names()
        models_ = {kind.subject_model} | {
            rule.model
            for gate in governances._gates().values()
            for rule in gate.rules
            if rule.type_code == kind.code
        }
        for model in models_:
            if model in self.env:
                fields_ = self.env[model]._fields
                names |= set(fields_)
                for field in fields_.values():
                    if field.type == "one2many":
                        names |= set(self.env[field.comodel_name]._fields)
        return names
