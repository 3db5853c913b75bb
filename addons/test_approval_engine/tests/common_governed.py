from odoo import Command

from odoo.addons.approval_engine.tests.common import ApprovalCase

ORDER = "test_approval_engine.order"


class GovernedCase(ApprovalCase):
    """Orders above 1,000 that nobody confirms or changes without finance; ria asks, fred approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_type = cls.env["approval_engine.type"].create(
            {"code": "toy_order", "name": "Toy Order Approval"}
        )
        cls.order_policy = cls._policy(
            cls.order_type,
            [{"name": "Finance", "user_ids": [Command.set((cls.fred | cls.fay).ids)]}],
        )

    @classmethod
    def _field(cls, *names, model=ORDER):
        return cls.env["ir.model.fields"].search(
            [("model", "=", model), ("name", "in", names)]
        )

    @classmethod
    def _govern(cls, *names, model=ORDER, **values):
        """:param names: of the fields an approval approves"""
        return cls.env["approval_engine.governed"].create(
            {
                "name": "Large orders",
                "model_id": cls.env["ir.model"]._get_id(model),
                "type_id": cls.order_type.id,
                "field_ids": [Command.set(cls._field(*names, model=model).ids)],
                **values,
            }
        )

    @classmethod
    def _order(cls, user=None, **values):
        order = cls.env[ORDER].create({"name": "S001", "amount": 5000, **values})
        cls._age(order)
        return order.with_user(user or cls.ria)

    def _ask(self, records, operation=None, user=None, **values):
        """:return: the submitted request"""
        action = records.with_user(user or self.ria).action_request_approval(
            operation, values, "Because."
        )
        request = self.env["approval_engine.request"].with_user(user or self.ria)
        request = request.browse(action["res_id"])
        if request.state == "draft":
            request.action_submit()
        return request

    @classmethod
    def _age(cls, orders):
        """Born in another transaction, as far as the database can tell."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE test_approval_engine_order SET create_date = create_date - interval '1 day' WHERE id = ANY(%s)",
            [orders.ids],
        )
        orders.invalidate_recordset(["create_date"])
