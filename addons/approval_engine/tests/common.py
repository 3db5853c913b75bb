from odoo import Command
from odoo.tests import TransactionCase

from odoo.addons.event_hub.tests.people import people

USER = "approval_engine.group_approval_user"


class ApprovalCase(TransactionCase):
    """Named people, one type with options and one without, each with an active policy.

    ria asks; fred and fay are finance; cleo is customer success; max manages; audrey audits; olaf has access only.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        groups = {name: USER for name in ("ria", "fred", "fay", "cleo", "olaf")}
        groups["max"] = "approval_engine.group_approval_manager"
        groups["audrey"] = "approval_engine.group_approval_auditor"
        for name, user in zip(groups, cls._people(groups), strict=True):
            setattr(cls, name, user)
        cls.account = cls.env["res.partner"].create(
            {"name": "Borealis GmbH", "is_company": True}
        )
        cls.credit_type = cls.env["approval_engine.type"].create(
            {"code": "toy_credit", "name": "Toy Credit"}
        )
        cls.choice_type = cls.env["approval_engine.type"].create(
            {
                "code": "toy_choice",
                "name": "Toy Choice",
                "option_ids": [
                    Command.create({"code": "stop", "name": "Stop"}),
                    Command.create({"code": "wait", "name": "Wait"}),
                ],
            }
        )
        cls.credit_policy = cls._policy(
            cls.credit_type,
            [
                {
                    "sequence": 10,
                    "name": "Finance",
                    "user_ids": [Command.set((cls.fred | cls.fay).ids)],
                },
                {
                    "sequence": 20,
                    "name": "Manager",
                    "user_ids": [Command.set(cls.max.ids)],
                    "amount_from": 1000,
                },
            ],
        )
        cls.choice_policy = cls._policy(
            cls.choice_type,
            [
                {
                    "sequence": 10,
                    "name": "Finance",
                    "user_ids": [Command.set((cls.fred | cls.fay).ids)],
                },
                {
                    "sequence": 10,
                    "name": "Customer Success",
                    "user_ids": [Command.set(cls.cleo.ids)],
                },
            ],
        )

    @classmethod
    def _people(cls, groups):
        wanted = [
            {"login": f"approval_{name}", "name": name.title(), "groups": group}
            for name, group in groups.items()
        ]
        return people(cls.env, *wanted)

    @classmethod
    def _person(cls, login, group=USER):
        return cls._people({login: group})

    @classmethod
    def _policy(cls, kind, steps, **values):
        policy = cls.env["approval_engine.policy"].create(
            {
                "name": f"Policy of {kind.name}",
                "type_id": kind.id,
                "owner_id": cls.max.id,
                "step_ids": [Command.create(step) for step in steps],
                **values,
            }
        )
        policy.action_activate()
        return policy

    def _draft(self, kind=None, user=None, **values):
        return (
            self.env["approval_engine.request"]
            .with_user(user or self.ria)
            .create(
                {
                    "name": "Credit for the outage",
                    "type_id": (kind or self.credit_type).id,
                    "partner_id": self.account.id,
                    "amount": 100,
                    "reason": "Four hours of outage.",
                    **values,
                }
            )
        )

    def _submitted(self, kind=None, user=None, **values):
        request = self._draft(kind, user, **values)
        request.action_submit()
        return request

    def _approve(self, request, *users, **kwargs):
        for user in users:
            request.with_user(user).action_approve(**kwargs)
        return request

    def _events(self, request):
        """:return: types of the events of this request, in order"""
        ledger = self.env["event_hub.event"]
        ledger._flush_emitted()
        found = ledger.sudo().search(
            [("case_model", "=", request._name), ("case_id", "=", request.id)],
            order="id",
        )
        return found.mapped("type")
