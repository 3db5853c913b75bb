from odoo import Command

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


class LifeCase(ApprovalCase):
    """max and mia are approval managers; contacts with a reference “held…” may wait for an approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._person("mia", MANAGER)
        rows = cls.env["approval_engine.authority"].search(
            [("user_id", "in", (cls.mia | cls.max).ids), ("state", "=", "waiting")]
        )
        rows._set_state("confirmed")
        cls.changes = cls.env["approval_engine.governed_change"]
        cls.contact = cls.env["res.partner"].create({"name": "C", "ref": "held"})
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '1 day' WHERE id = %s",
            [cls.contact.id],
        )

    @classmethod
    def _values(cls, **values):
        names = cls.env["ir.model.fields"]._get("res.partner", "ref")
        return {
            "name": "References",
            "model_id": cls.env["ir.model"]._get_id("res.partner"),
            "type_id": cls.credit_type.id,
            "field_ids": [Command.set(names.ids)],
            "domain": "[('ref', '=like', 'held%')]",
            **values,
        }

    def _govern(self, user=None, **values):
        governances = self.env["approval_engine.governed"].with_user(user or self.max)
        return governances.create(self._values(**values))

    def _in_force(self, **values):
        governed = self._govern(**values)
        governed.action_activate()
        governed.with_user(self.mia).action_activate()
        return governed

    def _holds(self):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                self.contact.ref = "held still"
        except ApprovalNeeded:
            return True
        self.contact.ref = "held"
        return False

    def _alone(self):
        authority = self.env["approval_engine.authority"]
        others = authority._confirmed(self.env.ref(MANAGER)) - self.max
        authority.search(
            [("user_id", "in", others.ids), ("state", "=", "confirmed")]
        )._set_state("refused")

    def _exceptions(self, record):
        ledger = self.env["event_hub.event"]
        ledger._flush_emitted()
        found = ledger.sudo().search(
            [
                ("type", "=", "approval.audit_exception"),
                ("case_model", "=", record._name),
                ("case_id", "=", record.id),
            ],
            order="id",
        )
        return [row.attributes["kind"] for row in found]
