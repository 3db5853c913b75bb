from odoo import fields, models
from odoo.exceptions import UserError

from ..const import DEFAULT_GRACE_DAYS, GRACE_BATCH, TODO, TODO_DAYS
from ..policies import dunning, payments
from ..policies import subscription as states

SERVICE_CONTINUITY = "approval_engine.type_service_continuity"


class SaasRiskSubscription(models.Model):
    """What repeated payment failure leads to: a decision of people, or grace by policy."""

    _inherit = "saas_risk.subscription"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ reactions of Automation Rules

    def _open_service_continuity(self, events):
        """Ask people to decide, once per unpaid spell of an invoice.

        :param events: ``risk.payment_failures_repeated`` events about these subscriptions
        """
        for event, sub, invoice, decision in self._dunning_cases(events):
            if decision.action == dunning.ASK:
                sub._ask_for_decision(invoice, event)
        return True

    def _start_dunning(self, events):
        """Grant grace where the tier's policy says so.

        :param events: ``risk.payment_failures_repeated`` events about these subscriptions
        """
        for _event, sub, invoice, decision in self._dunning_cases(events):
            if decision.action == dunning.GRANT_GRACE:
                sub._grant_grace_by_policy(invoice, decision.grace_until)
        return True

    def _lapse_cleared_requests(self, events):
        """Have open decisions about these subscriptions check whether their reason still holds.

        :param events: ``risk.payment_recovered`` events about these subscriptions
        """
        requests = (
            self.env["approval_engine.request"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", [event.case_id for event in events]),
                    ("state", "in", ("pending", "approved")),
                ]
            )
        )
        if requests:
            requests._recheck_condition()
        return True

    def _dunning_cases(self, events):
        """What each event asks for *now*; the world may have moved since it was told.

        :return: list of (event, subscription, invoice, ``dunning.Decision``)
        """
        today = fields.Date.today()
        invoices = self._invoices_told(events)
        terms = {
            company: self.env["saas_risk.dunning_policy"]._terms_by_tier(company)
            for company in self.company_id
        }
        cases = []
        for event in events:
            sub = self.browse(event.case_id).exists() & self
            invoice = invoices.get(
                (sub.account_id.id, (event.attributes or {}).get("invoice"))
            )
            if not sub or not invoice:
                continue
            decision = dunning.decide(
                today=today,
                failures=invoice.failed_count,
                unpaid=invoice.state != payments.PAID,
                terms=terms[sub.company_id].get(sub.account_id.account_tier),
            )
            cases.append((event, sub, invoice, decision))
        return cases

    def _invoices_told(self, events):
        """:return: ``{(account id, number): invoice}``"""
        numbers = sorted(
            {(event.attributes or {}).get("invoice") or "" for event in events}
        )
        invoices = self.env["saas_risk.billing_invoice"].search(
            [
                ("partner_id", "in", self.account_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("number", "in", numbers),
            ]
        )
        return {
            (invoice.partner_id.id, invoice.number): invoice for invoice in invoices
        }

    # ------------------------------------------------------------------ asking people

    def _ask_for_decision(self, invoice, event):
        self.ensure_one()
        return self.env["approval_engine.request"]._open(
            self._decision_vals(invoice),
            requester=self.env.user,
            correlation=event.correlation,
            idempotency_key=f"service_continuity:{self.id}:{invoice.id}:{invoice.spell}",
        )

    def _decision_vals(self, invoice):
        account = self.account_id
        return {
            "name": self.env._(
                "%(account)s: %(count)s failed payments on %(number)s",
                account=account.display_name,
                count=invoice.failed_count,
                number=invoice.number,
            ),
            "type_id": self.env.ref(SERVICE_CONTINUITY).id,
            "partner_id": account.id,
            "company_id": self.company_id.id,
            "amount": invoice.amount,
            "currency_id": invoice.currency_id.id,
            "reason": self.env._(
                "Payment of invoice %(number)s over %(amount)s failed %(count)s times. %(account)s is a %(tier)s "
                "account. Decide whether to suspend %(subscription)s, extend grace, or intervene.",
                number=invoice.number,
                amount=invoice.currency_id.format(invoice.amount),
                count=invoice.failed_count,
                account=account.display_name,
                tier=account.account_tier,
                subscription=self.name,
            ),
            "res_model": self._name,
            "res_id": self.id,
            "billing_invoice_id": invoice.id,
            "billing_spell": invoice.spell,
        }

    def _approval_condition_invoice_unpaid(self, request):
        """The decision rests on an unpaid invoice. :return: (holds, why)"""
        self.ensure_one()
        if self.state == states.CANCELLED:
            return False, self.env._("%(name)s is cancelled.", name=self.name)
        invoice = request.sudo().billing_invoice_id
        if not invoice:
            return self._any_unpaid()
        if invoice.state == payments.PAID:
            return False, self.env._(
                "Invoice %(number)s is paid.", number=invoice.number
            )
        if request.sudo().billing_spell != invoice.spell:
            return False, self.env._(
                "A payment on invoice %(number)s came in; its failed attempts are counted anew.",
                number=invoice.number,
            )
        return True, self.env._(
            "Invoice %(number)s is unpaid after %(count)s failed attempts.",
            number=invoice.number,
            count=invoice.failed_count,
        )

    def _any_unpaid(self):
        failing = (
            self.env["saas_risk.billing_invoice"]._failing_elsewhere(self).get(self)
        )
        if failing:
            return True, self.env._(
                "Unpaid: %(numbers)s.", numbers=", ".join(failing.mapped("number"))
            )
        return False, self.env._(
            "%(name)s has no unpaid invoice with failed payments.", name=self.name
        )

    # ------------------------------------------------------------------ carrying out

    def _approval_effect_service_continuity(self, request):
        """Carry out the chosen option; a second time changes nothing.

        :return: a sentence: what was done
        """
        self.ensure_one()
        effects = {
            "suspend": self._effect_suspend,
            "extend_grace": self._effect_extend_grace,
            "intervene": self._effect_intervene,
        }
        effect = effects.get(request.option)
        if effect is None:
            raise UserError(
                self.env._(
                    "%(request)s was approved without a choice. Choose suspend, extend grace or intervene.",
                    request=request.display_name,
                )
            )
        return effect(request)

    def _effect_suspend(self, request):
        invoice = request.sudo().billing_invoice_id
        moved = self._set_state(states.SUSPENDED, suspended_invoice_id=invoice.id)
        if not moved:
            return self.env._("%(name)s is suspended already.", name=self.name)
        if not invoice:
            return self.env._(
                "%(name)s is suspended until somebody decides otherwise.",
                name=self.name,
            )
        return self.env._(
            "%(name)s is suspended until %(number)s is paid.",
            name=self.name,
            number=invoice.number,
        )

    def _effect_extend_grace(self, request):
        granted = self._concession_of(request)
        until = granted.valid_until or self._grace_end()
        if not granted:
            if self.state == states.GRACE:
                self._write_gated({"grace_until": until})
            self._set_state(states.GRACE, grace_until=until)
            self._grant_concession(
                "grace", request.sudo().billing_invoice_id, until, request=request
            )
        return self.env._(
            "%(name)s has grace until %(until)s.", name=self.name, until=until
        )

    def _effect_intervene(self, request):
        owner = self._person_in_charge()
        if not self._concession_of(request):
            self._grant_concession(
                "intervention",
                request.sudo().billing_invoice_id,
                False,
                request=request,
            )
            self._leave_todo(
                owner, self.env._("Intervene: %(request)s", request=request.name)
            )
        return self.env._(
            "%(name)s stays %(state)s; %(owner)s was asked to call the customer.",
            name=self.name,
            owner=owner.name,
            state=dict(self._fields["state"]._description_selection(self.env))[
                self.state
            ].lower(),
        )

    def _concession_of(self, request):
        return (
            self.env["saas_risk.concession"]
            .sudo()
            .search([("request_id", "=", request.id)], limit=1)
        )

    def _grace_end(self):
        terms = (
            self.env["saas_risk.dunning_policy"]
            ._terms_by_tier(self.company_id)
            .get(self.account_id.account_tier)
        )
        if terms:
            return dunning.grace_end(fields.Date.today(), terms)
        return fields.Date.add(fields.Date.today(), days=DEFAULT_GRACE_DAYS)

    def _grant_grace_by_policy(self, invoice, until):
        """Grace by policy, once per unpaid spell: a customer already in grace gets no second one."""
        self.ensure_one()
        if self.state == states.PAST_DUE:
            self._set_state(states.GRACE, grace_until=until)
            self._grant_concession("grace", invoice, until)
        return True

    def _grant_concession(self, kind, invoice, until, request=None):
        """Note what was granted. In superuser mode: whoever decides need not keep the register."""
        policy = (
            self.env["saas_risk.dunning_policy"]
            .sudo()
            .search(
                [
                    ("tier", "=", self.account_id.account_tier),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                order="company_id",
                limit=1,
            )
            if request is None
            else None
        )
        label = dict(
            self.env["saas_risk.concession"]
            ._fields["kind"]
            ._description_selection(self.env)
        )[kind]
        granted = (
            self.env["saas_risk.concession"]
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "%(kind)s for %(subscription)s",
                        kind=label,
                        subscription=self.name,
                    ),
                    "kind": kind,
                    "partner_id": self.account_id.id,
                    "subscription_id": self.id,
                    "invoice_id": invoice.id if invoice else False,
                    "company_id": self.company_id.id,
                    "valid_until": until,
                    "reason": request.reason if request else policy.sentence,
                    "request_id": request.id if request else False,
                    "policy_id": policy.id if policy else False,
                }
            )
        )
        self._emit(
            "risk.concession_granted",
            objects=[("concession", granted)],
            kind=kind,
            **self._story(),
        )
        return granted

    def _person_in_charge(self):
        """:return: the account owner, else the fallback; never nobody"""
        return (
            self.account_id.account_owner_id
            or self.env["res.users"]._risk_fallback_owner()
        )

    def _leave_todo(self, user, summary):
        self.sudo().activity_schedule(
            TODO,
            fields.Date.add(fields.Date.today(), days=TODO_DAYS),
            summary=summary,
            user_id=user.id,
        )

    # ------------------------------------------------------------------ scheduled

    def _cron_end_grace(self):
        """Grace that ran out unpaid: past due again, and a person is asked to look."""
        over = [("state", "=", states.GRACE), ("grace_until", "<", fields.Date.today())]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(over))
        while batch := self.search(
            over, limit=GRACE_BATCH, order="id"
        ).try_lock_for_update():
            batch.filtered_domain(over)._end_grace()
            if not cron._commit_progress(len(batch)):
                break
        return True

    def _end_grace(self):
        for sub in self._set_state(states.PAST_DUE):
            sub._leave_todo(
                sub._person_in_charge(),
                self.env._("Grace of %(name)s ended unpaid", name=sub.name),
            )
        return True
