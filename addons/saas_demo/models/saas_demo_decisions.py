from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.event_hub.tools import trace

from ..policies import story
from ..tools import past

CREDIT_LIMIT = 1000.0  # EUR; above it the finance manager decides too

YESTERDAY = timedelta(hours=20)
STRICTER_LIMIT = 750.0  # EUR, as the finance manager proposes

#: type: (name of the demo's policy, steps: (sequence, name, logins, amount above which it is asked))
ROUTES = {
    "service_continuity": (
        "Service continuity: Finance and Customer Success",
        (
            (10, "Finance", ("finance", "finance_manager"), 0.0),
            (10, "Customer Success", ("csm",), 0.0),
        ),
    ),
    "service_credit": (
        "Service credits: Finance, large ones twice",
        (
            (10, "Finance", ("finance",), 0.0),
            (20, "Finance Manager", ("finance_manager",), CREDIT_LIMIT),
        ),
    ),
}


class SaasDemoDecisions(models.AbstractModel):
    """Who decides in the demo, and what was decided before."""

    _name = "saas_demo.decisions"
    _description = "Decisions of the demo"

    @api.model
    def _provision_routes(self):
        """Give the demo company its policies, once."""
        for code, (name, steps) in ROUTES.items():
            kind = self._type(code)
            policies = self.env["approval_engine.policy"].sudo()
            company = self.env.ref("base.main_company")
            if policies.search_count(
                [("type_id", "=", kind.id), ("company_id", "=", company.id)]
            ):
                continue
            policies.create(
                {
                    "name": name,
                    "type_id": kind.id,
                    "company_id": company.id,
                    "currency_id": self.env.ref("base.EUR").id,
                    "owner_id": self.env.ref("base.user_admin").id,
                    "deadline_hours": 48,
                    "step_ids": [
                        Command.create(self._step_values(*step)) for step in steps
                    ],
                }
            ).action_activate()
        self._propose_stricter_credits()

    @api.model
    def _propose_stricter_credits(self):
        """A version that waits for a second person, once."""
        policy = self.env["approval_engine.policy"]._for(
            self._type("service_credit"), self.env.ref("base.main_company")
        )
        if policy.version > 1 or policy.search_count([("previous_id", "=", policy.id)]):
            return
        manager = self._users(["finance_manager"])
        stricter = policy.with_user(manager)._new_version()
        stricter.step_ids.filtered("amount_from").amount_from = STRICTER_LIMIT
        with past.telling(fields.Datetime.now() - YESTERDAY):
            stricter.action_activate()
            self.env["event_hub.event"]._flush_emitted()

    @api.model
    def _step_values(self, sequence, name, logins, amount_from):
        users = self._users(logins)
        return {
            "sequence": sequence,
            "name": name,
            "mode": "any",
            "user_ids": [Command.set(users.ids)],
            "amount_from": amount_from,
        }

    @api.model
    def _take_turn(self, turn, account, subscription):
        """One step of a request, by whom it belongs to, at its time."""
        with past.telling(turn.at):
            if turn.how == "open":
                self._open(turn.ask, account, subscription)
            else:
                request = self._request(turn.ask)
                getattr(self, f"_{turn.how}")(request, turn)
            self.env["event_hub.event"]._flush_emitted()

    @api.model
    def _open(self, ask, account, subscription):
        return self.env["approval_engine.request"]._open(
            self._request_values(ask, account, subscription),
            requester=self._users([ask.requester]),
            correlation=trace.new_correlation(),
            idempotency_key=f"demo:{ask.key}",
        )

    @api.model
    def _request(self, ask):
        requests = self.env["approval_engine.request"].sudo()
        return requests.search([("idempotency_key", "=", f"demo:{ask.key}")])

    @api.model
    def _vote(self, request, turn):
        vote = turn.vote
        own = request.with_user(self._users([vote.login])).sudo(False)
        if vote.approve:
            return own.action_approve(comment=vote.comment, option=vote.option)
        return own.action_reject(vote.comment)

    @api.model
    def _carry_out(self, request, _turn):
        """What the executor does by itself, unless it is done already: some types only record."""
        if request.filtered_domain(request._executable_domain()):
            request._carry_out()

    @api.model
    def _recall(self, request, turn):
        asker = self._users([turn.ask.requester])
        return request.with_user(asker).sudo(False).action_recall()

    @api.model
    def _lapse(self, request, _turn):
        """The rule that does this is not fired by history."""
        return request._recheck_condition()

    @api.model
    def _expire(self, request, _turn):
        return request._time_out()

    @api.model
    def _request_values(self, ask, account, subscription):
        values = {
            "type_id": self._type(ask.type).id,
            "partner_id": account.id,
            "amount": ask.amount,
            "currency_id": self.env["res.currency"]
            .search([("name", "=", story.CURRENCY)])
            .id,
        }
        if ask.type == "service_continuity":
            invoice = self.env["saas_risk.billing_invoice"].search(
                [("subscription_id", "=", subscription.id), ("state", "!=", "paid")],
                order="id desc",
                limit=1,
            )
            values |= subscription._decision_vals(invoice)
        return values | {"name": f"{account.name}: {ask.title}", "reason": ask.reason}

    @api.model
    def _type(self, code):
        return self.env["approval_engine.type"].search([("code", "=", code)])

    @api.model
    def _users(self, logins):
        return self.env["res.users"].search([("login", "in", list(logins))])
