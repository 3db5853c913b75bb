from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..policies.seeing import stalled
from .support_visibility_manager import TICKET

# Events that are told at the moment they happen, so that their state is that of this moment. A breach is told later.
MOVES = (
    *("support.ticket_opened", "support.assigned", "support.queued"),
    *("support.resumed", "support.waiting", "support.solved"),
    *("support.reopened", "support.closed"),
)


class SupportVisibilityStays(models.AbstractModel):
    """How long tickets usually stay in a state before they move on, as the ledger tells it."""

    _name = "support_visibility.stays"
    _description = "Stays of Tickets"

    @api.model
    def _usual(self, since, until):
        """:param since, until: naive UTC; when stays ended
        :return: ``{state: timedelta}``; states that too few tickets left are not in it
        """
        tickets = self.env[TICKET]
        self.env["event_hub.event"]._flush_emitted()
        self.env["event_hub.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH told AS (
                    SELECT case_id, occurred_at AS ts, id, attributes ->> 'state' AS state
                      FROM event_hub_event
                     WHERE case_model = %(model)s AND type = ANY(%(moves)s)
                       AND occurred_at >= %(since)s - interval '90 days' AND occurred_at <= %(until)s
                       AND case_id IN %(seen)s),
                turns AS (
                    SELECT *, lag(state) OVER in_case AS before FROM told
                    WINDOW in_case AS (PARTITION BY case_id ORDER BY ts, id)),
                stays AS (
                    SELECT state, lead(ts) OVER (PARTITION BY case_id ORDER BY ts, id) - ts AS lasted,
                           lead(ts) OVER (PARTITION BY case_id ORDER BY ts, id) AS left_at
                      FROM turns WHERE before IS DISTINCT FROM state)
                SELECT state, percentile_cont(%(share)s) WITHIN GROUP (ORDER BY date_part('epoch', lasted))
                  FROM stays WHERE left_at >= %(since)s GROUP BY state HAVING count(*) >= %(least)s
                """,
                model=TICKET,
                moves=list(MOVES),
                since=since,
                until=until,
                share=stalled.SHARE,
                least=stalled.LEAST,
                seen=tickets._search([]).subselect(),
            )
        )
        return {
            state: timedelta(seconds=max(round(seconds), stalled.LEAST_SECONDS))
            for state, seconds in rows
        }
