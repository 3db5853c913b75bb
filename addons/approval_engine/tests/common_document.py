from odoo import Command

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common import ApprovalCase


class DocumentOfAnotherApp(ApprovalCase):
    """A ready governed record of a glue addon, turned on; fred approves, ria works with the app."""

    GOVERNED = ""  # XML id
    GROUP = ""  # what ria needs to work with the app

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ria.group_ids += cls.env.ref(cls.GROUP)
        cls.governed = cls.env.ref(cls.GOVERNED)
        cls.born_off = not cls.governed.active
        cls.governed.action_activate()
        cls.env["approval_engine.policy"].search(
            [("type_id", "=", cls.governed.type_id.id), ("state", "=", "active")]
        ).action_retire()
        cls._policy(
            cls.governed.type_id,
            [{"name": "Finance", "user_ids": [Command.set(cls.fred.ids)]}],
        )

    def refused(self, do):
        """It is held, and undone."""
        with self.assertRaises(ApprovalNeeded):
            do()
        self.env.invalidate_all()

    def asked(self, document):
        """:return: the request that ria submits from the form"""
        action = document.action_ask_approval()
        request = self.env["approval_engine.request"].browse(action["res_id"])
        request.with_user(self.ria).action_submit()
        return request

    def approved(self, document):
        return self._approve(self.asked(document), self.fred)
