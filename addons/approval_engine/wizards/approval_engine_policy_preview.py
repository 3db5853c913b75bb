from odoo import api, fields, models
from odoo.exceptions import UserError


class ApprovalEnginePolicyPreview(models.TransientModel):
    """The route a request of a certain person would take under a policy, whatever its state."""

    _name = "approval_engine.policy_preview"
    _description = "Policy as a Person Sees It"

    policy_id = fields.Many2one(
        "approval_engine.policy", required=True, readonly=True, ondelete="cascade"
    )
    requester_id = fields.Many2one(
        "res.users",
        "Asked By",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    amount = fields.Monetary()
    currency_id = fields.Many2one(
        related="policy_id.currency_id", related_sudo=False, string="Currency"
    )
    partner_id = fields.Many2one("res.partner", "Account", ondelete="cascade")
    urgent = fields.Boolean()
    route_data = fields.Json(compute="_compute_route_data")

    @api.depends("policy_id", "requester_id", "amount", "partner_id", "urgent")
    def _compute_route_data(self):
        """Shape: as ``preview_data`` of a request"""
        for preview in self:
            preview.route_data = (
                preview._route_data()
                if preview.policy_id and preview.requester_id
                else False
            )

    def _route_data(self):
        for record in (self.policy_id, self.partner_id):
            record._origin.check_access(
                "read"
            )  # nobody learns more here than elsewhere
        policy = self.policy_id._origin.sudo()
        case = self._case(policy)
        try:
            route, note, _amount = case._plan_route(policy)
            case._refuse_route_problem(route, policy)
            due = case._planned_due(policy)
            steps = [case._step_preview(step, due, note) for step in route.steps]
        except UserError as error:  # what submitting would say
            return {"problem": str(error), "steps": []}
        return {"problem": "", "steps": [case._preview_step(step) for step in steps]}

    def _case(self, policy):
        """:return: a request in memory, never written"""
        requests = self.env["approval_engine.request"].sudo()._without_defaults()
        company = policy.company_id or self.env.company
        return requests.new(
            {
                "name": policy.type_id.name,
                "type_id": policy.type_id.id,
                "policy_id": policy.id,
                "company_id": company.id,
                "currency_id": policy.currency_id.id,
                "amount": self.amount,
                "requester_id": self.requester_id._origin.id,
                "partner_id": self.partner_id._origin.id,
                "urgent": self.urgent,
                "state": "draft",
            }
        )
