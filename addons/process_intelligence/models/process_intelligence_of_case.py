from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class ProcessIntelligenceOfCase(models.AbstractModel):
    """What is noted about a case of a process (``definition_id``).

    A person sees what is about cases whose record, or imported events, he may see.
    """

    _name = "process_intelligence.of_case"
    _description = "Noted about a Case"

    case_key = fields.Char("Case", required=True, readonly=True)
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(
        "Record", model_field="case_model", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Account", compute="_compute_partner_id", compute_sudo=True
    )

    @api.depends("case_model", "case_id")
    def _compute_partner_id(self):
        cases = self._cases()
        for noted in self:
            noted.partner_id = _partner(cases[noted.id])

    def _cases(self):
        """:return: ``{id: record of the case}`` with no more rights than the caller's; empty where there is none"""
        found = dict.fromkeys(self.ids, self.env["res.partner"])
        for model, noted in self.grouped("case_model").items():
            if model and model in self.env:
                there = self.env[model].browse(set(noted.mapped("case_id"))).exists()
                records = {record.id: record for record in there}
                nothing = self.env[model]
                found |= {one.id: records.get(one.case_id, nothing) for one in noted}
        return found

    @api.depends("case_key", "case_model", "case_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """What people call the case: the name of its record; an imported case is called by its key."""
        cases = self._cases()
        for noted in self.grouped("case_model").values():
            records = noted.env[cases[noted[0].id]._name].union(
                *(cases[one.id] for one in noted)
            )
            readable = records._filtered_access("read")
            for one in noted:
                case = cases[one.id] & readable
                one.display_name = case.display_name or one.case_key

    # ------------------------------------------------------------------ who sees it

    @api.model
    def _search(self, domain, *args, **kwargs):
        query = super()._search(domain, *args, **kwargs)
        if not self.env.su:
            query.add_where(self._seen())
        return query

    def _check_access(self, operation):
        result = super()._check_access(operation)
        rest = self - result[0] if result else self
        if self.env.su or operation != "read" or not any(rest._ids):
            return result
        hidden = rest - rest._of_seen_cases()
        if not hidden:
            return result
        if result:  # else whoever only leaves out what is forbidden would see the rest
            return result[0] | hidden, result[1]
        return hidden, lambda: AccessError(
            self.env._("You may not see the cases that this is about.")
        )

    def _of_seen_cases(self):
        seen = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND %s",
                SQL.identifier(self._table),
                list(self._ids),
                self._seen(),
            )
        )
        return self.browse(id_ for (id_,) in seen)

    def _seen(self) -> SQL:
        """Condition: the case is the user's to see."""
        table = SQL.identifier(self._table)
        ledger = self.env["process_intelligence.ledger_rows"]
        models_ = self.env.execute_query(
            SQL(
                "SELECT DISTINCT case_model FROM %s WHERE case_model IS NOT NULL", table
            )
        )
        records = SQL(
            "(%s AND NOT EXISTS (%s))",
            ledger._visible_cases([model for (model,) in models_], table),
            self._hidden_events(table),
        )
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

    def _hidden_events(self, table) -> SQL:
        """SELECT of the ledger's events of the case that the user may not see: what is noted may rest on them."""
        query = self.env["event_hub.event"]._search(Domain.TRUE)
        return SQL(
            """
            SELECT FROM event_hub_event JOIN process_intelligence_definition AS process
                     ON process.id = %(table)s.definition_id AND process.case_type = event_hub_event.case_type
                    AND coalesce(process.company_id = event_hub_event.company_id, process.company_id IS NULL)
             WHERE event_hub_event.case_model = %(table)s.case_model AND event_hub_event.case_id = %(table)s.case_id
               AND NOT coalesce(%(visible)s, FALSE)
            """,
            table=table,
            visible=query.where_clause or SQL("TRUE"),
        )

    # ------------------------------------------------------------------ what goes with its case

    @api.model
    def _forget_gone(self, definitions):
        """Of imported cases of which no event is left nothing stays noted: it tells their names and people."""
        table = SQL.identifier(self._table)
        gone = self.env.execute_query(
            SQL(
                """
                SELECT id FROM %(table)s
                 WHERE definition_id = ANY(%(definitions)s) AND case_model IS NULL
                   AND NOT EXISTS (SELECT FROM process_intelligence_log_event AS event
                                    WHERE event.definition_id = %(table)s.definition_id
                                      AND event.case_key = %(table)s.case_key)
                """,
                table=table,
                definitions=definitions.ids,
            )
        )
        self.sudo().browse(id_ for (id_,) in gone).unlink()

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
