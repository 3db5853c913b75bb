from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProcessIntelligenceLedgerRows(models.AbstractModel):
    """Events of the ledger as the relation that questions read."""

    _name = "process_intelligence.ledger_rows"
    _description = "Ledger as Event Log"

    @api.model
    def _ledger_select(self, domain: Domain, keys=None, models=None) -> SQL:
        """Events as ``tools/stored.py`` describes them.

        :param keys: SELECT of ``case_model, case_id`` of the cases that are wanted; None for all
        :param models: only cases that the user may see, of these kinds of records; None for all cases
        """
        query = self.env["event_hub.event"]._search(domain)
        alias = SQL.identifier("event_hub_event")
        conditions = [query.where_clause or SQL("TRUE")]
        if keys:
            conditions.append(self._wanted(alias, keys))
        if models is not None:
            conditions.append(self._visible_cases(models, alias))
        return SQL(
            """
            SELECT event_hub_event.case_model || ',' || event_hub_event.case_id AS case_key,
                   event_hub_event.case_model, event_hub_event.case_id,
                   event_hub_event.activity::text AS activity, event_hub_event.occurred_at AS ts,
                   event_hub_event.id AS seq, event_hub_event.actor AS resource, event_hub_event.company_id,
                   event_hub_event.attributes
              FROM %s WHERE %s
            """,
            query.from_clause,
            SQL(" AND ").join(conditions),
        )

    @api.model
    def _wanted(self, alias, keys):
        """Condition: the case is one of ``keys``. The arrays let an index find it, however many there are."""
        return SQL(
            """
            %(alias)s.case_model = ANY(ARRAY(SELECT case_model FROM (%(keys)s) AS keys))
            AND %(alias)s.case_id = ANY(ARRAY(SELECT case_id FROM (%(keys)s) AS keys))
            AND (%(alias)s.case_model, %(alias)s.case_id) IN (%(keys)s)
            """,
            alias=alias,
            keys=keys,
        )

    @api.model
    def _ledger_models(self, domain: Domain, keys=None) -> list[str]:
        """:return: kinds of records that cases are, or those that ``keys`` selects"""
        if keys:
            rows = self.env.execute_query(
                SQL("SELECT DISTINCT case_model FROM (%s) AS wanted", keys)
            )
        else:
            rows = self.env["event_hub.event"]._read_group(domain, ["case_model"])
        return [model for (model,) in rows]

    @api.model
    def _visible_cases(self, models: list[str], alias: SQL) -> SQL:
        """Condition: the case itself is a record that the user may read.

        Cases of models that the user may not read, or that are no longer installed, stay hidden.
        """
        conditions = [
            SQL(
                "(%(alias)s.case_model = %(model)s AND %(alias)s.case_id IN %(records)s)",
                alias=alias,
                model=model,
                records=self.env[model]
                .with_context(active_test=False)
                ._search(Domain.TRUE)
                .subselect(),
            )
            for model in models
            if model in self.env and self.env[model].has_access("read")
        ]
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")
