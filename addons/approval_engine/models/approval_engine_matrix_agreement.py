from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ..const import EXCEPTION_EVENT, SEATS_CRON
from ..policies import activation

MANAGER = "approval_engine.group_approval_manager"
WAITING, AGREED = "waiting", "agreed"
STATES = [(WAITING, "Waits for a Second Person"), (AGREED, "Agreed")]
CONTENT = frozenset(
    {
        "role_id",
        "type_id",
        "company_id",
        "tier",
        "amount_from",
        "amount_to",
        "currency_id",
        "user_ids",
        "group_id",
    }
)


class ApprovalEngineMatrix(models.Model):
    """A line names nobody before a second person agreed: else whoever writes it could name themselves."""

    _name = "approval_engine.matrix"
    _inherit = ["approval_engine.matrix", "event_hub.emitter"]
    _hub_case_type = "approval_matrix"

    state = fields.Selection(
        STATES, required=True, readonly=True, default=WAITING, copy=False, tracking=True
    )
    changed_by_id = fields.Many2one(
        "res.users", "Written By", readonly=True, copy=False, ondelete="set null"
    )
    agreed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        tracking=True,
    )
    can_agree = fields.Boolean(compute="_compute_can_agree")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"state", "changed_by_id", "agreed_by_id"}

    @api.depends("state", "changed_by_id", "user_ids")
    @api.depends_context("uid")
    def _compute_can_agree(self):
        user = self.env.user
        manager = self.env["approval_engine.authority"]._is_confirmed_manager(user)
        for line in self:
            involved = (line.changed_by_id | line.user_ids)._all_logins()
            line.can_agree = manager and line.state == WAITING and user not in involved

    @api.model_create_multi
    def create(self, vals_list):
        born = {
            "state": WAITING,
            "changed_by_id": self.env.uid,
            "agreed_by_id": False,
        }
        lines = super().create([{**vals, **born} for vals in vals_list])
        lines._after_change()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if CONTENT.intersection(vals):
            self._write_guarded(
                {
                    "state": WAITING,
                    "changed_by_id": self.env.uid,
                    "agreed_by_id": False,
                }
            )
            self._after_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_wakes_the_seats(self):
        self.env["event_hub.waker"]._wake(SEATS_CRON)

    def _after_change(self):
        """Agree at once on what the system wrote, or what nobody else could agree on."""
        authority = self.env["approval_engine.authority"]
        authority._follow()
        managers = authority._confirmed(self.env.ref(MANAGER))
        for line in self:
            verdict = activation.decide(
                user_id=self.env.uid,
                proposer_id=None,
                others=len(managers - (self.env.user | line.user_ids)._all_logins()),
                system=self.env.uid == SUPERUSER_ID,
            )
            if verdict.what != activation.PROPOSE:
                line._agree()
            if verdict.what == activation.ALONE:
                line._emit(
                    EXCEPTION_EVENT,
                    kind="matrix_line_agreed_alone",
                    line=line._words(),
                    by=self.env.user.login,
                )
        self.env["event_hub.waker"]._wake(SEATS_CRON)

    def _agree(self):
        self._write_guarded({"state": AGREED, "agreed_by_id": self.env.uid})

    def action_agree(self):
        """Let these lines count; for approval managers who neither wrote them nor are named in them.

        :raises AccessError: (403)
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["state", "changed_by_id", "user_ids"])
        user = self.env.user
        if not self.env["approval_engine.authority"]._is_confirmed_manager(user):
            raise AccessError(
                self.env._("Only approval managers agree on lines of the role matrix.")
            )
        for line in self.filtered(lambda ln: ln.state == WAITING):
            if user in (line.changed_by_id | line.user_ids)._all_logins():
                raise AccessError(
                    self.env._(
                        "Role matrix, %(line)s: somebody else has to agree, neither who wrote the line nor who is "
                        "named in it.",
                        line=line.display_name,
                    )
                )
            line._agree()
        return True
