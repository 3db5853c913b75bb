from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies import ticket_state
from ..policies.desk.undoing import Move
from ..tools.clock import utcnow

KEPT = timedelta(days=1)
BEFORE = ("state", "state_since", "solved_at", "closed_at", "reopen_count")


class SupportVisibilityTicketUndo(models.Model):
    """Where a ticket stood before a person moved it: kept for a day, so that a slip can be taken back."""

    _name = "support_visibility.ticket_undo"
    _description = "Ticket Move to Take Back"
    _inherit = ["event_hub.guarded"]
    _order = "id desc"
    _log_access = False

    ticket_id = LooseMany2one(
        "support_visibility.ticket", required=True, index=True, readonly=True
    )
    by_user_id = LooseMany2one("res.users", required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, index=True)
    to_stage_id = LooseMany2one("support_visibility.stage", readonly=True)
    stage_id = LooseMany2one("support_visibility.stage", readonly=True)
    state = fields.Selection(ticket_state.STATES, readonly=True)
    state_since = fields.Datetime(readonly=True)
    solved_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    reopen_count = fields.Integer(readonly=True)

    def _move(self):
        """:return: ``Move``, None without a row"""
        if not self:
            return None
        ticket = self.ticket_id
        return Move(self.at, self.by_user_id.id, ticket.stage_id == self.to_stage_id)

    def _values_before(self):
        return {name: self[name] for name in BEFORE} | {"stage_id": self.stage_id.id}

    @api.autovacuum
    def _gc_old(self):
        self.search([("at", "<", utcnow() - KEPT)]).unlink()
