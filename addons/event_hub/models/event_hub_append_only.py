from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MAINTENANCE = "event_hub.maintenance"  # PostgreSQL setting of one transaction; "on" lets changes through
GUARD_FUNCTION = "event_hub_refuse_change"


class EventHubAppendOnly(models.AbstractModel):
    """Rows that are written once and never changed: by the ORM, nor by SQL.

    The ORM answers first, with a sentence; triggers in the database stand behind it,
    also for TRUNCATE. ``_maintenance`` is the one way around, for retention, erasure
    and migration.
    """

    _name = "event_hub.append_only"
    _inherit = ["event_hub.guarded", "event_hub.loose"]
    _description = "Append-only"

    def init(self):
        if not self._abstract and self._auto:
            create_guard(self.env.cr, self._table)
        return super().init()

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._(
                "%(model)s is a record of what happened and cannot be changed. Record a correction instead.",
                model=self._description,
            )
        )

    @api.ondelete(at_uninstall=True)  # else a flag in the context would let it through
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "%(model)s is a record of what happened and cannot be deleted.",
                model=self._description,
            )
        )

    @contextmanager
    def _maintenance(self, reason):
        """Let SQL change this table inside the block; ``reason`` goes to the server log and the ledger.

        The ORM's own ``write`` and ``unlink`` stay refused.
        """
        self.env["event_hub.event"]._note_maintenance(self._name, reason)
        self.env.flush_all()
        try:
            # After an error the savepoint takes the setting back; a statement in an aborted transaction would
            # fail and hide what went wrong.
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL("SELECT set_config(%s, 'on', true)", MAINTENANCE)
                )
                yield
                self.env.cr.execute(
                    SQL("SELECT set_config(%s, 'off', true)", MAINTENANCE)
                )
        finally:
            self.env.invalidate_all(flush=False)

    @api.model
    def _drop_guards(self):
        """Remove triggers and function; for uninstallation only."""
        drop_guards(self.env.cr)


def create_guard(cr, table):
    """Refuse UPDATE, DELETE and TRUNCATE of ``table`` in the database itself."""
    cr.execute(
        SQL(
            """
        CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $guard$
        BEGIN
            IF current_setting(%(setting)s, true) = 'on' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION '%% of %% refused: its rows are never changed', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $guard$
        """,
            function=SQL.identifier(GUARD_FUNCTION),
            setting=MAINTENANCE,
        )
    )
    trigger = SQL.identifier(f"{table[:50]}_append_only")
    cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, SQL.identifier(table)))
    cr.execute(
        SQL(
            "CREATE TRIGGER %s BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()",
            trigger,
            SQL.identifier(table),
            SQL.identifier(GUARD_FUNCTION),
        )
    )


def drop_guards(cr):
    """Remove the function and with it every trigger that uses it."""
    cr.execute(
        SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(GUARD_FUNCTION))
    )
