import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..policies import request_state, sampling

DECIDED = tuple(
    state
    for state, _label in request_state.STATES
    if state not in (request_state.DRAFT, request_state.PENDING)
)
MOST = 500  # dossiers in one sample


class ApprovalEngineSample(models.TransientModel):
    """Dossiers drawn at random, for an auditor to read one by one."""

    _name = "approval_engine.sample"
    _description = "Random Sample of Decisions"

    date_from = fields.Date(
        "Decided From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=90
        ),
    )
    date_to = fields.Date(
        "Decided Until", required=True, default=fields.Date.context_today
    )
    type_ids = fields.Many2many(
        "approval_engine.type",
        "approval_engine_sample_type_rel",
        string="Types",
        help="Empty: all.",
    )
    count = fields.Integer("How Many", required=True, default=25)
    seed = fields.Integer(
        required=True,
        default=lambda self: secrets.randbelow(10**6),
        help="The same seed over the same period draws the same dossiers again.",
    )
    population = fields.Integer("Decided in the Period", compute="_compute_population")

    @api.depends("date_from", "date_to", "type_ids")
    def _compute_population(self):
        for sample in self:
            sample.population = self.env["approval_engine.request"].search_count(
                sample._domain()
            )

    def _domain(self):
        """:return: what was decided in the period, both days included (UTC)"""
        domain = Domain("state", "in", DECIDED)
        if self.date_from:
            domain &= Domain("decided_at", ">=", self.date_from)
        if self.date_to:
            after = fields.Date.add(self.date_to, days=1)
            domain &= Domain("decided_at", "<", after)
        if self.type_ids:
            domain &= Domain("type_id", "in", self.type_ids.ids)
        return domain

    def action_draw(self):
        """:return: action that lists the requests drawn"""
        self.ensure_one()
        if not 0 < self.count <= MOST:
            raise UserError(
                self.env._(
                    "How Many (count): %(count)s is not from 1 to %(most)s.",
                    count=self.count,
                    most=MOST,
                )
            )
        found = self.env["approval_engine.request"].search(self._domain()).ids
        drawn = sampling.sample(found, self.count, self.seed)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "approval_engine.approval_engine_request_action_all"
        )
        return action | {
            "display_name": self.env._(
                "%(drawn)s of %(all)s, seed %(seed)s",
                drawn=len(drawn),
                all=len(found),
                seed=self.seed,
            ),
            "domain": [("id", "in", drawn)],
            "context": {},
        }
