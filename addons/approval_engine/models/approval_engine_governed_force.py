import ast

from odoo import api, fields, models
from odoo.fields import Domain


class ApprovalEngineGoverned(models.Model):
    """When a governed record binds somebody: what the adherence report judges."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    in_force = fields.Char(
        "In Force If",
        help="Which of these records should have an approval: the adherence report looks at them, however they got "
        "there. Empty: where creating is held all of them, else those whose field “state” is past draft, sent and "
        "cancelled. [] means every one.",
    )
    in_force_at_field_id = fields.Many2one(
        "ir.model.fields",
        "In Force Since",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('store', '=', True), ('ttype', 'in', ('date', 'datetime'))]",
        help="Sorts records into periods, and shows approvals that came later. Empty: the day they were created, and "
        "whether an approval came later is told by what the record was when it was asked.",
    )

    def _in_force_leaves(self):
        """:return: the domain as a tuple, None if it is not said or cannot be read"""
        text = (self.in_force or "").strip()
        try:
            return tuple(ast.literal_eval(text)) if text else None
        except (ValueError, SyntaxError, TypeError, RecursionError):
            return None

    @api.constrains("in_force", "in_force_at_field_id", "model_id")
    def _check_in_force(self):
        for governance in self:
            governance._check_in_force_domain()
            since = governance.in_force_at_field_id
            if since and (
                since.model_id != governance.model_id
                or since.ttype not in ("date", "datetime")
                or not since.store
            ):
                raise governance._wrong(
                    self.env._(
                        "“In Force Since” is no stored date of %(model)s.",
                        model=governance.model,
                    )
                )

    def _check_in_force_domain(self):
        text = (self.in_force or "").strip()
        if not text:
            return
        try:
            leaves = list(ast.literal_eval(text))
            Domain(leaves).validate(self.env[self.model])
        except (ValueError, SyntaxError, TypeError, KeyError, RecursionError) as error:
            raise self._wrong(
                self.env._(
                    "“In Force If” is no plain domain of %(model)s, such as %(example)s: %(why)s",
                    model=self.model,
                    example="[('state', '=', 'sale')]",
                    why=str(error)[:200],
                )
            ) from error
        self._refuse_hidden(leaves)
