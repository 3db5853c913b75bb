import base64
import json
from datetime import datetime, time, timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.policies import adapters
from odoo.addons.event_hub.tools.heard import Heard

from ..const import STORY_PARAM
from ..policies import story
from ..policies.processes import IMPORTED
from ..policies.story.cast import PLANS
from ..tools import past

#: case type in the ledger: name of the process
LEDGER_PROCESSES = {
    "ticket": "Support tickets",
    "invoice": "Invoices and payments",
    "subscription": "Subscriptions",
    "approval": "Decisions",
}
LAST_NIGHT = timedelta(hours=7)  # ago, when accounts were last assessed
NINE = time(9)  # UTC, when subscriptions begin
BATCH_TYPE = "application/cloudevents-batch+json"


class SaasDemoStory(models.AbstractModel):
    """Tells what happened before: the made-up company's year, through the real models and the real inbox.

    Everything it causes is history in the ledger, so no rule fires and nothing is delivered.
    """

    _name = "saas_demo.story"
    _description = "Story of the demo"

    @api.model
    def _tell_once(self):
        """Fill an empty demo. Later starts leave everything as people left it.

        :return: whether the story was told now
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param(STORY_PARAM):
            return False
        now = fields.Datetime.now()
        with past.telling():
            self._tell(story.tell(now))
            self.env["event_hub.event"]._flush_emitted()
        self.env["saas_demo.processes"]._settle()
        parameters.set_param(STORY_PARAM, fields.Date.to_string(now.date()))
        return True

    @api.model
    def _tell(self, told):
        first_day = min(s.start_date for s in told.subscriptions)
        with past.telling(datetime.combine(first_day, NINE)):
            accounts = self._tell_accounts(told.accounts)
            subscriptions = self._tell_subscriptions(told.subscriptions, accounts)
        self._tell_concessions(told.concessions, accounts)
        operations = self.env["saas_demo.operations"]
        operations._provision_rule()
        self.env["saas_demo.promises"]._provision()
        decisions = self.env["saas_demo.decisions"]
        for part in story.tell_in_order(told):
            if isinstance(part, story.Batch):
                self._tell_batch(part, told.assignments)
            else:
                decisions._take_turn(
                    part, accounts[part.ask.account], subscriptions[part.ask.account]
                )
        with past.telling(fields.Datetime.now() - LAST_NIGHT):
            self.env["saas_risk.health_model"]._assess_accounts(
                self.env["res.partner"].union(*accounts.values())
            )
            self.env["saas_demo.promises"]._tell()
            self.env["event_hub.event"]._flush_emitted()
        self.env["saas_demo.desk"]._tell()
        operations._tell(told.letters)
        self.env["saas_demo.knowledge"]._tell()
        self._tell_processes(told)

    # ---------------------------------------------------------------- master data

    @api.model
    def _tell_accounts(self, accounts):
        """:return: ``{account code: partner}``"""
        owner = self.env["res.users"].search([("login", "=", "csm")])
        partners = self.env["res.partner"].create(
            [
                {
                    "name": account.name,
                    "is_company": True,
                    "account_code": account.code,
                    "account_tier": account.tier,
                    "account_owner_id": account.code not in story.OWNERLESS
                    and owner.id,
                    "city": account.city,
                    "email": account.email,
                    "website": account.website,
                }
                for account in accounts
            ]
        )
        return {partner.account_code: partner for partner in partners}

    @api.model
    def _tell_subscriptions(self, subscriptions, accounts):
        """:return: ``{account code: subscription}``, all active"""
        currency = self.env["res.currency"].search([("name", "=", story.CURRENCY)])
        plans = self.env["saas_risk.plan"].create(
            [
                {
                    "name": name,
                    "price": price,
                    "period": period,
                    "currency_id": currency.id,
                }
                for name, price, period in PLANS.values()
            ]
        )
        plan_of = dict(zip(PLANS, plans, strict=True))
        records = self.env["saas_risk.subscription"].create(
            [
                {
                    "name": subscription.reference,
                    "external_ref": subscription.reference,
                    "partner_id": accounts[subscription.account].id,
                    "plan_id": plan_of[subscription.plan].id,
                    "seats": subscription.seats,
                    "start_date": subscription.start_date,
                    "renewal_date": subscription.renewal_date,
                }
                for subscription in subscriptions
            ]
        )
        cases = {
            (record._name, record.id): datetime.combine(record.start_date, NINE)
            for record in records
        }
        with past.telling(cases=cases):
            records.action_activate()
            self.env["event_hub.event"]._flush_emitted()
        return {
            subscription.account: record
            for subscription, record in zip(subscriptions, records, strict=True)
        }

    @api.model
    def _tell_concessions(self, concessions, accounts):
        currency = self.env["res.currency"].search([("name", "=", story.CURRENCY)])
        return self.env["saas_risk.concession"].create(
            [
                {
                    "name": concession.reason,
                    "kind": concession.kind,
                    "partner_id": accounts[concession.account].id,
                    "granted_on": concession.on,
                    "amount": concession.amount,
                    "currency_id": currency.id,
                    "reason": concession.reason,
                }
                for concession in concessions
            ]
        )

    # ---------------------------------------------------------------- events

    @api.model
    def _tell_batch(self, batch, assignments):
        with past.telling(batch.received_at):
            self._hear(
                batch.source,
                f"msg_{batch.type}_{batch.received_at:%Y%m%d%H%M%S}",
                list(batch.events),
            )
        if batch.type == "support.ticket_created":
            opened = {event["data"]["ticket"] for event in batch.events}
            self._assign_tickets([a for a in assignments if a.ticket in opened])

    @api.model
    def _hear(self, source_code, message_id, events):
        """Put CloudEvents through the inbox, as if the source had posted them now.

        :return: the message
        """
        source = self.env["event_hub.source"].search([("code", "=", source_code)])
        body = json.dumps(events).encode()
        heard = Heard(
            source_id=source.id,
            scheme="standard",
            message_id=message_id,
            content_type=BATCH_TYPE,
            headers={"content-type": BATCH_TYPE},
            body=body,
            items=tuple(adapters.adapt("standard", {}, BATCH_TYPE, body)),
            batch=True,
            received_at=fields.Datetime.now(),
        )
        messages = self.env["event_hub.message"].sudo()
        answer, _status = messages._accept(heard)
        message = messages.browse(answer["message"])
        self.env["event_hub.processor"]._process(message)
        return message

    @api.model
    def _assign_tickets(self, assignments):
        """Somebody takes up each of these tickets, at a moment of its own."""
        tickets = self.env["support_visibility.ticket"]
        logins = {taken.login for taken in assignments}
        users = self.env["res.users"].search([("login", "in", list(logins))])
        users = users.grouped("login")
        found = tickets.search(
            [("external_ref", "in", [taken.ticket for taken in assignments])]
        ).grouped("external_ref")
        cases = {
            (tickets._name, found[taken.ticket].id): taken.at for taken in assignments
        }
        with past.telling(cases=cases):
            for login in logins:
                own = [found[t.ticket].id for t in assignments if t.login == login]
                tickets.browse(own).with_user(users[login])._quietly().action_assign(
                    users[login].id
                )
            self.env["event_hub.event"]._flush_emitted()

    # ---------------------------------------------------------------- processes

    @api.model
    def _tell_processes(self, told):
        """The ledger's own processes, and two small logs of other systems."""
        Definition = self.env["process_intelligence.definition"]
        Definition.create(
            [
                {"name": name, "source": "ledger", "case_type": case_type}
                for case_type, name in LEDGER_PROCESSES.items()
            ]
        )
        refunds, orders = Definition.create(
            [{"name": name, "source": "log"} for name in IMPORTED.values()]
        )
        refunds.import_csv(
            base64.b64encode(told.process_log.encode()).decode(),
            "case",
            "activity",
            "timestamp",
            resource="resource",
            attributes=["channel"],
        )
        orders.import_ocel(
            base64.b64encode(told.order_log.encode()).decode(), object_type="order"
        )
