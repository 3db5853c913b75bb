from odoo import api, models
from odoo.tools import ormcache


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    @ormcache()  # as long as the registry: which models there are is code
    def _counting_bounces(self):
        """:return: names of the models with a table that count mails that came back"""
        counting = self.pool["mail.thread.blacklist"]
        return tuple(
            sorted(
                name
                for name, model in self.pool.items()
                if issubclass(model, counting) and model._auto and not model._abstract
            )
        )
