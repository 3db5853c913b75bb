from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.tools import gate


class ApprovalEngineGuarded(models.AbstractModel):
    """A model with fields that only its own code may write, whatever door a call comes through."""

    _name = "approval_engine.guarded"
    _inherit = ["event_hub.guarded"]
    _description = "Guarded Fields"

    @api.model
    def _guarded_fields(self):
        """:return: names of the fields only ``_write_guarded`` may change"""
        return frozenset()

    def write(self, vals):
        names = self._guarded_fields().intersection(vals)
        if names and not gate.is_admitted(self, vals, names):
            raise self._guarded_error(names)
        return super().write(vals)

    def _write_guarded(self, vals):
        """The one way to change guarded fields; the caller has checked that it may."""
        return gate.admit(self, vals).write(vals)

    def _write_together(self, names):
        """Let all of ``self`` reach the database in one statement: each with all these columns, changed or not."""
        for name in names:
            field = self._fields[name]
            known = field._get_cache(self.env)
            for record in self:
                field._update_cache(record, known[record.id], dirty=True)

    def _guarded_error(self, names):
        labels = ", ".join(
            sorted(f"{self._fields[name].string} ({name})" for name in names)
        )
        return AccessError(
            self.env._(
                "%(record)s: %(fields)s cannot be written directly. It changes only through the actions of "
                "the record, such as Submit, Approve or Reject.",
                record=self[:1].display_name or self._description,
                fields=labels,
            )
        )

    def action_archive(self):
        self._refuse_archiving()
        return super().action_archive()

    def action_unarchive(self):
        self._refuse_archiving()
        return super().action_unarchive()

    def _refuse_archiving(self):
        if not self._active_name:
            raise UserError(
                self.env._("%(model)s cannot be archived.", model=self._description)
            )
