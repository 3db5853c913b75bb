import json
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.event_hub.tests.people import people

NOW = datetime(2026, 3, 10, 9, 0)


class RiskCase(TransactionCase):
    """Two companies, their billing sources, people with their roles, and accounts of each tier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other GmbH"})
        cls._create_people()
        cls.billing = cls._source("billing_test", cls.service, cls.company)
        cls.other_billing = cls._source(
            "billing_other", cls.other_service, cls.other_company
        )
        cls.plan = cls.env["saas_risk.plan"].create(
            {"name": "Test Business", "price": 100.0, "period": "month"}
        )
        cls.strategic = cls._account("Borealis", "T-001", "strategic")
        cls.growth = cls._account("Cobalt", "T-002", "growth")
        cls.standard = cls._account("Delta", "T-003", "standard")
        cls.sub_strategic = cls._subscription(cls.strategic, seats=80)
        cls.sub_growth = cls._subscription(cls.growth, seats=20)
        cls.sub_standard = cls._subscription(cls.standard, seats=5)

    @classmethod
    def _create_people(cls):
        service = "saas_risk.group_risk_service"
        decide = "saas_risk.group_risk_finance,approval_engine.group_approval_user"
        success = "saas_risk.group_risk_user,saas_risk.group_customer_success,approval_engine.group_approval_user"
        other = cls.other_company.id
        wanted = {
            "service": {"login": "t_billing", "groups": service},
            "other_service": {
                "login": "t_other_billing",
                "groups": service,
                "company_id": other,
            },
            "finance": {"login": "t_finance", "groups": decide},
            "csm": {"login": "t_csm", "groups": success},
            "manager": {
                "login": "t_risk_manager",
                "groups": "saas_risk.group_risk_manager",
            },
            "reader": {"login": "t_risk_user", "groups": "saas_risk.group_risk_user"},
            "agent": {
                "login": "t_agent",
                "groups": "support_visibility.group_support_user",
            },
        }
        for name, user in zip(wanted, people(cls.env, *wanted.values()), strict=True):
            setattr(cls, name, user)

    @classmethod
    def _source(cls, code, user, company):
        return cls.env["event_hub.source"].create(
            {"code": code, "name": code, "user_id": user.id, "company_id": company.id}
        )

    @classmethod
    def _account(cls, name, code, tier, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "account_code": code,
                "account_tier": tier,
                "company_id": cls.company.id,
                "account_owner_id": cls.csm.id,
                **vals,
            }
        )

    @classmethod
    def _subscription(cls, account, activate=True, **vals):
        sub = cls.env["saas_risk.subscription"].create(
            {
                "partner_id": account.id,
                "plan_id": cls.plan.id,
                "seats": 1,
                "start_date": "2026-01-01",
                "renewal_date": "2027-01-01",
                **vals,
            }
        )
        if activate:
            sub.action_activate()
        return sub

    # ------------------------------------------------------------------ the street

    def hear(self, type_, account, data, at=None, source=None, process=True, **event):
        """Put one event into the inbox as the door would, and understand it."""
        messages = self.hear_all(
            [(type_, account, data, at, event)], source=source, process=process
        )
        return messages

    def hear_all(self, stories, source=None, process=True):
        """:param stories: list of (type, account or code, data, datetime or None, more attributes)"""
        source = source or self.billing
        ids = [self._insert_message(source, *story) for story in stories]
        messages = self.env["event_hub.message"].sudo().browse(ids)
        if process:
            self.understand(messages)
        return messages

    def _insert_message(self, source, type_, account, data, at=None, event=None):
        at = at or NOW
        event_id = str(uuid.uuid4())
        body = json.dumps(
            {
                "specversion": "1.0",
                "id": event_id,
                "source": "/billing",
                "type": type_,
                "subject": account
                if isinstance(account, str)
                else account.account_code,
                "time": at.isoformat() + "Z",
                "data": data,
                **(event or {}),
            }
        )
        self.env.cr.execute(
            """INSERT INTO event_hub_message (source_id, external_id, body, headers, scheme, content_type, state,
                                              attempts, next_try_at, correlation, received_at)
               VALUES (%s, %s, %s, '{}', 'standard', 'application/json', 'received', 0,
                       now() AT TIME ZONE 'UTC' - interval '1 min', %s, now() AT TIME ZONE 'UTC') RETURNING id""",
            [source.id, event_id, body, uuid.uuid4().hex],
        )
        return self.env.cr.fetchone()[0]

    def understand(self, messages):
        self.env["event_hub.processor"].sudo()._process(messages)
        self.env["event_hub.event"].sudo()._flush_emitted()
        self.env.invalidate_all()

    def run_cron(self, method):
        """Run a scheduled method without its commits. :return: how many each commit counted"""
        done = []

        def note(_cron, processed=0, **_kwargs):
            done.append(processed)
            return float("inf")

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", note):
            method()
        return done

    def react(self):
        """Carry out what Automation Rules are asked for."""
        runs = self.env["event_hub.run"].sudo()
        while ids_by_batch := runs._due_batches():
            for ids in ids_by_batch:
                runs._lock_due(ids)._react()
                self.env["event_hub.event"].sudo()._flush_emitted()
        self.env.invalidate_all()

    def execute(self):
        """Carry out what was approved."""
        requests = self.env["approval_engine.request"].sudo()
        for request in requests.search(list(requests._executable_domain())):
            request._carry_out()
        self.env["event_hub.event"].sudo()._flush_emitted()
        self.env.invalidate_all()

    def payment_fails(
        self, account, invoice, attempt=None, at=None, source=None, **data
    ):
        payload = {"invoice": invoice, "amount": 1200.0, "currency": "EUR", **data}
        if attempt is not None:
            payload["attempt"] = attempt
        return self.hear(
            "billing.payment_failed", account, payload, at=at, source=source
        )

    def pay(self, account, invoice, at=None, source=None, **data):
        return self.hear(
            "billing.payment_succeeded",
            account,
            {"invoice": invoice, "amount": 1200.0, "currency": "EUR", **data},
            at=at,
            source=source,
        )

    def payments_fail(self, account, invoice, times, start=NOW, **data):
        for i in range(times):
            self.payment_fails(
                account, invoice, attempt=i + 1, at=start + timedelta(days=i), **data
            )

    # ------------------------------------------------------------------ looking

    def invoice(self, number):
        return self.env["saas_risk.billing_invoice"].search([("number", "=", number)])

    def events(self, type_, record=None):
        domain = [("type", "=", type_)]
        if record:
            domain += [("case_model", "=", record._name), ("case_id", "=", record.id)]
        return self.env["event_hub.event"].sudo().search(domain, order="id")

    def requests(self, sub=None):
        sub = sub or self.sub_strategic
        return (
            self.env["approval_engine.request"]
            .sudo()
            .search(
                [("res_model", "=", sub._name), ("res_id", "=", sub.id)], order="id"
            )
        )

    def approve_as(self, user, request, option):
        request.with_user(user).action_approve(option=option)
        self.env.invalidate_all()

    @contextmanager
    def assertParked(self, messages, code):  # noqa: N802
        yield
        self.assertEqual(
            set(messages.mapped("state")), {"parked"}, messages.mapped("error")
        )
        self.assertEqual(set(messages.mapped("error_code")), {code})
