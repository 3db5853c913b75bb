from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.tools import gate
from odoo.addons.support_visibility.policies.incidents import life
from odoo.addons.support_visibility.tools import channels

from ..policies.story import desk
from ..tools import past

SNOOZE = timedelta(days=4)


class SaasDemoDesk(models.AbstractModel):
    """The support desk of the demo as one finds it: what runs, what waits, what was learnt."""

    _name = "saas_demo.desk"
    _description = "Support desk of the demo"

    @api.model
    def _tell(self):
        self._provision()
        for visit in desk.VISITS:
            self._tell_visit(visit)
        for trouble in desk.TROUBLES:
            self._tell_trouble(trouble)
        for escalation in desk.ESCALATIONS:
            self._tell_escalation(*escalation)
        self._tell_entitlements()
        self._explain_breaches()
        self._tell_promise(*desk.PROMISE)
        self._tell_both_sides(*desk.BOTH_SIDES)

    @contextmanager
    def _ago(self, hours):
        """Time is `hours` before now; what happened is in the ledger when the block ends."""
        at = fields.Datetime.now() - timedelta(hours=hours)
        with past.telling(at):
            yield at
            self.env["event_hub.event"]._flush_emitted()

    def _user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def _as(self, records, login):
        return records.with_user(self._user(login))

    def _account(self, code):
        return self.env["res.partner"].search([("account_code", "=", code)])

    # ---------------------------------------------------------------- what the desk works with

    @api.model
    def _provision(self):
        skills = self.env["support_visibility.skill"].create(
            [{"name": name} for name in desk.SKILLS]
        )
        agents = self.env["support_visibility.agent"]
        for login, capacity, of in (("agent", 12, skills), ("support_manager", 4, [])):
            user = self._user(login)
            if not agents.search_count([("user_id", "=", user.id)], limit=1):
                agents.create({"user_id": user.id})
            agents.search([("user_id", "=", user.id)]).write(
                {
                    "capacity": capacity,
                    "skill_ids": [(6, 0, [skill.id for skill in of])],
                }
            )
        self.env["support_visibility.macro"].create(
            [
                {
                    "name": name,
                    "reply": reply,
                    "promise": promise,
                    "promise_amount": worth,
                }
                for name, reply, promise, worth in desk.MACROS
            ]
        )
        self.env["support_visibility.component"].create(
            [{"code": code, "name": name} for code, name in desk.COMPONENTS.items()]
        )
        now = fields.Datetime.now()
        self.env["support_visibility.release"].create(
            [
                {
                    "name": version,
                    "published_at": now - timedelta(hours=hours),
                    "components": parts,
                    "company_id": self.env.ref("base.main_company").id,
                }
                for version, hours, parts in desk.RELEASES
            ]
        )

    # ---------------------------------------------------------------- customers who write themselves

    @api.model
    def _tell_visit(self, visit):
        with self._ago(visit.hours) as at:
            ticket = self._open(visit, at)
            ticket._tell("support.ticket_opened", "Ticket opened", at=at)
            if visit.login:
                self._as(ticket, visit.login)._quietly().action_assign(
                    self._user(visit.login).id
                )
        for said in visit.said:
            with self._ago(said.hours):
                self._say(ticket, said)
        if visit.then:
            hours = visit.said[-1].hours - 0.1
            with self._ago(hours) as at:
                self._end(ticket, visit, at)

    def _open(self, visit, at):
        account = self._account(visit.account)
        category = self.env["support_visibility.category"].search(
            [("code", "=", visit.category)]
        )
        Tickets = channels.through(self.env["support_visibility.ticket"], visit.channel)
        births = [
            {
                "name": visit.title,
                "description": visit.description,
                "partner_id": account.id,
                "email_from": account.email,
                "category_id": category.id,
                "company_id": self.env.ref("base.main_company").id,
                "opened_at": at,
            }
        ]
        return gate.admit_births(Tickets, births)._quietly().create(births)

    def _say(self, ticket, said):
        speaker = self._as(ticket, said.login) if said.login else ticket
        author = self._user(said.login).partner_id or ticket.partner_id
        speaker.with_context(mail_notify_force_send=False)._quietly().message_post(
            body=said.text,
            author_id=author.id,
            message_type="comment" if said.login else "email",
            subtype_xmlid="mail.mt_comment",
        )

    def _end(self, ticket, visit, at):
        mine = self._as(ticket, visit.login)._quietly()
        if visit.then == "wait":
            mine.action_wait()
        elif visit.then == "snooze":
            mine.action_snooze(
                fields.Datetime.to_string(fields.Datetime.now() + SNOOZE),
                "Until the week before they move",
            )
        else:
            ticket._set_state("solved", at={ticket.id: at})
        if visit.rating:
            ticket.rating_apply(
                visit.rating, rating=ticket._rating_of_now(), feedback=visit.feedback
            )

    @api.model
    def _tell_escalation(self, code, why, reason_class, hours):
        ticket = self._open_ticket_of(code)
        with self._ago(hours):
            self._as(ticket, "agent")._quietly().action_escalate(why, reason_class)

    # ---------------------------------------------------------------- incidents

    @api.model
    def _tell_trouble(self, trouble):
        now = fields.Datetime.now()
        component = self.env["support_visibility.component"].search(
            [("code", "=", trouble.component)]
        )
        with self._ago(trouble.noticed) as noticed:
            incident = self._as(
                self.env["support_visibility.incident"], "agent"
            ).create(
                {
                    "name": trouble.name,
                    "severity": trouble.severity,
                    "component_ids": [(6, 0, component.ids)],
                    "started_at": now - timedelta(hours=trouble.started),
                }
            )
            incident._write_guarded({"detected_at": noticed})
            incident.action_link_tickets(self._tickets(trouble.titles).ids)
            self._as(incident, "support_manager").action_confirm_severity()
        self._tell_afterwards(incident, trouble)
        for step in trouble.steps:
            with self._ago(step.hours) as at:
                self._take_step(self._as(incident, step.login), step, at)

    def _tickets(self, titles):
        Tickets = self.env["support_visibility.ticket"]
        return Tickets.search(
            [("name", "in", titles), *Tickets._open_domain()], limit=4
        )

    def _tell_afterwards(self, incident, trouble):
        if not trouble.cause:
            return
        problem = self.env["support_visibility.problem"].create(
            {"name": trouble.cause, "workaround": trouble.workaround}
        )
        incident.write(
            {
                "cause": trouble.cause,
                "learnt": trouble.learnt,
                "problem_id": problem.id,
                "release": desk.RELEASES[0][0],
            }
        )

    def _take_step(self, incident, step, at):
        if step.kind == "update":
            incident._write_guarded({"told_at": at})
            incident._note("update", step.text, at)
            incident._tell("support.incident_update", "Customers told")
        elif step.kind == "note":
            incident._note("note", step.text, at)
        else:
            label = dict(life.STATES)[step.kind].lower()
            incident._move(
                step.kind, f"support.incident_{step.kind}", f"Incident {label}", at
            )
            if step.kind == life.ACKNOWLEDGED:
                incident.commander_id = incident.env.user

    # ---------------------------------------------------------------- what was promised

    @api.model
    def _tell_entitlements(self):
        levels = self.env["support_visibility.entitlement_level"].create(
            [{"name": name, "sequence": at} for at, name in enumerate(desk.LEVELS, 1)]
        )
        of = dict(zip(desk.LEVELS, levels, strict=True))
        today = fields.Date.today()
        self.env["support_visibility.entitlement"].create(
            [
                {
                    "account_id": self._account(code).id,
                    "company_id": self.env.ref("base.main_company").id,
                    "level_id": of[level].id,
                    "date_from": today - timedelta(days=ago),
                    "date_to": today + timedelta(days=to_go),
                    "included_tickets": tickets,
                    "included_hours": hours,
                }
                for code, level, ago, to_go, tickets, hours in desk.ENTITLEMENTS
            ]
        )

    @api.model
    def _explain_breaches(self):
        broken = self.env["support_visibility.sla_clock"].search(
            [("state", "=", "breached")],
            order="breached_at",
            limit=len(desk.BREACHES),
        )
        for clock, code in zip(broken, desk.BREACHES, strict=False):
            reason = self.env.ref(f"support_visibility.breach_reason_{code}")
            self._as(clock, "support_manager").action_explain(reason.id)

    # ---------------------------------------------------------------- what waits for a person

    @api.model
    def _tell_promise(self, code, words, worth, hours):
        ticket = self._open_ticket_of(code)
        with self._ago(hours) as at:
            reply_id = self._as(ticket, "agent").action_reply_with_promise(
                words, "credit", worth
            )
            reply = self.env["support_visibility.held_reply"].browse(reply_id)
            reply.sudo().held_at = at

    def _open_ticket_of(self, code):
        Tickets = self.env["support_visibility.ticket"]
        return Tickets.search(
            [
                ("account_id", "=", self._account(code).id),
                ("source_id", "!=", False),
                *Tickets._open_domain(),
            ],
            order="opened_at desc",
            limit=1,
        )

    @api.model
    def _tell_both_sides(self, code, ours, theirs, hours):
        ticket = self._open_ticket_of(code)
        with self._ago(hours + 1):
            self._as(ticket, "agent")._quietly().name = ours
        with self._ago(hours) as at:
            self.env["saas_demo.story"]._hear(
                "helpdesk",
                f"msg_both_sides_{ticket.external_ref}",
                [
                    {
                        "specversion": "1.0",
                        "type": "support.ticket_updated",
                        "source": "/helpdesk",
                        "id": f"both-{ticket.external_ref}",
                        "subject": code,
                        "time": f"{at.isoformat()}Z",
                        "data": {"ticket": ticket.external_ref, "title": theirs},
                    }
                ],
            )
