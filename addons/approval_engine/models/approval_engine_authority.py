from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.tools import history

from ..const import EXCEPTION_EVENT, SEATS_CRON
from ..policies import activation, policy_state

MANAGER = "approval_engine.group_approval_manager"
WAITING, CONFIRMED, REFUSED, ENDED = "waiting", "confirmed", "refused", "ended"
STATES = [
    (WAITING, "Waits for a Second Person"),
    (CONFIRMED, "Confirmed"),
    (REFUSED, "Refused"),
    (ENDED, "Left the Group"),
]
TRANSITIONS = {
    WAITING: frozenset({CONFIRMED, REFUSED, ENDED}),
    CONFIRMED: frozenset({REFUSED, ENDED}),
    REFUSED: frozenset({CONFIRMED, ENDED}),
    ENDED: frozenset(),
}


# running requests keep their retired policy
IN_USE = (policy_state.ACTIVE, policy_state.RETIRED)


class ApprovalEngineAuthority(models.Model):
    """The authority that membership in a group gives: it counts once a second person agreed.

    Groups that steps of policies name, and approval managers. Whoever joins one of them is a member
    at once, as everywhere in Odoo, and decides nothing before.
    """

    _name = "approval_engine.authority"
    _inherit = ["approval_engine.guarded", "event_hub.emitter"]
    _description = "Approval Authority"
    _order = "id desc"
    _rec_name = "user_id"
    _hub_case_type = "approval_authority"

    group_id = fields.Many2one(
        "res.groups", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Member",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    state = fields.Selection(STATES, required=True, readonly=True, default=WAITING)
    asked_by_id = fields.Many2one(
        "res.users", "Added By", readonly=True, ondelete="set null"
    )
    asked_at = fields.Datetime("Added", readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", "Agreed or Refused By", readonly=True, ondelete="set null"
    )
    decided_at = fields.Datetime("Agreed or Refused", readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _member_uniq = models.UniqueIndex(
        "(group_id, user_id) WHERE state != 'ended'",
        "The authority of this member is on record already.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "group_id",
            "user_id",
            "state",
            "asked_by_id",
            "asked_at",
            "decided_by_id",
            "decided_at",
        }

    @api.depends("group_id", "user_id")
    def _compute_display_name(self):
        for authority in self:
            authority.display_name = self.env._(
                "%(user)s in %(group)s",
                user=authority.user_id.name,
                group=authority.group_id.name,
            )

    @api.depends("state", "asked_by_id", "user_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env.user
        manager = self._is_confirmed_manager(user)
        for authority in self:
            authority.can_decide = (
                manager
                and authority.state != ENDED
                and user not in authority.asked_by_id | authority.user_id
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Who was given authority stays on record. Take them out of the group."
            )
        )

    # ------------------------------------------------------------------ who counts

    @api.model
    def _confirmed(self, group):
        """:return: the members of ``group`` whose authority counts"""
        rows = self.sudo().search_fetch(
            [("group_id", "=", group.id), ("state", "=", CONFIRMED)], ["user_id"]
        )
        members = rows.user_id & group.sudo().all_user_ids
        return members.filtered(lambda user: user.active and user.id != SUPERUSER_ID)

    @api.model
    def _is_confirmed(self, user, group):
        """:return: whether ``user`` is in ``group`` and their authority counts"""
        counts = [
            ("group_id", "=", group.id),
            ("user_id", "=", user.id),
            ("state", "=", CONFIRMED),
        ]
        return group.id in user._get_group_ids() and bool(
            self.sudo().search_count(counts, limit=1)
        )

    @api.model
    def _is_confirmed_manager(self, user):
        return self._is_confirmed(user, self.env.ref(MANAGER))

    @api.model
    def _watched(self):
        """:return: the groups whose members decide, or say who decides"""
        named = (
            self.env["approval_engine.policy_step"]
            .sudo()
            .search(
                [
                    ("group_id", "!=", False),
                    ("policy_id.state", "in", IN_USE),
                ]
            )
        )
        later = (
            self.env["approval_engine.escalation_level"]
            .sudo()
            .search([("group_id", "!=", False), ("policy_id.state", "in", IN_USE)])
        )
        groups = named.group_id | later.group_id
        managers = self.env.ref(MANAGER, raise_if_not_found=False)
        return groups | (managers or groups)

    # ------------------------------------------------------------------ who joined, who left

    @api.model
    def _follow(self):
        """Bring the record in line with who is in the watched groups now.

        :return: the rows of those who joined
        """
        table = self.sudo().with_context(active_test=True)
        groups = table._watched()
        known = table.search([("group_id", "in", groups.ids), ("state", "!=", ENDED)])
        members = {
            (group.id, user.id)
            for group in groups
            for user in group.all_user_ids
            if not user.share and user.id != SUPERUSER_ID
        }
        known.filtered(
            lambda row: (row.group_id.id, row.user_id.id) not in members
        )._set_state(ENDED)
        present = {(row.group_id.id, row.user_id.id) for row in known}
        return table._open(sorted(members - present))

    @api.model
    def _agree_on(self, groups):
        """Two people have just put a policy in force that names ``groups``: they agreed on the members of today."""
        table = self.sudo()
        known = table.search([("group_id", "in", groups.ids), ("state", "!=", ENDED)])
        present = {(row.group_id, row.user_id) for row in known}
        new = [
            (group.id, user.id)
            for group in groups.sudo()
            for user in group.all_user_ids
            if not user.share
            and user.id != SUPERUSER_ID
            and (group, user) not in present
        ]
        rows = table._record(new)
        rows._set_state(CONFIRMED, self._decided())
        return rows

    def _record(self, members):
        """:param members: list of ``(group id, user id)``"""
        now = fields.Datetime.now()
        return self.create(
            [
                {
                    "group_id": group_id,
                    "user_id": user_id,
                    "asked_by_id": self.env.uid,
                    "asked_at": now,
                }
                for group_id, user_id in members
            ]
        )

    def _open(self, members):
        """:param members: list of ``(group id, user id)``"""
        rows = self._record(members)
        managers = self._confirmed(self.env.ref(MANAGER)) if rows else None
        for row in rows:
            row._judge(managers)
        rows.filtered(lambda row: row.state == WAITING)._tell_managers(managers)
        return rows

    def _judge(self, managers):
        """Confirm at once what the system did, or what nobody else could confirm."""
        verdict = activation.decide(
            user_id=self.env.uid,
            proposer_id=None,
            others=len(managers - (self.env.user | self.user_id)._all_logins()),
            system=self.env.uid == SUPERUSER_ID,
        )
        if verdict.what == activation.PROPOSE:
            self._emit("approval.authority_asked", **self._told())
            return
        # What an installation finds starts no rule, and no endpoint is told.
        with history.telling(history.is_told() or verdict.what == activation.SYSTEM):
            self._confirm(how=verdict.what)
        if verdict.what == activation.ALONE:
            self._emit(
                EXCEPTION_EVENT, **self._told(), kind="authority_confirmed_alone"
            )

    def _tell_managers(self, managers):
        people = (managers or self.env["res.users"]) - self.env.user
        if self and people and not history.is_told():
            self.env["mail.thread"].message_notify(
                partner_ids=people.partner_id.ids,
                subject=self.env._("New approvers wait for a second person"),
                body=self.env._(
                    "%(user)s added %(names)s. They decide nothing until somebody else agrees, under Approvals > "
                    "Configuration > Approver Groups.",
                    user=self.env.user.name,
                    names=", ".join(self.mapped("display_name")),
                ),
            )

    # ------------------------------------------------------------------ the second person

    def action_confirm(self):
        """Agree that these members decide; for approval managers who neither added them nor are them."""
        for row in self._for_second_person():
            row._confirm(how=activation.ACTIVATE)
        return True

    def action_refuse(self):
        """Say no, or take it away: these members decide nothing, though they stay in the group."""
        self._for_second_person()._take_away()
        return True

    def _take_away(self):
        self._set_state(REFUSED, self._decided())
        for row in self:
            row._emit("approval.authority_refused", **row._told())
        self.env["event_hub.waker"]._wake(SEATS_CRON)

    def _for_second_person(self):
        """:return: ``self`` in sudo, locked, if the caller is a second person for all of it"""
        self.check_access("read")
        user, rows = self.env.user, self.sudo()
        rows.lock_for_update(allow_referencing=True)
        rows.invalidate_recordset(["state"])
        if not self._is_confirmed_manager(user):
            raise AccessError(
                self.env._("Only approval managers agree that somebody may decide.")
            )
        for row in rows:
            if user in (row.asked_by_id | row.user_id)._all_logins():
                raise AccessError(
                    self.env._(
                        "%(member)s: somebody else has to agree, not who added them and not they themselves.",
                        member=row.display_name,
                    )
                )
        return rows

    def _confirm(self, how):
        self._set_state(CONFIRMED, self._decided())
        self._emit("approval.authority_confirmed", **self._told(how=how))
        self.env["event_hub.waker"]._wake(SEATS_CRON)

    def _decided(self):
        return {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}

    def _set_state(self, target, values=None):
        for row in self:
            if target not in TRANSITIONS[row.state]:
                raise UserError(
                    self.env._(
                        "%(member)s: this is %(state)s already.",
                        member=row.display_name,
                        state=dict(STATES)[row.state].lower(),
                    )
                )
        return self._write_guarded({**(values or {}), "state": target})

    def _told(self, **more):
        return {
            "group": self.group_id.full_name,
            "member": self.user_id.login,
            "added_by": self.asked_by_id.login or None,
            "by": self.env.user.login,
            **more,
        }
