from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.tools import caches, history

from ..const import EXCEPTION_EVENT
from ..policies import activation, in_force, policy_state


class ApprovalEnginePolicy(models.Model):
    """Putting a policy in force, which takes two people, and what replaces it."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    def _awaits_second(self):
        return self.state == policy_state.PROPOSED

    def _set_state(self, target, values=None):
        for policy in self:
            if not policy_state.is_allowed(policy.state, target):
                raise UserError(
                    self.env._(
                        "Policy %(policy)s is %(state)s; it cannot become %(target)s.",
                        policy=policy.display_name,
                        state=policy._state_label(),
                        target=dict(policy_state.STATES)[target].lower(),
                    )
                )
        return self._write_guarded({**(values or {}), "state": target})

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[
            self.state
        ].lower()

    # ------------------------------------------------------------------ two people

    def action_activate(self):
        """Propose a draft; put in force what somebody else proposed.

        The one it replaces retires. Where nobody else could agree, one person is enough, and
        the audit keeps that as an exception.

        :raises AccessError: (403) the caller proposed it
        """
        self.check_access("write")
        self._refuse_unconfirmed()
        for policy in self:
            policy._lock()
            policy._refuse_unless_whole()
            what = policy._verdict(policy.proposed_by_id)
            if what == activation.PROPOSE:
                policy._propose()
                continue
            # What an installation sets up starts no rule, and no endpoint is told.
            with history.telling(history.is_told() or what == activation.SYSTEM):
                policy._put_in_force(what)
        return True

    def _refuse_unless_whole(self):
        if not self.step_ids:
            raise UserError(
                self.env._(
                    "Policy %(policy)s has no step: nobody would be asked. Add one.",
                    policy=self.display_name,
                )
            )
        self._check_condition()
        self.step_ids._check_condition()  # the type may have changed since
        self.step_ids._check_field_path()
        if self._period().is_over(self._today()):
            raise UserError(
                self.env._(
                    "Policy %(policy)s ended on %(day)s (In Force Until). Correct the day, then activate it.",
                    policy=self.display_name,
                    day=self.date_to,
                )
            )

    def _propose(self):
        self._set_state(policy_state.PROPOSED, self._proposal())
        self._emit("approval.policy_proposed", **self._told())
        if not history.is_told():
            self._ask_others()

    def _ask_others(self):
        self.message_notify(
            partner_ids=self._others().partner_id.ids,
            subject=self.env._(
                "%(policy)s waits for a second person", policy=self.display_name
            ),
            body=self.env._(
                "%(user)s wants this policy in force: %(sentence)s Open it, then agree or send it back.",
                user=self.env.user.name,
                sentence=self.sentence,
            ),
        )

    def _named_groups(self):
        """:return: the groups whose members this policy asks"""
        return self.step_ids.group_id

    def _put_in_force(self, how):
        self._replace()
        self.env.flush_all()  # the database allows one without an end at a time
        now = fields.Datetime.now()
        self._set_state(
            policy_state.ACTIVE,
            {"activated_by_id": self.env.uid, "activated_at": now},
        )
        caches.forget(self.env)  # from here on its steps stay as they are
        self.env["approval_engine.authority"]._agree_on(self._named_groups())
        told = self._told(how=how)
        self._emit("approval.policy_activated", **told)
        if how == activation.ALONE:
            self._emit(EXCEPTION_EVENT, **told, kind="policy_activated_alone")
            self.message_post(
                body=self.env._(
                    "Put in force by one person: nobody else has the right to agree. The audit keeps this as an "
                    "exception."
                )
            )

    def _told(self, **more):
        """:return: attributes of the events of this policy"""
        return {
            "policy": self.name,
            "version": self.version,
            "approval_type": self.type_id.code,
            "proposed_by": self.proposed_by_id.login or None,
            "by": self.env.user.login,
            **more,
        }

    def action_send_back(self):
        """Make a proposed policy a draft again: whoever proposed it withdraws it, or another says no."""
        self.check_access("write")
        for policy in self:
            policy._lock()
            policy._set_state(
                policy_state.DRAFT, {"proposed_by_id": False, "proposed_at": False}
            )
            policy.message_post(
                body=self.env._("Sent back to be changed, or withdrawn.")
            )
        return True

    # ------------------------------------------------------------------ one after another

    def _replace(self):
        """End those of the same kind, type and company when this one begins."""
        begin = max(self.date_from or self._today(), self._today())
        for rival in self._in_force():
            left = rival._period().before(begin)
            if left is None or left.is_over(self._today()):
                rival._retire()
            else:
                rival._write_guarded({"date_to": left.end})

    def _in_force(self):
        return self.search(
            [
                ("type_id", "=", self.type_id.id),
                ("company_id", "=", self.company_id.id),
                ("condition", "=", self.condition),
                ("state", "=", policy_state.ACTIVE),
                ("id", "!=", self.id),
            ]
        )

    def action_retire(self):
        self.check_access("write")
        self._retire()
        return True

    def _retire(self):
        self._set_state(policy_state.RETIRED)
        for policy in self:
            policy._emit("approval.policy_retired", **policy._told())

    @api.model
    def _cron_periods(self):
        """Retire the policies whose last day is over; nobody falls under them any more."""
        bounded = self.search(
            [("state", "=", policy_state.ACTIVE), ("date_to", "!=", False)]
        )
        bounded.filtered(lambda p: p._period().is_over(p._today()))._retire()

    def action_new_version(self):
        """Copy into a draft that can be changed and activated in turn."""
        self._new_version()
        return True

    def _new_version(self):
        self.check_access("write")
        copies = self.browse()
        for policy in self:
            version = policy.copy({"name": policy.name})
            version._write_guarded(
                {"version": policy._latest() + 1, "previous_id": policy.id}
            )
            copies += version
        return copies

    def _latest(self):
        family = [
            ("type_id", "=", self.type_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return max(self.search(family).mapped("version"))

    def open_new_version(self):
        """:return: action that shows the new draft"""
        copies = self._new_version()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copies[:1].id,
            "views": [(False, "form")],
        }

    def _period(self):
        self.ensure_one()
        return in_force.Period(self.date_from or None, self.date_to or None)

    def _today(self):
        """:return: the day it is for the policy's company"""
        company = self.company_id or self.env.company
        here = self.with_context(tz=company.partner_id.tz or "UTC")
        return fields.Date.context_today(here)
