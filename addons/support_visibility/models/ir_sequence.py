from odoo import api, models

from odoo.addons.event_hub.tools import caches

from ..const import SEQUENCE_CODE


class IrSequence(models.Model):
    """The numbering of tickets is remembered by every server process."""

    _inherit = "ir.sequence"

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        sequences._forget_numbering()
        return sequences

    def write(self, vals):
        mine = self.filtered(lambda s: s.code == SEQUENCE_CODE)
        result = super().write(vals)
        (mine | self)._forget_numbering(bool(mine))
        return result

    def unlink(self):
        is_mine = SEQUENCE_CODE in self.mapped("code")
        result = super().unlink()
        self.browse()._forget_numbering(is_mine)
        return result

    def _forget_numbering(self, is_mine=False):
        if is_mine or SEQUENCE_CODE in self.mapped("code"):
            self.flush_model()
            caches.forget(self.env)
