from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import EXCEPTION_EVENT

WAITING, DONE, REFUSED = "waiting", "done", "refused"
STATES = [
    (WAITING, "Waits for a Second Person"),
    (DONE, "In Effect"),
    (REFUSED, "Refused"),
]
RAISED, NAMED_SELF = "limit_raised", "named_self_manager"  # kinds of audit exceptions


class ApprovalEngineAuthorityChange(models.Model):
    """Who is whose manager for approvals, and up to which amount they decide: each change, and who agreed to it."""

    _name = "approval_engine.authority_change"
    _inherit = ["approval_engine.guarded", "event_hub.emitter"]
    _description = "Change of Manager or Limit"
    _order = "id desc"
    _rec_name = "user_id"
    _hub_case_type = "approval_authority"

    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_changes = fields.Boolean(readonly=True)
    old_manager_id = fields.Many2one(
        "res.users", "Manager Before", readonly=True, ondelete="set null"
    )
    manager_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    limit_changes = fields.Boolean(readonly=True)
    old_limit = fields.Monetary("Limit Before", readonly=True, aggregator=None)
    limit = fields.Monetary(readonly=True, aggregator=None)
    state = fields.Selection(STATES, required=True, readonly=True, default=WAITING)
    asked_by_id = fields.Many2one(
        "res.users", "Changed By", readonly=True, ondelete="set null"
    )
    asked_at = fields.Datetime("Changed", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", "Agreed or Refused By", readonly=True, ondelete="set null"
    )
    decided_at = fields.Datetime("Agreed or Refused", readonly=True)
    directly = fields.Boolean(
        "On the User's Form",
        readonly=True,
        help="By a settings administrator, past the approval managers.",
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | (
            set(self._fields) - {"can_decide", "currency_id"}
        )

    @api.depends("state", "asked_by_id", "user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env.user
        able = self.env["approval_engine.authority"]._is_confirmed_manager(user)
        for row in self:
            mine = user in (row.asked_by_id | row.user_id)._all_logins()
            row.can_decide = able and row.state == WAITING and not mine

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Changes of authority stay on record."))

    # ------------------------------------------------------------------ the second person

    def action_agree(self):
        """Put a change in effect; for approval managers who neither asked for it nor get it.

        :raises ConflictError: (409) it was decided, or the person's limit or manager is another by now
        """
        for row in self._for_second_person():
            row._refuse_moved()
            row._take_effect()
            row._write_guarded(row._decided(DONE))
        return True

    def _refuse_moved(self):
        person = self.user_id
        moved_limit = self.limit_changes and person.approval_limit != self.old_limit
        if moved_limit or (
            self.manager_changes and person.approval_manager_id != self.old_manager_id
        ):
            raise ConflictError(
                self.env._(
                    "%(user)s has another limit or manager by now than when this was asked. Ask for it anew.",
                    user=person.name,
                )
            )

    def action_refuse(self):
        """Say no: nothing changes. Who asked for it may take it back so, too."""
        for row in self._for_second_person(or_asker=True):
            row._write_guarded(row._decided(REFUSED))
        return True

    def _for_second_person(self, or_asker=False):
        """:return: ``self`` in sudo, locked, if the caller may decide all of it"""
        self.check_access("read")
        user, rows = self.env.user, self.sudo()
        rows.lock_for_update(allow_referencing=True)
        rows.invalidate_recordset(["state"])
        if not self.env["approval_engine.authority"]._is_confirmed_manager(user):
            raise AccessError(
                self.env._("Only approval managers agree on who may decide how much.")
            )
        for row in rows:
            if row.state != WAITING:
                raise ConflictError(
                    self.env._("%(user)s: this is decided.", user=row.user_id.name)
                )
            barred = row.user_id if or_asker else row.user_id | row.asked_by_id
            if user in barred._all_logins():
                raise AccessError(
                    self.env._(
                        "%(user)s: somebody else has to agree, not who asked for it and not they themselves.",
                        user=row.user_id.name,
                    )
                )
        return rows

    def _decided(self, state):
        return {
            "state": state,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }

    # ------------------------------------------------------------------ from res.users

    def _judge(self):
        """Put a change in effect at once, unless it gives somebody more to decide and somebody else could agree."""
        gain = self._gain()
        managers = self.env["approval_engine.authority"]._confirmed(
            self.env.ref("approval_engine.group_approval_manager")
        )
        involved = (self.env.user | self.user_id)._all_logins()
        others = (managers - involved).filtered(
            lambda u: self.company_id in u.company_ids
        )
        if gain and others:
            self._ask(others)
            return
        self._take_effect()
        self._write_guarded({"state": DONE})
        if gain:
            self._emit(EXCEPTION_EVENT, kind=f"{gain}_alone", **self._told())

    def _gain(self):
        """:return: what takes a second person: a raised limit, or whoever asks becoming the manager; may be empty"""
        if self.limit_changes and self.limit > self.old_limit:
            return RAISED
        own = self.manager_changes and self.manager_id == self.asked_by_id
        return NAMED_SELF if own and self.manager_id != self.old_manager_id else ""

    def _take_effect(self):
        values = {}
        if self.manager_changes:
            values["approval_manager_id"] = self.manager_id.id
        if self.limit_changes:
            values["approval_limit"] = self.limit
        self.user_id._write_authority(values)

    def _tell_directly(self):
        """A settings administrator can do it past everybody; the auditor sees it."""
        gain = self._gain()
        if self.pool.ready and gain:
            self._emit(EXCEPTION_EVENT, kind=f"{gain}_directly", **self._told())

    def _ask(self, others):
        self.env["mail.thread"].message_notify(
            partner_ids=others.partner_id.ids,
            subject=self.env._("A change of who decides waits for a second person"),
            body=f"{self._wanted()} "
            + self.env._(
                "Agree or refuse under Approvals > Configuration > Managers and Limits."
            ),
        )

    def _wanted(self):
        """:return: what the change is, in a sentence"""
        names = {"user": self.asked_by_id.name, "person": self.user_id.name}
        if self._gain() == NAMED_SELF:
            return self.env._(
                "%(user)s wants to be the manager of %(person)s for approvals.", **names
            )
        return self.env._(
            "%(user)s wants %(person)s to decide up to %(limit)s (before: %(before)s).",
            limit=self.currency_id.format(self.limit),
            before=self.currency_id.format(self.old_limit),
            **names,
        )

    def _told(self):
        return {
            "member": self.user_id.login,
            "limit": self.limit,
            "limit_before": self.old_limit,
            "manager": self.manager_id.login or None,
            "by": self.asked_by_id.login or None,
        }
