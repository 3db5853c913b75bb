from odoo import api, fields, models

from odoo.addons.event_hub.exceptions import ParkMessage

from ..policies import dunning
from ..policies import subscription as states


class SaasRiskSubscription(models.Model):
    """What billing tells us about subscriptions: a mirror that never runs backwards."""

    _inherit = "saas_risk.subscription"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ finding

    @api.model
    def _hub_subjects(self, incoming):
        """Find the subscription each event names; only ``subscription.created`` and
        ``.changed`` make one that we do not know yet."""
        company = incoming[0].company
        found = self._resolve(
            [(i.account, i.source, i.data.get("subscription")) for i in incoming],
            company,
        )
        missing = [i for i, sub in zip(incoming, found, strict=True) if not sub]
        made = self._mirror_new(missing, company)
        for i in missing:  # two accounts may name one new reference
            ref = i.data["subscription"]
            self._check_belongs(made[ref], ref, i.account, company)
        return [
            sub or made[i.data["subscription"]]
            for i, sub in zip(incoming, found, strict=True)
        ]

    @api.model
    def _resolve(self, wanted, company):
        """Which subscriptions are meant.

        :param wanted: list of (account, source, reference or empty)
        :return: list of records, same order; empty where a reference is unknown
        :raises ParkMessage: a reference belongs to another company or account
        """
        references = sorted({ref for _account, _source, ref in wanted if ref})
        if not references:
            return [self.browse() for _ in wanted]
        by_reference = self._by_reference(references, company)
        external = self._by_external_id(wanted, references)
        named = self.browse(sub.id for sub in external.values())
        gone = named - named.exists()
        result = []
        for account, source, ref in wanted:
            sub = (
                external.get((source.id, ref)) or by_reference.get(ref) or self.browse()
            )
            if sub in gone:
                self._park_deleted(ref)
            self._check_belongs(sub, ref, account, company)
            result.append(sub)
        self._park_foreign(
            [
                ref
                for (_a, _s, ref), sub in zip(wanted, result, strict=True)
                if ref and not sub
            ],
            company,
        )
        return result

    def _by_reference(self, references, company):
        subs = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("external_ref", "in", references),
                ("name", "in", references),
            ]
        )
        named = {sub.name: sub for sub in subs}
        return {**named, **{sub.external_ref: sub for sub in subs if sub.external_ref}}

    def _by_external_id(self, wanted, references):
        rows = (
            self.env["event_hub.external_id"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("external_id", "in", references),
                    (
                        "source_id",
                        "in",
                        list({source.id for _account, source, _ref in wanted}),
                    ),
                ],
                ["source_id", "external_id", "res_id"],
            )
        )
        return {
            (row.source_id.id, row.external_id): self.browse(row.res_id) for row in rows
        }

    def _park_deleted(self, ref):
        raise ParkMessage(
            "handler",
            self.env._(
                "Subscription %(ref)s was deleted here. Point its external id to another subscription, "
                "or remove the external id, then replay.",
                ref=ref,
            ),
        )

    def _check_belongs(self, sub, ref, account, company):
        if not sub:
            return
        if sub.sudo().company_id != company:
            raise ParkMessage(
                "wrong_company",
                self.env._(
                    "Subscription %(ref)s belongs to another company than the source of this event.",
                    ref=ref,
                ),
            )
        if sub.sudo().account_id != account:
            raise ParkMessage(
                "handler",
                self.env._(
                    "Subscription %(ref)s belongs to %(owner)s, but the event is about %(account)s. "
                    "Correct the customer of the subscription, or send the event again for the right account.",
                    ref=ref,
                    owner=sub.sudo().account_id.display_name,
                    account=account.display_name,
                ),
            )

    def _park_foreign(self, references, company):
        if not references:
            return
        foreign = self.sudo().search(
            [
                ("company_id", "!=", company.id),
                "|",
                ("external_ref", "in", references),
                ("name", "in", references),
            ],
            limit=1,
        )
        if foreign:
            raise ParkMessage(
                "wrong_company",
                self.env._(
                    "Subscription %(ref)s belongs to another company than the source of this event.",
                    # As it was sent: its other name is nobody's business here.
                    ref=foreign.name
                    if foreign.name in references
                    else foreign.external_ref,
                ),
            )

    @api.model
    def _choose_for(self, accounts, company):
        """The subscription a payment is about when the event names none.

        :return: ``{account: subscription}``, without accounts that have no living one
        """
        candidates = {}
        for sub in self.search(
            [("account_id", "in", accounts.ids), ("company_id", "=", company.id)]
        ):
            candidate = dunning.Candidate(sub.id, sub.state in states.LIVING, sub.mrr)
            candidates.setdefault(sub.account_id, []).append(candidate)
        chosen = {
            account: dunning.choose_subscription(rows)
            for account, rows in candidates.items()
        }
        return {account: self.browse(id_) for account, id_ in chosen.items() if id_}

    # ------------------------------------------------------------------ mirroring

    @api.model
    def _mirror_new(self, incoming, company):
        """Create a draft for each subscription we do not know. :return: ``{reference: record}``"""
        first = {}
        for event in incoming:
            if event.type not in ("subscription.created", "subscription.changed"):
                raise ParkMessage(
                    "handler",
                    self.env._(
                        "Subscription %(ref)s is not known. Create it with this reference in billing, then replay.",
                        ref=event.data["subscription"],
                    ),
                )
            first.setdefault(event.data["subscription"], event)
        if not first:
            return {}
        plans = self._plans_by_name(
            {event.data.get("plan") for event in first.values()}, company
        )
        created = self.create(
            [self._mirror_vals(event, plans) for event in first.values()]
        )
        return dict(zip(first, created, strict=True))

    def _mirror_vals(self, event, plans):
        ref = event.data["subscription"]
        start = (
            self._parse_day(event.data.get("effective_at")) or event.occurred_at.date()
        )
        return {
            "name": ref,
            "external_ref": ref,
            "partner_id": event.account.id,
            "company_id": event.company.id,
            "plan_id": self._plan_named(event.data.get("plan"), plans).id,
            "seats": event.data.get("seats") or 1,
            "start_date": start,
            "renewal_date": self._parse_day(event.data.get("renewal_date"))
            or fields.Date.add(start, years=1),
        }

    def _plans_by_name(self, names, company):
        plans = self.env["saas_risk.plan"].search(
            [
                ("name", "in", sorted(filter(None, names))),
                ("company_id", "in", [False, company.id]),
            ]
        )
        return {
            plan.name: plan for plan in plans.sorted(lambda plan: bool(plan.company_id))
        }

    def _plan_named(self, name, plans):
        plan = plans.get(name)
        if not plan:
            raise ParkMessage(
                "handler",
                self.env._(
                    "There is no plan named '%(plan)s'. Create it under Revenue & Risk, then replay.",
                    plan=name or "",
                ),
            )
        return plan

    # ------------------------------------------------------------------ handlers

    @api.model
    def _hub_on_created(self, events):
        subs = self._apply_mirror(events)
        drafts = subs.filtered(lambda sub: sub.state == states.DRAFT)
        drafts._set_state(states.ACTIVE)
        return True

    @api.model
    def _hub_on_changed(self, events):
        return self._hub_on_created(events)

    @api.model
    def _hub_on_cancelled(self, events):
        for event in events:
            sub = self.browse(event.case_id)
            data = event.attributes or {}
            if sub.state != states.CANCELLED:
                sub.cancel(
                    data.get("reason") or self.env._("Cancelled in billing"),
                    data.get("effective_at"),
                )
        return True

    @api.model
    def _hub_on_downgrade_requested(self, events):
        """Only recorded: the ledger holds the wish, people decide."""
        return True

    def _apply_mirror(self, events):
        """Take over plan, seats and MRR; an event older than the last one applied changes nothing."""
        subs = self.browse(dict.fromkeys(event.case_id for event in events))
        company = subs.company_id[:1]
        plans = self._plans_by_name(
            {(event.attributes or {}).get("plan") for event in events}, company
        )
        currencies = self.env["saas_risk.billing_invoice"]._currencies_named(
            {(event.attributes or {}).get("currency") for event in events}
        )
        for event in events.sorted("occurred_at"):
            sub = self.browse(event.case_id)
            if not sub.mirrored_at or event.occurred_at >= sub.mirrored_at:
                sub._write_gated(self._changes_told(event, plans, currencies))
        return subs

    def _changes_told(self, event, plans, currencies):
        data = event.attributes or {}
        vals = {"mirrored_at": event.occurred_at}
        if data.get("plan"):
            vals["plan_id"] = self._plan_named(data["plan"], plans).id
        if data.get("seats") is not None:
            vals["seats"] = data["seats"]
        if data.get("mrr") is not None:
            vals.update(mrr_source="billing", billed_mrr=data["mrr"])
        if data.get("currency"):
            vals["currency_id"] = currencies[data["currency"].upper()].id
        return vals
