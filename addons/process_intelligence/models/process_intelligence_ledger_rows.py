from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProcessIntelligenceLedgerRows(models.AbstractModel):
    """Events of the ledger as the relation that questions read."""

    _name = "process_intelligence.ledger_rows"
    _description = "Ledger as Event Log"

    @api.model
    def _ledger_select(self, domain: Domain) -> SQL:
        query = self.env["event_hub.event"]._search(domain)
        return SQL(
            """
            SELECT event_hub_event.case_model || ',' || event_hub_event.case_id AS case_key,
                   event_hub_event.activity::text AS activity, event_hub_event.occurred_at AS ts,
                   event_hub_event.id AS seq, event_hub_event.actor AS resource, event_hub_event.attributes
              FROM %s WHERE %s AND %s
            """,
            query.from_clause,
            query.where_clause or SQL("TRUE"),
            self._visible_cases(domain),
        )

    @api.model
    def _visible_cases(self, domain: Domain) -> SQL:
        """Condition: the case itself is a record that the user may read.

        Cases of models that the user may not read, or that are no longer installed, stay hidden.
        """
        conditions = [
            SQL(
                "(event_hub_event.case_model = %s AND event_hub_event.case_id IN %s)",
                model,
                self.env[model]
                .with_context(active_test=False)
                ._search(Domain.TRUE)
                .subselect(),
            )
            for (model,) in self.env["event_hub.event"]._read_group(
                domain, ["case_model"]
            )
            if model in self.env and self.env[model].has_access("read")
        ]
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")
