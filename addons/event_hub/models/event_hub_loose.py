from odoo import api, models

from ..fields import LooseMany2one


class EventHubLoose(models.AbstractModel):
    """For models with ``LooseMany2one`` fields: what points to a deleted record reads as empty."""

    _name = "event_hub.loose"
    _description = "Points loosely to other records"

    def web_read(self, specification):
        self._forget_gone(specification)
        return super().web_read(specification)

    @api.private
    def _forget_gone(self, names):
        """Empty, in the cache only, those of the fields ``names`` whose target no longer exists."""
        for name in names:
            field = self._fields.get(name)
            if not isinstance(field, LooseMany2one):
                continue
            targets = self.sudo()[name]
            gone = targets - targets.exists()
            if gone:
                dangling = self.filtered(
                    lambda record, name=name, gone=gone: record.sudo()[name] in gone
                )
                field._update_cache(dangling, None)

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        groups = super()._read_group_postprocess_groupby(groupby_spec, raw_values)
        if not isinstance(self._fields.get(groupby_spec), LooseMany2one):
            return groups
        targets = (
            self.env[self._fields[groupby_spec].comodel_name]
            .sudo()
            .browse(value for value in raw_values if value)
        )
        alive = set(targets.exists().ids)
        return [group if group.id in alive else group.browse() for group in groups]
