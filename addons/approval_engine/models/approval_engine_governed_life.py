from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.tools import gate

from ..const import EXCEPTION_EVENT
from ..policies import activation, governed_state

FOLLOWS = frozenset({"state", "active", "proposed_by_id", "proposed_at", "revises_id"})


class ApprovalEngineGoverned(models.Model):
    """Putting a governance in force, changing it and switching it off take two people.

    The superuser itself is the system: what it makes or changes holds at once, and is kept as an exception once
    people work here.
    """

    _name = "approval_engine.governed"
    _inherit = ["approval_engine.governed", "approval_engine.two_people"]

    active = fields.Boolean("On", default=False, readonly=True, copy=False)
    state = fields.Selection(
        governed_state.STATES,
        required=True,
        readonly=True,
        copy=False,
        default=governed_state.DRAFT,
        help="Off: holds nothing. A second approval manager agrees before anything of it comes in force, changes or is "
        "switched off.",
    )
    revises_id = fields.Many2one(
        "approval_engine.governed",
        "Change Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="What is in force, and becomes this once a second approval manager agreed.",
    )
    revision_ids = fields.One2many(
        "approval_engine.governed",
        "revises_id",
        "Change That Waits",
        readonly=True,
        context={"active_test": False},
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | FOLLOWS

    def _awaits_second(self):
        return self.state in governed_state.WAITING

    # ------------------------------------------------------------------ the gate of its own fields

    @api.model_create_multi
    def create(self, vals_list):
        """Of people always a draft that nobody proposed, whatever the values say."""
        born = dict.fromkeys(FOLLOWS, False) | {"state": governed_state.DRAFT}
        if self.env.uid == SUPERUSER_ID:
            return super().create([_with_state(vals, True) for vals in vals_list])
        return super().create([{**vals, **born} for vals in vals_list])

    def write(self, vals):
        if gate.is_admitted(self, vals, vals):
            return super().write(vals)
        if self.env.uid == SUPERUSER_ID:
            vals = _with_state(vals)
            return super(ApprovalEngineGoverned, gate.admit(self, vals)).write(vals)
        if not FOLLOWS.intersection(vals):
            self._refuse_unless_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_off(self):
        if self.env.uid != SUPERUSER_ID:
            self._refuse_unless_draft()

    def _refuse_unless_draft(self):
        for governance in self:
            if governance.state == governed_state.PROPOSED:
                raise UserError(
                    self.env._(
                        "“%(name)s” waits for a second person and is frozen meanwhile. Withdraw it to change it.",
                        name=governance.name,
                    )
                )
            if governance.state != governed_state.DRAFT:
                raise UserError(
                    self.env._(
                        "“%(name)s” is in force: another approval manager has to agree to a change of it. Propose the "
                        "change (open_revision), or propose to switch it off (action_switch_off) before it is deleted.",
                        name=governance.name,
                    )
                )

    def _guarded_error(self, names):
        return AccessError(
            self.env._(
                "“%(name)s”: whether it is in force (%(fields)s) follows from what two people agreed on. Use "
                "action_activate or action_switch_off.",
                name=self[:1].name,
                fields=", ".join(sorted(names)),
            )
        )

    def _set_state(self, target, values=None):
        for governance in self:
            if not governed_state.is_allowed(governance.state, target):
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(name)s” is: %(state)s. That cannot become: %(target)s.",
                        name=governance.name,
                        state=labels[governance.state],
                        target=labels[target],
                    )
                )
        holds = target in governed_state.HOLDS
        return self._write_guarded({**(values or {}), "state": target, "active": holds})

    # ------------------------------------------------------------------ two people

    def action_activate(self):
        """Propose what is off, or a change; put in force what somebody else proposed.

        :raises AccessError: (403) the caller proposed it
        """
        return self._step(self._activate)

    def action_switch_off(self):
        """Propose to switch off what is in force; switch off where somebody else proposed that."""
        return self._step(self._switch_off)

    def action_archive(self):
        return self.action_switch_off()

    def action_unarchive(self):
        return self.action_activate()

    def action_send_back(self):
        """Whoever proposed something withdraws it, or another says no: all stays as it is in force."""
        back = {
            governed_state.PROPOSED: governed_state.DRAFT,
            governed_state.LEAVING: governed_state.ACTIVE,
        }
        nobody = {"proposed_by_id": False, "proposed_at": False}
        return self._step(
            lambda one: one._set_state(back.get(one.state, one.state), nobody) and None
        )

    def _step(self, act):
        """:param act: function(one governance), locked; may return an action to show"""
        self.check_access("write")
        self._refuse_unconfirmed()
        shown = True
        for governance in self:
            governance._lock()
            shown = act(governance) or True
        return shown

    def _activate(self, governance):
        proposed = governance.state == governed_state.PROPOSED
        nobody = governance.proposed_by_id.browse()
        what = governance._verdict(governance.proposed_by_id if proposed else nobody)
        if what == activation.PROPOSE:
            return governance._propose(governed_state.PROPOSED)
        if governance.revises_id:
            return governance.revises_id._take_over(governance, what)
        governance._set_state(governed_state.ACTIVE)
        return governance._tell_alone(what, "activated")

    def _switch_off(self, governance):
        leaving = governance.state == governed_state.LEAVING
        nobody = governance.proposed_by_id.browse()
        what = governance._verdict(governance.proposed_by_id if leaving else nobody)
        if what == activation.PROPOSE:
            return governance._propose(governed_state.LEAVING)
        governance._set_state(governed_state.DRAFT)
        return governance._tell_alone(what, "switched_off")

    def _propose(self, state):
        self._set_state(state, self._proposal())
        self._ask_others()

    def _others(self):
        """A change is agreed on by those of the company for which it is, or was."""
        found = super()._others()
        return found | self.revises_id._others() if self.revises_id else found

    def _tell_alone(self, how, done):
        if how == activation.ALONE:
            self._emit(
                EXCEPTION_EVENT,
                kind=f"governance_{done}_alone",
                governed=self.name,
                by=self.env.user.login,
            )

    def _ask_others(self):
        self.env["mail.thread"].message_notify(
            partner_ids=self._others().partner_id.ids,
            subject=self.env._("“%(name)s” waits for a second person", name=self.name),
            body=self.env._(
                "%(user)s proposes: %(what)s Agree, or send it back, under Approvals > Configuration > Governed "
                "Records.",
                user=self.env.user.name,
                what=self._proposal_words(),
            ),
        )

    # ------------------------------------------------------------------ changing what is in force

    def open_revision(self):
        """:return: action that shows the change of what is in force: the one that is being written, else a new one"""
        self.ensure_one()
        self.check_access("write")
        self._lock()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": (self.revision_ids[:1] or self._new_revision()).id,
            "views": [(False, "form")],
        }

    def _new_revision(self):
        if self.state != governed_state.ACTIVE:
            raise UserError(
                self.env._(
                    "“%(name)s” is not in force: only what is in force is changed by a proposal.",
                    name=self.name,
                )
            )
        copy = self.copy({"name": self.name, "active": False})
        copy._write_guarded({"revises_id": self.id})
        return copy

    def _take_over(self, revision, how):
        """Become what the revision says; its id stays, so approvals and the adherence report go on.

        :return: action that shows this, as the revision is gone
        """
        self._lock()
        if self.state != governed_state.ACTIVE:
            self._refuse_taking_over()
        names = {*self._changeable(), "proposed_by_id", "proposed_at"}
        values = {name: revision._written(name) for name in sorted(names)}
        revision._write_guarded({"state": governed_state.DRAFT})
        revision.unlink()
        self._write_guarded(values)
        self._tell_alone(how, "changed")
        return self.get_formview_action()

    def _refuse_taking_over(self):
        raise UserError(
            self.env._(
                "“%(name)s” is to be switched off, or is off: send that back first, or delete this change of it.",
                name=self.name,
            )
        )

    def _written(self, name):
        """:return: what stands in a field, as ``write`` takes it"""
        kind, value = self._fields[name].type, self[name]
        if kind == "many2many":
            return [Command.set(value.ids)]
        return value.id if kind == "many2one" else value

    @api.model
    def _changeable(self):
        """:return: names of the fields that a revision changes"""
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and field.copy
            and not field.related
            and not field.compute
            and name not in FOLLOWS
            and name not in models.MAGIC_COLUMNS
        }


def _with_state(vals, born=False):
    """The superuser says by ``active`` alone whether it holds; what is born holds, if nothing else is said."""
    active = vals.get("active", True if born else None)
    if active is None:
        return vals
    state = governed_state.ACTIVE if active else governed_state.DRAFT
    return {**vals, "state": state, "active": active}
