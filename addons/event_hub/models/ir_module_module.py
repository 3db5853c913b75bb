from odoo import models
from odoo.tools import SQL

from .ir_http import builds_on_hub


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def module_uninstall(self):
        """Records of addons that build on the hub do not hold each other back on their way out."""
        self.filtered(lambda module: builds_on_hub(module.name))._free_tables()
        return super().module_uninstall()

    def _free_tables(self):
        """Drop the references between tables that go with these modules.

        Their rows would be deleted one kind after the other, each as often as something still points at it.
        """
        going = [
            self.env[name]._table
            for name in self._models_alone()
            if name in self.env and self.env[name]._auto
        ]
        self.env.cr.execute(
            """
            SELECT conrelid::regclass::text, conname
              FROM pg_constraint
             WHERE contype = 'f' AND connamespace = current_schema::regnamespace
               AND conrelid::regclass::text = ANY(%(going)s) AND confrelid::regclass::text = ANY(%(going)s)
            """,
            {"going": going},
        )
        for table, name in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )

    def _models_alone(self):
        """:return: names of the models that these modules, and no others, brought"""
        self.env.cr.execute(
            """
            SELECT model.model
              FROM ir_model model
              JOIN ir_model_data data ON data.model = 'ir.model' AND data.res_id = model.id
          GROUP BY model.model
            HAVING bool_and(data.module = ANY(%s))
            """,
            [self.mapped("name")],
        )
        return [row[0] for row in self.env.cr.fetchall()]
