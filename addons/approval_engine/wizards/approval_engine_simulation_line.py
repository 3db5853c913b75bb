from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..policies import simulation


class ApprovalEngineSimulationLine(models.TransientModel):
    """What would have become of one case."""

    _name = "approval_engine.simulation_line"
    _description = "Case Tried Out"
    _order = "at desc, id desc"

    simulation_id = fields.Many2one(
        "approval_engine.simulation", required=True, ondelete="cascade", index=True
    )
    request_id = fields.Many2one("approval_engine.request", ondelete="cascade")
    line = fields.Integer(help="Of the sheet; 0: a real request.")
    name = fields.Char("Case")
    at = fields.Datetime("Asked")
    requester_id = fields.Many2one("res.users", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Account", ondelete="cascade")
    amount = fields.Monetary()
    currency_id = fields.Many2one("res.currency", ondelete="cascade")
    at_stake = fields.Monetary(
        currency_field="policy_currency_id",
        help="What chose the steps, in the currency of the policy: with what was asked before, where that counts.",
    )
    policy_currency_id = fields.Many2one(
        "res.currency", "Currency of the Policy", ondelete="cascade"
    )
    outcome = fields.Selection(simulation.OUTCOMES, "Who Decides")
    steps = fields.Char()
    route = fields.Char("Who Would Have Decided")
    user_ids = fields.Many2many(
        "res.users", "approval_engine_simulation_line_user_rel", string="Approvers"
    )
    difference = fields.Selection(simulation.DIFFERENCES, "Against What Happened")
    difference_words = fields.Char("What Differs")
    added_hours = fields.Float(
        help="Hours more than on the route it really took, where both are known."
    )
    time_words = fields.Char("Usual Time")

    @api.model
    def _names_of(self, outcomes):
        """:return: {user id: name}, read once"""
        asked = {user for one in outcomes for step in one.steps for user in step.users}
        return {u.id: u.name for u in self.env["res.users"].sudo().browse(asked)}

    @api.model
    def _values(self, case, outcome, names):
        one = case.record
        users = frozenset().union(*(step.users for step in outcome.steps))
        return {
            "request_id": case.request.id,
            "line": case.line,
            "name": one.name,
            "at": one.submitted_at,
            "requester_id": one.requester_id.id,
            "partner_id": one.partner_id.id,
            "amount": one.amount,
            "currency_id": one.currency_id.id,
            "at_stake": case.stake,
            "policy_currency_id": case.policy_currency_id,
            "outcome": outcome.outcome,
            "steps": ", ".join(step.name for step in outcome.steps),
            "route": self._route_words(outcome.steps, names),
            "user_ids": [Command.set(sorted(users))],
            "difference": outcome.difference.kind,
            "difference_words": self._difference_words(outcome.difference),
            "added_hours": (outcome.added or 0.0) / 3600,
            "time_words": self._time_words(outcome),
        }

    def _route_words(self, steps, names):
        """:return: such as “Finance (Ada or Grace), then Board (Linus)”"""
        groups = {}
        for step in steps:
            people = ", ".join(names[user] for user, _weight in step.people[:5])
            more = "" if len(step.people) <= 5 else f", +{len(step.people) - 5}"
            groups.setdefault(step.sequence, []).append(f"{step.name} ({people}{more})")
        return self.env._(", then ").join(
            self.env._(" and ").join(group) for group in groups.values()
        )

    def _difference_words(self, difference):
        said = []
        if difference.added:
            names = ", ".join(difference.added)
            said.append(self.env._("also %(steps)s", steps=names))
        if difference.dropped:
            names = ", ".join(difference.dropped)
            said.append(self.env._("without %(steps)s", steps=names))
        return "; ".join(said)

    def _time_words(self, outcome):
        if outcome.waits is None:
            return self.env._("unknown")
        return self.env["approval_engine.simulation"]._duration(outcome.waits)

    def open_request(self):
        """:return: action that shows the request this repeats"""
        self.ensure_one()
        if not self.request_id:
            raise UserError(
                self.env._(
                    "This case is line %(line)s of the sheet: there is no request.",
                    line=self.line,
                )
            )
        return self.request_id.get_formview_action()
