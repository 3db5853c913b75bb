# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from dataclasses import dataclass

from odoo import api, fields, models

from ..policies.event_run import DEAD
from ..tools import trace
from .event_hub_emitter import TRANSACTION_CORRELATION
from .event_hub_tally import RUN

COLUMNS = (
    "automation_id, event_type, state, attempts, planned_at, started_at, duration_ms, error, note, correlation,"
    " res_model, res_id, actor_id, run_as_id, company_id, owner_told"
)


@dataclass(frozen=True)
class Line:
    """One record that a rule on a stock trigger ran on, or would have."""

    rule_id: int
    trigger: str
    res_model: str
    res_id: int
    company_id: int | None
    correlation: str
    user_id: int


class EventHubRun(models.Model):
    """Runs of rules on stock triggers: written down as they are, in the transaction that triggered them.

    They are about no event, wait for nothing, and are not tried again: what triggered them is over.
    """

    _inherit = "event_hub.run"

    _stock_idx = models.Index("(planned_at) WHERE event_id IS NULL")

    @api.model
    def _lines(self, rule, records):
        """:param records: in superuser mode

        :return: list of ``Line``
        """
        labels = dict(rule._fields["trigger"].selection)
        owned = records._fields.get("company_id")
        owned = owned is not None and owned.comodel_name == "res.company"
        return [
            Line(
                rule_id=rule.id,
                trigger=labels.get(rule.trigger, rule.trigger),
                res_model=record._name,
                res_id=record.id,
                company_id=(record.company_id.id or None) if owned else None,
                correlation=self._record_correlation(record),
                user_id=self.env.uid,
            )
            for record in records
        ]

    def _record_correlation(self, record):
        """:return: that of the record's story, else of what caused this, else the transaction's own"""
        field = record._fields.get("correlation")
        if field is not None and field.type == "char" and record.correlation:
            return record.correlation
        cause = trace.find(record._name, record.id, None)
        if cause:
            return cause.correlation
        return self.env.cr.cache.setdefault(
            TRANSACTION_CORRELATION, trace.new_correlation()
        )

    @api.model
    def _log(self, lines, state, error=None, note=None, notes=None, duration_ms=None):
        """Write down ``lines`` in one statement, and count them.

        :param notes: ``{record id: note}``, instead of one for all
        :param duration_ms: of all of them together
        """
        now = fields.Datetime.now()
        notes = notes or {}
        self.env.cr.execute_values(
            f"INSERT INTO {self._table} ({COLUMNS}) VALUES %s",
            [
                (
                    *(line.rule_id, line.trigger, state, 1, now, now, duration_ms),
                    *(error, notes.get(line.res_id, note), line.correlation),
                    *(line.res_model, line.res_id, line.user_id, line.user_id),
                    *(line.company_id, False),
                )
                for line in lines
            ],
            page_size=500,
        )
        self._count_lines(lines, state)
        if state == DEAD:
            self._wake()  # who tells the owners
        return True

    def _count_lines(self, lines, state):
        counts = {}
        for line in lines:
            place = line.rule_id, line.company_id
            counts[place] = counts.get(place, 0) + 1
        companies = self.env["res.company"]
        for (rule_id, company_id), count in counts.items():
            self.env["event_hub.tally"]._add(
                RUN, rule_id, state, companies.browse(company_id or ()), count
            )
