from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..policies import throttle

# A row that is still closed is left alone and not returned. Of two transactions that open the same
# case at once, the second waits for the first, and begins again on what that one wrote.
OPEN = """
    INSERT INTO event_hub_throttle (automation_id, res_model, res_id, closed_until)
         SELECT %(rule)s, c.res_model, c.res_id, %(until)s
           FROM unnest(%(models)s::varchar[], %(ids)s::int[]) c (res_model, res_id)
    ON CONFLICT (automation_id, res_model, res_id)
      DO UPDATE SET closed_until = excluded.closed_until
          WHERE event_hub_throttle.closed_until <= %(now)s
      RETURNING res_model, res_id
"""


class EventHubThrottle(models.Model):
    """Until when a rule that runs once per case and period leaves a case alone.

    One row for each (rule, case), taken in the savepoint of the batch that runs: when the
    batch fails, the case is open again.
    """

    _name = "event_hub.throttle"
    _inherit = ["event_hub.guarded"]
    _description = "Throttled Case"
    _log_access = False

    automation_id = LooseMany2one(
        "base.automation", "Rule", required=True, readonly=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record Id", required=True, readonly=True)
    closed_until = fields.Datetime(required=True, readonly=True, index=True)

    _case_uniq = models.UniqueIndex("(automation_id, res_model, res_id)")

    @api.model
    def _take(self, rule, cases, now):
        """Claim ``cases`` for ``rule`` until its period is over.

        :param cases: list of ``(model, id)``, none twice
        :return: the set of those that were open
        """
        if not cases:
            return set()
        models_, ids = zip(*sorted(cases), strict=True)  # in one order: no deadlock
        rows = self.env.execute_query(
            SQL(
                OPEN,
                rule=rule.id,
                models=list(models_),
                ids=list(ids),
                until=throttle.closed_until(now, rule.throttle_hours),
                now=now,
            )
        )
        return set(rows)

    @api.model
    def _forget(self, rules):
        """Let ``rules`` run for every case again."""
        if rules:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM event_hub_throttle WHERE automation_id = ANY(%s)",
                    rules.ids,
                )
            )

    @api.autovacuum
    def _gc_open(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM event_hub_throttle WHERE closed_until < %s",
                fields.Datetime.now(),
            )
        )
