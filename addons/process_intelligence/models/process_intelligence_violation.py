from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one


class ProcessIntelligenceViolation(models.Model):
    """A breach of a rule, noted once for each case and occurrence. Written by ``process_intelligence.rule_watch``.

    A person sees those of cases whose record, or imported events, he may see.
    """

    _name = "process_intelligence.violation"
    _inherit = ["event_hub.guarded", "event_hub.emitter"]
    _description = "Breach of a Rule"
    _log_access = False
    _order = "ts desc, id desc"
    _rec_name = "case_key"
    _hub_case_type = "process_violation"

    rule_id = fields.Many2one(
        "process_intelligence.rule",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    definition_id = LooseMany2one(
        "process_intelligence.definition", "Process", readonly=True
    )
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    severity = fields.Selection(related="rule_id.severity")
    owner_id = fields.Many2one(related="rule_id.owner_id")
    case_key = fields.Char("Case", required=True, readonly=True)
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(
        "Record", model_field="case_model", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Account", compute="_compute_partner_id", compute_sudo=True
    )
    code = fields.Char("How", required=True, readonly=True)
    occurrence = fields.Integer(
        required=True,
        readonly=True,
        help="Event that tells it from others of the case; 0: at most one in a case.",
    )
    position = fields.Integer(
        "Step", readonly=True, help="1 is the first step of the case."
    )
    seq = fields.Integer("Event", readonly=True, help="Id of the event that shows it.")
    ts = fields.Datetime("Time of the Step", required=True, readonly=True)
    broken_at = fields.Datetime(
        "Broken Since", readonly=True, help="When nobody could heal it any more."
    )
    noted_at = fields.Datetime(required=True, readonly=True)
    told = fields.Boolean(
        readonly=True, help="It was news, so an event process.violation was told."
    )

    _once = models.UniqueIndex("(rule_id, case_key, code, occurrence)")

    @api.depends("case_model", "case_id")
    def _compute_partner_id(self):
        for violation in self:
            violation.partner_id = _partner(violation._case())

    def _case(self):
        """:return: the record of the case, with no more rights than the caller's; empty where there is none"""
        self.ensure_one()
        if not self.case_model or self.case_model not in self.env:
            return self.env["res.partner"]
        return self.env[self.case_model].browse(self.case_id).exists()

    # ------------------------------------------------------------------ who sees it

    @api.model
    def _search(self, domain, *args, **kwargs):
        query = super()._search(domain, *args, **kwargs)
        if not self.env.su:
            query.add_where(self._seen())
        return query

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or operation != "read" or not any(self._ids):
            return result
        seen = self.env.execute_query(
            SQL(
                "SELECT id FROM process_intelligence_violation WHERE id = ANY(%s) AND %s",
                list(self._ids),
                self._seen(),
            )
        )
        hidden = self - self.browse(id_ for (id_,) in seen)
        if hidden:
            return hidden, lambda: AccessError(
                self.env._("You may not see the cases of these breaches.")
            )
        return result

    def _seen(self) -> SQL:
        """Condition: the case is the user's to see."""
        ledger = self.env["process_intelligence.ledger_rows"]
        models_ = self.env.execute_query(
            SQL(
                "SELECT DISTINCT case_model FROM process_intelligence_violation WHERE case_model IS NOT NULL"
            )
        )
        table = SQL.identifier("process_intelligence_violation")
        records = ledger._visible_cases([model for (model,) in models_], table)
        events = self.env["process_intelligence.log_event"]
        if not events.has_access("read"):
            return records
        query = events._search(Domain.TRUE)
        return SQL(
            """
            (%(records)s OR (%(table)s.case_model IS NULL AND EXISTS (
                SELECT FROM %(events)s WHERE %(visible)s
                   AND process_intelligence_log_event.definition_id = %(table)s.definition_id
                   AND process_intelligence_log_event.case_key = %(table)s.case_key)))
            """,
            records=records,
            table=table,
            events=query.from_clause,
            visible=query.where_clause or SQL("TRUE"),
        )

    # ------------------------------------------------------------------ what follows

    def _tell(self):
        for violation in self:
            rule = violation.rule_id
            violation._emit(
                "process.violation",
                objects=[("case", violation._case())],
                rule=rule.name,
                kind=rule.kind,
                severity=rule.severity,
                code=violation.code,
                process=violation.definition_id.name,
            )

    def _remind_owner(self, _events=None):
        """For Automation Rules: whoever answers for a broken rule has one thing to do, however often it is broken."""
        for rule, broken in self.sudo().grouped("rule_id").items():
            rule._remind(len(broken))
        return True

    def action_open_case(self):
        """:return: a window action on the case: its record, or its imported events"""
        self.ensure_one()
        self.check_access("read")
        return self.definition_id._cases_action([self.case_key], 1)


def _partner(case):
    if case._name == "res.partner":
        return case
    for name in ("account_id", "partner_id"):
        field = case._fields.get(name)
        if field is not None and field.comodel_name == "res.partner":
            return case[name]
    return case.env["res.partner"]
