from odoo import Command

from odoo.addons.approval_engine.tests.common import ApprovalCase


class DocumentCase(ApprovalCase):
    """A document that is stamped once finance approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.env["test_approval_engine.document"].create(
            {"name": "Contract 7"}
        )
        cls.stamp_type = cls.env["approval_engine.type"].create(
            {
                "code": "toy_stamp",
                "name": "Toy Stamp",
                "subject_model": "test_approval_engine.document",
                "effect": "_approval_effect_stamp",
                "condition": "_approval_condition_needed",
                "option_ids": [
                    Command.create({"code": "red", "name": "Red"}),
                    Command.create({"code": "blue", "name": "Blue"}),
                ],
            }
        )
        cls.stamp_policy = cls._policy(
            cls.stamp_type,
            [
                {
                    "name": "Finance",
                    "user_ids": [Command.set((cls.fred | cls.fay).ids)],
                },
                {
                    "sequence": 20,
                    "name": "Success",
                    "user_ids": [Command.set(cls.cleo.ids)],
                },
            ],
        )

    def _asked(self, **values):
        return self._submitted(
            self.stamp_type,
            res_model=self.document._name,
            res_id=self.document.id,
            **values,
        )

    def _approved(self, **values):
        request = self._asked(**values)
        self._approve(request, self.fred, self.cleo, option="red")
        return request

    def _run_cron(self, name="execute"):
        """Run the Scheduled Action as the server would."""
        self.env["event_hub.event"]._flush_emitted()  # as committing does
        with self.enter_registry_test_mode():
            self.env.ref(f"approval_engine.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()
