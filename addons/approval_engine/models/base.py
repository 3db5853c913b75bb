from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT, MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes


def gate_of(records):
    """:return: what holds changes of this model; None, after one look into memory, for most"""
    if not records.pool.ready:  # modules are being loaded: no client is served yet
        return None
    return records.env["approval_engine.governed"]._gates().get(records._name)


class Base(models.AbstractModel):
    """One gate for what waits for an approval, on whatever model.

    By inheritance and not by patching: the patches of Automation Rules are deleted whenever
    a rule is edited. A model that nobody governs pays one look into memory.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        gate = gate_of(self)
        if gate is None:
            return super().create(vals_list)
        return self.env["approval_engine.governed"]._create_through(
            self, gate, vals_list, super().create
        )

    def write(self, vals):
        gate = gate_of(self)
        if gate is None or not all(self._ids):
            return super().write(vals)
        return self.env["approval_engine.governed"]._write_through(
            self, gate, vals, lambda records, new: super().write(new)
        )

    def unlink(self):
        gate = gate_of(self)
        if gate is None or not all(self._ids):
            return super().unlink()
        return self.env["approval_engine.governed"]._unlink_through(
            self, gate, super().unlink
        )

    def _write_multi(self, vals_list):
        """What is computed reaches the database here, without anybody calling ``write``."""
        gate = gate_of(self)
        if gate is None or not any(gate.watched.intersection(v) for v in vals_list):
            return super()._write_multi(vals_list)
        write = super()._write_multi
        return self.env["approval_engine.governed"]._flush_through(
            self, gate, lambda: write(vals_list)
        )

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        gate = gate_of(self)
        if gate is not None:
            self.env["approval_engine.governed"]._refuse_translation(
                self, gate, field_name
            )
        return super()._update_field_translations(
            field_name, translations, digest, source_lang
        )

    def _approval_call(self, name, origin, args, kwargs):
        """A held button was pressed, or its method called by whatever code."""
        gate = gate_of(self)
        if gate is None or name not in gate.methods:
            return origin(self, *args, **kwargs)
        return self.env["approval_engine.governed"]._call_through(
            self, gate, name, lambda: origin(self, *args, **kwargs)
        )

    @takes(operation=MAYBE_TEXT, values=MAYBE_OBJECT, reason=MAYBE_TEXT)
    def action_request_approval(self, operation=None, values=None, reason=None):
        """Open the request for what is held here, or make one.

        :param operation: ``write``, ``unlink``, ``create`` (without records) or the name of a held method; may
            be left out where only one thing is held
        :param values: for ``write`` and ``create``: field values, as they would be written
        :param reason: what the approvers need to know
        :return: action that shows the request
        :raises UserError: (422) nothing of this is held
        """
        if not self and operation != "create":
            raise UserError(
                self.env._("Say which records (ids) the approval is to be for.")
            )
        self.check_access("read" if self else "create")
        if self and self.exists() != self:
            self.exists().check_access("read")
            raise UserError(self.env._("A record does not exist (any more)."))
        requests = self.env["approval_engine.request"]._ask_for(
            self, operation or None, values or {}, reason or ""
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approval"),
            "res_model": requests._name,
            "views": [(False, "list"), (False, "form")]
            if len(requests) > 1
            else [(False, "form")],
            "res_id": requests.id if len(requests) == 1 else False,
            "domain": list(Domain("id", "in", requests.ids)),
        }
