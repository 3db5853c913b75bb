import json

from odoo import api, fields, models
from odoo.tools import format_amount

from ..const import ECHO_PATH
from ..policies import steps, words
from ..policies.personas import BY_LOGIN, PERSONAS

#: what a link to a record is called
LABELS = {
    "event_hub.event": "the event",
    "event_hub.delivery": "the delivery",
    "saas_risk.billing_invoice": "the invoice",
    "saas_risk.subscription": "the subscription",
    "res.partner": "the account",
    "approval_engine.request": "the request",
}
#: menus worth a look, by the name shown; a persona sees those of its own menu
SCREENS = (
    ("Decisions that need me", "approval_engine.menu_needs_me"),
    ("All decisions", "approval_engine.menu_all"),
    ("Accounts", "saas_risk.menu_accounts"),
    ("Subscriptions", "saas_risk.menu_subscriptions"),
    ("Failed payments", "saas_risk.menu_failed_payments"),
    ("Tickets", "support_visibility.support_visibility_ticket_menu"),
    ("Process map", "process_intelligence.menu_map"),
    ("Ledger", "event_hub.menu_ledger"),
    ("Messages received", "event_hub.menu_inbox_messages"),
    ("Deliveries", "event_hub.menu_deliveries"),
    ("What the echo got", "saas_demo.menu_echo"),
)
#: lines of an assessment that keep the score in its limits; no reasons of their own
BOUNDS = ("cap", "floor", "ceiling")
TIMELINE_LENGTH = 30


class SaasDemoPage(models.AbstractModel):
    """What the Start page shows: facts gathered once, told by `policies/`."""

    _name = "saas_demo.page"
    _description = "Start page of the demo"

    @api.model
    def _read_page(self):
        """:return: everything the Start page shows, for the current user"""
        episode = self.env["saas_demo.episode"]._current()
        facts = self._facts(episode)
        persona = BY_LOGIN.get(self.env.user.login)
        return {
            "company": self.env.company.name,
            "me": {
                "login": self.env.user.login,
                "name": self.env.user.name,
                "role": persona.role if persona else self.env._("a user"),
                "does": persona.does if persona else "",
            },
            "personas": [
                {"login": p.login, "name": p.name, "role": p.role, "does": p.does}
                for p in PERSONAS
                if p.login != self.env.user.login
            ],
            "episode": self._episode(episode, facts),
            "steps": [self._step(step) for step in steps.tell(facts)],
            "timeline": self._timeline(episode),
            "echoes": self._echoes(episode),
            "echo_path": ECHO_PATH,
            "screens": self._screens(),
        }

    # ---------------------------------------------------------------- facts

    @api.model
    def _facts(self, episode):
        """Read the world once. With superuser rights: the page tells the story, links obey rights."""
        if not episode:
            return steps.Facts(strategic=True, account="", invoice="", amount="")
        episode_sudo = episode.sudo()
        known = {
            "strategic": episode_sudo.strategic,
            "account": episode_sudo.partner_id.name,
            "invoice": episode_sudo.invoice,
            "amount": episode_sudo._money(),
            "sent": 3,
        }
        known |= self._ledger_facts(episode_sudo)
        known |= self._account_facts(episode_sudo)
        known |= self._request_facts(episode_sudo)
        known |= self._delivery_facts(episode_sudo)
        return steps.Facts(**known)

    @api.model
    def _ledger_facts(self, episode):
        events = self._events(episode)
        failed = events.filtered(lambda event: event.type == "billing.payment_failed")
        parked = (
            self.env["event_hub.message"]
            .sudo()
            .search(
                [
                    ("correlation", "=", episode.correlation),
                    ("state", "in", ("parked", "dead")),
                ],
                limit=1,
            )
        )
        return {
            "heard": len(failed),
            "event": self._link(failed[-1:]),
            "paid": "billing.payment_succeeded" in events.mapped("type"),
            "parked": parked.error or parked.error_code or None,
        }

    @api.model
    def _events(self, episode):
        """:return: the episode's ledger events in the order they were recorded"""
        return (
            self.env["event_hub.event"]
            .sudo()
            .search([("correlation", "=", episode.correlation)], order="id")
        )

    @api.model
    def _account_facts(self, episode):
        invoice = (
            self.env["saas_risk.billing_invoice"]
            .sudo()
            .search(
                [
                    ("number", "=", episode.invoice),
                    ("partner_id", "=", episode.partner_id.id),
                ],
                limit=1,
            )
        )
        heard = bool(invoice)
        partner = episode.partner_id
        return {
            "billing_invoice": self._link(invoice),
            "failures": invoice.failed_count,
            "subscription": self._link(episode.subscription_id),
            "subscription_state": episode.subscription_id.state if heard else None,
            "partner": self._link(partner),
            "health_status": partner.health_status if heard else None,
            "health_score": partner.health_score if heard else None,
            "reasons": (*self._reasons(partner), self._stakes(episode))
            if heard
            else (),
        }

    @api.model
    def _reasons(self, partner):
        """:return: what pulls the account's health down, in words with the points it costs, worst first"""
        assessment = (
            self.env["saas_risk.assessment"]
            .sudo()
            .search([("partner_id", "=", partner.id)], limit=1)
        )
        lines = [
            line
            for line in assessment.contributions or ()
            if line["points"] < 0 and line["signal"] not in BOUNDS
        ]
        lines.sort(key=lambda line: line["points"])
        return tuple(f"{line['words']} ({line['points']:+g} points)" for line in lines)

    @api.model
    def _stakes(self, episode):
        """:return: what is at stake, in a sentence"""
        subscription = episode.subscription_id
        amount = format_amount(self.env, subscription.mrr, subscription.currency_id)
        days = (subscription.renewal_date - fields.Date.today()).days
        return self.env._(
            "At stake: %(amount)s a month, renewal in %(days)s days",
            amount=amount,
            days=days,
        )

    @api.model
    def _request(self, episode):
        return (
            self.env["approval_engine.request"]
            .sudo()
            .search([("correlation", "=", episode.correlation)], limit=1)
        )

    @api.model
    def _request_facts(self, episode):
        request = self._request(episode)
        if not request:
            return {}
        open_steps = request.step_ids.filtered(lambda step: step.state == "pending")
        approvals = request.decision_ids.filtered(
            lambda decision: (
                decision.action == "approve" and decision.round == request.round
            )
        ).sorted("sequence")
        option = request.type_id.option_ids.filtered(
            lambda option: option.code == request.option
        )
        return {
            "request": self._link(request),
            "request_state": request.state,
            "option": option.name or None,
            "waiting_for": tuple(open_steps.mapped("name")),
            "decided_by": tuple(approvals.mapped("user_name")),
            "outcome": request.outcome or None,
        }

    @api.model
    def _delivery_facts(self, episode):
        """What became of the news to the echo; other endpoints have their own screens."""
        deliveries = (
            self.env["event_hub.delivery"]
            .sudo()
            .search(
                [
                    ("correlation", "=", episode.correlation),
                    ("endpoint_id.url", "=like", f"%{ECHO_PATH}"),
                ],
                order="id",
            )
        )
        echoes = (
            self.env["saas_demo.echo"]
            .sudo()
            .search([("correlation", "=", episode.correlation)])
        )
        return {
            "delivery": self._link(deliveries[-1:]),
            "deliveries": len(deliveries),
            "delivered": len(
                deliveries.filtered(lambda delivery: delivery.state == "delivered")
            ),
            "echoes": len(echoes),
            "echoes_verified": len(echoes.filtered("verified")),
        }

    @api.model
    def _link(self, record):
        return steps.Link(record._name, record.id) if record else None

    # ---------------------------------------------------------------- what is shown

    @api.model
    def _episode(self, episode, facts):
        if not episode:
            return False
        request = self._request(episode)
        return {
            "account": facts.account,
            "invoice": facts.invoice,
            "correlation": episode.correlation,
            "paid": facts.paid,
            "working": not steps.ended(facts) and facts.request_state != "pending",
            "deciders": self._deciders(request),
            "decision_url": f"/odoo/approval_engine.request/{request.id}"
            if request
            else False,
        }

    @api.model
    def _deciders(self, request):
        """:return: the personas whose decision is due now"""
        if request.state != "pending":
            return []
        due = request.step_ids.filtered(
            lambda step: step.state == "pending"
        ).assignment_ids
        logins = due.filtered(lambda seat: seat.state == "pending").mapped(
            "user_id.login"
        )
        return [
            {"login": p.login, "role": p.role} for p in PERSONAS if p.login in logins
        ]

    @api.model
    def _step(self, step):
        return {
            "key": step.key,
            "title": step.title,
            "status": step.status.value,
            "sentence": step.sentence,
            "details": list(step.details),
            "link": self._shown(step.link),
        }

    @api.model
    def _shown(self, link):
        """:return: the link, if the user may open it"""
        if not link or not self.env[link.model].browse(link.id).has_access("read"):
            return False
        return {"model": link.model, "id": link.id, "label": LABELS[link.model]}

    @api.model
    def _timeline(self, episode):
        """:return: the episode's ledger in words, oldest first"""
        events = self._events(episode)[-TIMELINE_LENGTH:] if episode else []
        readable = self.env["event_hub.event"].has_access("read")
        return [
            {
                "id": event.id,
                "at": str(event.recorded_at.replace(microsecond=0)),
                "words": words.sentence(
                    event.type,
                    event.attributes or {},
                    event.actor_id.sudo().name or "",
                    event.activity,
                ),
                "link": readable and {"model": event._name, "id": event.id},
            }
            for event in events
        ]

    @api.model
    def _echoes(self, episode):
        """:return: what the echo received in this episode, newest first"""
        if not episode:
            return []
        rows = self.env["saas_demo.echo"].search(
            [("correlation", "=", episode.correlation)]
        )
        return [
            {
                "id": row.id,
                "type": row.type,
                "verified": row.verified,
                "verdict": row.verdict,
                "raw": self._raw(row),
            }
            for row in rows
        ]

    @api.model
    def _raw(self, echo):
        """:return: headers and body as text, JSON with indentation"""
        headers = "\n".join(
            f"{name}: {value}" for name, value in (echo.headers or {}).items()
        )
        try:
            body = json.dumps(json.loads(echo.body), indent=2, ensure_ascii=False)
        except ValueError:
            body = echo.body
        return f"{headers}\n\n{body}"

    @api.model
    def _screens(self):
        """:return: the screens in the current user's menu"""
        menus = self.env["ir.ui.menu"]
        visible = menus._visible_menu_ids()
        found = [
            (name, self.env.ref(xmlid, raise_if_not_found=False) or menus)
            for name, xmlid in SCREENS
        ]
        return [
            {"name": name, "action": menu.sudo().action.id}
            for name, menu in found
            if menu.id in visible
        ]
