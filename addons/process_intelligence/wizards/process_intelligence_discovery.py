from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ..tools import questions


class ProcessIntelligenceDiscovery(models.TransientModel):
    """What kinds of cases the ledger tells of, each one click from being a process."""

    _name = "process_intelligence.discovery"
    _description = "Discover Processes in the Ledger"

    line_ids = fields.One2many(
        "process_intelligence.discovery_line",
        "wizard_id",
        "Case Types",
        default=lambda self: self._found(),
    )

    @api.model
    def _found(self):
        """Lines for every case type of which the user sees a case."""
        events = self.env["event_hub.event"]
        domain = Domain("case_type", "!=", False) & Domain("case_id", "!=", False)
        types = sorted(
            case_type
            for (case_type,) in events._read_group(domain, ["case_type"])
            if case_type
        )
        defined = (
            self.env["process_intelligence.definition"]
            .search_fetch(
                [("source", "=", "ledger"), ("case_type", "in", types)],
                ["case_type"],
            )
            .grouped("case_type")
        )
        lines = (
            self._line(case_type, domain, defined.get(case_type)) for case_type in types
        )
        return [Command.create(line) for line in lines if line["event_count"]]

    def _line(self, case_type, domain, defined):
        ledger = self.env["process_intelligence.ledger_rows"]
        domain &= Domain("case_type", "=", case_type)
        rows = ledger._ledger_select(domain, models=ledger._ledger_models(domain))
        events, cases = self.env.execute_query(questions.totals_of(rows))[0]
        return {
            "case_type": case_type,
            "name": case_type.rpartition(".")[2].replace("_", " ").capitalize(),
            "event_count": events,
            "case_count": cases,
            "definition_id": defined[:1].id if defined else False,
            "selected": not defined,
        }

    def create_definitions(self):
        """:return: action with the new processes"""
        self.ensure_one()
        chosen = self.line_ids.filtered("selected")
        if not chosen:
            raise ValidationError(self.env._("Choose at least one case type."))
        definitions = self.env["process_intelligence.definition"].create(
            [
                {"name": line.name, "source": "ledger", "case_type": line.case_type}
                for line in chosen
            ]
        )
        if len(definitions) == 1:
            return definitions.open_map()
        return self.env["ir.actions.actions"]._for_xml_id(
            "process_intelligence.process_intelligence_definition_action"
        )
