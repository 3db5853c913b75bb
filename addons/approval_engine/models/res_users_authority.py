import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError

from odoo.addons.event_hub.policies.arguments import ANY, id_of
from odoo.addons.event_hub.tools import gate
from odoo.addons.event_hub.tools.arguments import takes

from .approval_engine_authority_change import DONE, WAITING

AUTHORITY_FIELDS = ("approval_manager_id", "approval_limit")
MOST = 10**15  # beyond this a number loses cents


class ResUsers(models.Model):
    """Approval managers say who is whose manager, and who decides up to which amount; each change is kept."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    @takes(
        approval_manager_id=id_of("res.users", optional=True),
        approval_limit=ANY,
    )
    def set_approval_authority(self, approval_manager_id=None, approval_limit=None):
        """Set the manager and the limit for approvals of one person; for approval managers, never of themselves.

        A limit that is raised, and who makes themselves the manager, wait until a second approval manager agrees
        (``action_agree`` of the row).

        :param approval_manager_id: None: stays; 0 is no id: use the user's form to empty it
        :param approval_limit: in the currency of the person's company; None: stays
        :return: {"id": of the row, "state": done | waiting}
        :raises AccessError: (403) the caller is no confirmed approval manager, or it is about themselves
        """
        self._refuse_unless_authority()
        person = self.sudo()
        values = {}
        if approval_manager_id:
            values["approval_manager_id"] = approval_manager_id
        if approval_limit is not None and approval_limit is not False:
            values["approval_limit"] = self._limit_given(approval_limit)
        if not values:
            raise UserError(
                self.env._(
                    "Say whose manager (approval_manager_id) or which limit (approval_limit)."
                )
            )
        person._refuse_waiting(values)
        row = person._keep_authority(values, WAITING)
        row._judge()
        return {"id": row.id, "state": row.state}

    def _refuse_unless_authority(self):
        if len(self) != 1:
            raise UserError(self.env._("Say which person (ids), one at a time."))
        if not self.env["approval_engine.authority"]._is_confirmed_manager(
            self.env.user
        ):
            raise AccessError(
                self.env._("Only approval managers set managers and limits.")
            )
        person = self.sudo().exists()
        if not person or not person.company_ids & self.env.user.company_ids:
            raise MissingError(self.env._("There is no such person."))
        if self in self.env.user._all_logins():
            raise AccessError(
                self.env._("Somebody else has to set your own manager and limit.")
            )

    def _limit_given(self, limit):
        whole = isinstance(limit, int | float) and not isinstance(limit, bool)
        if not whole or not math.isfinite(limit) or not 0 <= limit <= MOST:
            raise UserError(
                self.env._(
                    "approval_limit: %(limit)s is no amount from 0 up.",
                    limit=str(limit)[:40],
                )
            )
        return limit

    def _refuse_waiting(self, values):
        """One change of a kind at a time waits for a second person."""
        waiting = self.env["approval_engine.authority_change"].sudo()
        for found in waiting.search(
            [("user_id", "=", self.id), ("state", "=", WAITING)]
        ):
            same_limit = found.limit_changes and "approval_limit" in values
            same_manager = found.manager_changes and "approval_manager_id" in values
            if same_limit or same_manager:
                raise UserError(
                    self.env._(
                        "%(wanted)s This waits for a second person. Agree to it, or refuse it, first.",
                        wanted=found._wanted(),
                    )
                )

    # ------------------------------------------------------------------ the trail

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        nothing = {"approval_manager_id": False, "approval_limit": 0.0}
        for user in users.sudo():
            given = {n: v for n, v in _authority(user).items() if v}
            if given:
                user._keep_authority(given, DONE, nothing)._tell_directly()
        return users

    def write(self, vals):
        names = [name for name in AUTHORITY_FIELDS if name in vals]
        if not names or gate.is_admitted(self, vals, names):
            return super().write(vals)
        before = {user.id: _authority(user) for user in self.sudo()}
        result = super().write(vals)
        for user in self.sudo():
            old = before[user.id]
            now = {n: v for n, v in _authority(user).items() if v != old[n]}
            if now:
                user._keep_authority(now, DONE, old)._tell_directly()
        return result

    def _write_authority(self, values):
        person = self.sudo()
        return gate.admit(person, values).write(values)

    def _keep_authority(self, values, state, before=None):
        """:param values: of what is to change
        :param before: values until now; None: as they are
        :return: the row, in sudo
        """
        old = before or _authority(self)
        return (
            self.env["approval_engine.authority_change"]
            .sudo()
            .create(
                {
                    "user_id": self.id,
                    "company_id": self.company_id.id,
                    "manager_changes": "approval_manager_id" in values,
                    "old_manager_id": old["approval_manager_id"],
                    "manager_id": values.get(
                        "approval_manager_id", old["approval_manager_id"]
                    ),
                    "limit_changes": "approval_limit" in values,
                    "old_limit": old["approval_limit"],
                    "limit": values.get("approval_limit", old["approval_limit"]),
                    "state": state,
                    "asked_by_id": self.env.uid,
                    "asked_at": fields.Datetime.now(),
                    "directly": state == DONE,
                }
            )
        )


def _authority(user):
    return {
        "approval_manager_id": user.approval_manager_id.id,
        "approval_limit": user.approval_limit,
    }
