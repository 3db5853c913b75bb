# The gate goes past its own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
from odoo import api, models
from odoo.exceptions import AccessError, UserError

INSERT = "INSERT INTO {table} ({columns}) VALUES %s ON CONFLICT ({once}) DO NOTHING RETURNING id"


class EventHubPlanned(models.AbstractModel):
    """Rows of a queue that the ledger plans in the transaction that records an event.

    Nobody makes them or moves their state by hand.
    """

    _name = "event_hub.planned"
    _inherit = ["event_hub.queue", "event_hub.loose"]
    _description = "Planned when an event is recorded"
    _hub_transitions = {}  # state: states that may follow
    _hub_once = ()  # columns that tell one row from another
    _hub_columns = ()  # that are written when a row is planned

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(
            self.env._(
                "%(rows)s: these are planned when events are recorded and cannot be created by hand.",
                rows=self._description,
            )
        )

    def write(self, vals):
        if "state" in vals:
            raise UserError(
                self.env._(
                    "%(rows)s: the state follows from what was tried. Use the button to try again.",
                    rows=self._description,
                )
            )
        return super().write(vals)

    def _set_state(self, state, **vals):
        """Move all of ``self`` to ``state``.

        :return: the rows that moved; those whose state does not allow it are left alone
        """
        movable = self.filtered(lambda row: state in self._hub_transitions[row.state])
        super(EventHubPlanned, movable).write({"state": state, **vals})
        return movable

    def _check_may_retry(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "%(rows)s: only administrators of the event hub may try again.",
                    rows=self._description,
                )
            )

    @api.model
    def _insert(self, rows):
        """Plan ``rows``, those left out that are planned already, and wake the worker.

        :param rows: list of tuples as ``_hub_columns`` names them
        """
        if rows:
            statement = INSERT.format(
                table=self._table,
                columns=", ".join(self._hub_columns),
                once=", ".join(self._hub_once),
            )
            self.env.cr.execute_values(statement, rows, page_size=500, fetch=True)
            self._wake_for(rows)
        return True

    def _wake_for(self, rows):
        """:param rows: as they were planned"""
        self._wake()
