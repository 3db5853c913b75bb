from odoo import api, fields, models


class SupportVisibilityTicketIncident(models.Model):
    """The incident and the problem a ticket is about."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    incident_id = fields.Many2one(
        "support_visibility.incident",
        index="btree_not_null",
        copy=False,
        tracking=True,
        check_company=True,
    )
    problem_id = fields.Many2one(
        "support_visibility.problem",
        index="btree_not_null",
        copy=False,
        tracking=True,
        check_company=True,
    )
    workaround = fields.Text(compute="_compute_workaround")

    @api.depends("problem_id.workaround", "incident_id.problem_id.workaround")
    def _compute_workaround(self):
        for ticket in self:
            problem = ticket.problem_id or ticket.incident_id.problem_id
            ticket.workaround = problem.workaround

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered("incident_id")._hit_by_incident()
        return tickets

    def write(self, vals):
        res = super().write(vals)
        if vals.get("incident_id"):
            self._hit_by_incident()
        return res

    def _hit_by_incident(self):
        for incident, tickets in self.grouped("incident_id").items():
            incident._hit(tickets.account_id)
            numbers = ", ".join(tickets.mapped("number"))
            incident._note("linked", numbers)
