from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class ProcessIntelligenceViolation(models.Model):
    """A breach of a rule, noted once for each case and occurrence. Written by ``process_intelligence.rule_watch``.

    A person sees those of cases whose record, or imported events, he may see.
    """

    _name = "process_intelligence.violation"
    _inherit = [
        "process_intelligence.of_case",
        "event_hub.guarded",
        "event_hub.emitter",
    ]
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

    def _tell(self):
        cases = self._cases()
        for violation in self:
            rule = violation.rule_id
            violation._emit(
                "process.violation",
                objects=[("case", cases[violation.id])],
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
