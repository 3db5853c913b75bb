from odoo import fields, models


class ApprovalEngineSimulationSeat(models.TransientModel):
    """In how many cases of a week one person would be asked by a step, and really was."""

    _name = "approval_engine.simulation_seat"
    _description = "Load Tried Out"
    _order = "week, step, user_id"

    simulation_id = fields.Many2one(
        "approval_engine.simulation", required=True, ondelete="cascade", index=True
    )
    week = fields.Date(help="Its Monday.")
    step = fields.Char()
    user_id = fields.Many2one("res.users", "Approver", ondelete="cascade")
    cases = fields.Integer("Would Be Asked")
    real_cases = fields.Integer("Really Asked")
