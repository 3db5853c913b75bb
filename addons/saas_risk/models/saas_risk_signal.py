from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import health


class SaasRiskSignal(models.Model):
    """What one observation is worth in a health model."""

    _name = "saas_risk.signal"
    _description = "Health Signal"
    _order = "sequence, id"
    _rec_name = "name"

    model_id = fields.Many2one(
        "saas_risk.health_model",
        "Health Model",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("payment_failures", "Failed attempts on one unpaid invoice"),
            ("invoices_disputed", "Disputed invoices"),
            ("suspended", "Suspended subscriptions"),
            ("open_tickets", "Open tickets"),
            ("urgent_tickets", "Open urgent tickets"),
            ("usage_change", "Change of usage in percent"),
            ("milestones_late", "Onboarding milestones overdue"),
        ],
        "Observation",
        required=True,
    )
    direction = fields.Selection(
        [
            (health.AT_LEAST, "from the value up"),
            (health.AT_MOST, "from the value down"),
        ],
        "Steps Apply",
        required=True,
        default=health.AT_LEAST,
    )
    steps = fields.Char(
        required=True,
        default="1: -10",
        help="Value and points, such as '1: -30, 2: -50': 1 costs 30 points, 2 or more cost 50.",
    )
    cap_from = fields.Float(help="From this value on the score is capped. 0: never.")
    cap_score = fields.Float("Cap at Score", digits=(5, 2))
    cap_tier = fields.Selection(
        lambda self: (
            self.env["res.partner"]
            ._fields["account_tier"]
            ._description_selection(self.env)
        ),
        "Cap Only for",
        help="Empty: for every tier.",
    )

    _code_uniq = models.UniqueIndex(
        "(model_id, code) WHERE active",
        "This health model has this observation already.",
    )

    @api.constrains("steps")
    def _check_steps(self):
        for signal in self:
            try:
                health.parse_steps(signal.steps or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Steps of %(signal)s: '%(part)s' cannot be read. "
                        "Write value and points, such as 1: -30, 2: -50.",
                        signal=signal.name,
                        part=str(error),
                    )
                ) from None

    @api.model_create_multi
    def create(self, vals_list):
        signals = super().create(vals_list)
        signals.model_id._new_version()
        return signals

    def write(self, vals):
        result = super().write(vals)
        self.model_id._new_version()
        return result

    def unlink(self):
        changed = self.model_id
        result = super().unlink()
        changed.exists()._new_version()
        return result

    def _spec(self):
        """:return: the ``health.Signal`` of the policy"""
        self.ensure_one()
        cap = None
        if self.cap_from:
            cap = health.Cap(
                Decimal(str(self.cap_from)),
                health.hundredths(Decimal(str(self.cap_score))),
                self.cap_tier or None,
            )
        return health.Signal(
            self.code, self.direction, health.parse_steps(self.steps), cap
        )
