from odoo import api, fields, models
from odoo.exceptions import UserError


class ApprovalEngineRequest(models.Model):
    """What cannot wait: said with a reason, shown first, and counted."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    urgent = fields.Boolean(
        tracking=True, help="Shown first. The policy may give it less time."
    )
    urgent_reason = fields.Char("Why Urgent", help="What happens if it waits.")

    @api.model
    def _content_fields(self):
        return (*super()._content_fields(), "urgent", "urgent_reason")

    def _check_complete(self):
        result = super()._check_complete()
        if self.urgent and not (self.urgent_reason or "").strip():
            raise UserError(
                self.env._(
                    "%(request)s: say why it is urgent (“Why Urgent”, urgent_reason), or take “Urgent” off.",
                    request=self.display_name,
                )
            )
        return result

    def _event_attributes(self):
        urgent = {"urgent": True} if self.urgent else {}
        return super()._event_attributes() | urgent

    def dossier(self):
        """See the first one; and {"urgent": why, or False, "watchers": [login]}."""
        request = self._readable_one()
        return super().dossier() | {
            "urgent": request.urgent and request.urgent_reason,
            "watchers": request.watcher_ids.mapped("login"),
        }
