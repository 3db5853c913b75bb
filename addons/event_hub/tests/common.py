import json
import time
import uuid
from datetime import datetime, timezone

from odoo.tests import new_test_user

from odoo.addons.event_hub.policies import adapters, signatures
from odoo.addons.event_hub.tools import limits
from odoo.addons.event_hub.tools.heard import Heard


class HubCommon:
    """Mixed into a TransactionCase or HttpCase: a company's source, its account, and events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a = cls.env.company
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.service = cls._service_user("hub_service", cls.company_a)
        cls.source = cls._source("test_billing", cls.company_a, cls.service)
        cls.secret = cls.source._rotate_secret()
        cls.account = cls.env["res.partner"].create(
            {
                "name": "Borealis",
                "is_company": True,
                "account_code": "T-001",
                "account_tier": "strategic",
            }
        )
        limits.messages.clear()
        limits.refusals.clear()

    @classmethod
    def _service_user(cls, login, company):
        return new_test_user(
            cls.env,
            login,
            groups="event_hub.group_hub_service",
            company_id=company[0].id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _source(cls, code, company, user, **values):
        return cls.env["event_hub.source"].create(
            {
                "code": code,
                "name": code.title(),
                "company_id": company.id,
                "user_id": user.id,
                "owner_id": cls.env.ref("base.user_admin").id,
                "adapter_ids": cls._adapters("standard", "stripe").ids,
                **values,
            }
        )

    @classmethod
    def _adapters(cls, *codes):
        return cls.env["event_hub.adapter"].search([("code", "in", codes)])

    @staticmethod
    def _event(type="test.ping", subject="T-001", **values):  # noqa: A002
        return {
            "specversion": "1.0",
            "id": uuid.uuid4().hex,
            "source": "/billing",
            "type": type,
            **({"subject": subject} if subject else {}),
            "data": {},
            **values,
        }

    @classmethod
    def _payment(cls, invoice="INV-1", amount=10, subject="T-001", **data):
        event_id = data.pop("id", uuid.uuid4().hex)
        return cls._event(
            "test.payment_failed",
            subject,
            id=event_id,
            data={"invoice": invoice, "amount": amount, **data},
        )

    def _hear(self, *events, source=None, message_id=None, body=None):
        """Store messages as the door does, one per event.

        :return: ``event_hub.message`` records
        """
        ids = []
        for event in events:
            raw = body or json.dumps(event).encode()
            content_type = (
                "application/cloudevents-batch+json"
                if isinstance(event, list)
                else "application/json"
            )
            answer, _status = (
                self.env["event_hub.message"]
                .sudo()
                ._accept(
                    Heard(
                        source_id=(source or self.source).id,
                        scheme="standard",
                        message_id=message_id or uuid.uuid4().hex,
                        content_type=content_type,
                        headers={},
                        body=raw,
                        items=tuple(adapters.adapt("standard", {}, content_type, raw)),
                        batch=isinstance(event, list),
                        received_at=datetime.now(timezone.utc).replace(tzinfo=None),
                    )
                )
            )
            ids.append(answer["message"])
        return self.env["event_hub.message"].browse(ids)

    def _process(self):
        """Run the worker until nothing is due."""
        while self.env["event_hub.message"]._process_waiting():
            self.env.invalidate_all()
        self.env.invalidate_all()

    def _heard_and_processed(self, *events, **options):
        messages = self._hear(*events, **options)
        self._process()
        return messages

    def _events(self, messages):
        return self.env["event_hub.event"].search(
            [("message_id", "in", messages.ids)], order="id"
        )

    # --------------------------------------------------------------------- HTTP

    def _headers(
        self,
        body,
        *,
        message_id=None,
        at=None,
        secret=None,
        content_type="application/json",
    ):
        message_id = message_id or uuid.uuid4().hex
        at = int(time.time()) if at is None else at
        return {
            "Content-Type": content_type,
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures.sign_standard(
                message_id, at, body, secret or self.secret
            ),
        }

    def _post(self, body, code=None, **options):
        """Send a signed message; ``headers`` overrides single headers, None leaves one out."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        override = options.pop("headers", {})
        headers = {
            k: v
            for k, v in {**self._headers(raw, **options), **override}.items()
            if v is not None
        }
        return self.url_open(
            f"/hub/v1/events/{code or self.source.code}",
            data=raw,
            headers=headers,
            method="POST",
        )
