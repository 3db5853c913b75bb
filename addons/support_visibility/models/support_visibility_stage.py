from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies.ticket_state import STATES


class SupportVisibilityStage(models.Model):
    """A column of the board. Its state decides what moving a ticket there means."""

    _name = "support_visibility.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        STATES,
        required=True,
        index=True,
        help="A ticket moved to this stage gets this state, if it may.",
    )
    fold = fields.Boolean("Folded on the Board")
    description = fields.Char(translate=True)

    @api.model
    def _first_by_state(self):
        """:return: ``{state: its first stage}``"""
        stages = {}
        for stage in self.search(Domain.TRUE):
            stages.setdefault(stage.state, stage)
        return stages

    def write(self, vals):
        res = super().write(vals)
        if "state" in vals:
            self._raise_if_states_without_stage(self.search(Domain.TRUE))
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_its_state(self):
        self._raise_if_states_without_stage(self.search(Domain.TRUE) - self)

    def _raise_if_states_without_stage(self, stages):
        missing = [
            label for state, label in STATES if state not in stages.mapped("state")
        ]
        if missing:
            raise ValidationError(
                self.env._(
                    "Every state needs a stage. Without one: %(states)s. Add a stage with that state first.",
                    states=", ".join(missing),
                )
            )
