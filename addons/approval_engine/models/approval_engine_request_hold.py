from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools import gate
from odoo.addons.event_hub.tools.arguments import takes

from ..const import EXCEPTION_EVENT


class ApprovalEngineRequest(models.Model):
    """A legal hold keeps a request and its decisions, however old they are."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    hold_reason = fields.Char(
        "Legal Hold",
        readonly=True,
        copy=False,
        tracking=True,
        help="Why it is kept longer than others. Empty: it goes with the others of its age.",
    )
    hold_by_id = fields.Many2one(
        "res.users", "Held By", readonly=True, copy=False, ondelete="restrict"
    )
    held_at = fields.Datetime("Held", readonly=True, copy=False)

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"hold_reason", "hold_by_id", "held_at"}

    @takes(reason=TEXT)
    def action_hold(self, reason):
        """Keep these requests for a dispute or an investigation; for approval managers.

        :param reason: why, such as the number of the file
        """
        reason = self._text("reason", reason)
        if not reason:
            raise UserError(self.env._("Say why it is to be kept (reason)."))
        self._write_hold(
            {
                "hold_reason": reason,
                "hold_by_id": self.env.uid,
                "held_at": fields.Datetime.now(),
            }
        )
        return True

    def action_release_hold(self):
        """Let these requests go with the others of their age; for approval managers. The ledger tells who did."""
        held = {request: request.hold_reason for request in self._readable()}
        self._write_hold({"hold_reason": False, "hold_by_id": False, "held_at": False})
        for request, reason in held.items():
            if reason:  # the request may go soon, with all that its own log says
                request._tell(
                    EXCEPTION_EVENT,
                    kind="hold_released",
                    held_for=reason,
                    by=self.env.user.login,
                )
        return True

    def _write_hold(self, values):
        requests = self._readable()
        if not self.env.user.has_group("approval_engine.group_approval_manager"):
            raise AccessError(
                self.env._("Only an approval manager puts a request on hold.")
            )
        for request in requests:
            request._lock()
            request._write_guarded(values)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_untouched_draft(self):
        if gate.is_admitted(self, {"retained": self._retained_by()}, ["retained"]):
            return
        super()._unlink_only_untouched_draft()

    def _retained_by(self):
        """:return: the checkpoint that the caller has just written"""
        return self.env["approval_engine.checkpoint"].sudo()._last_number()
