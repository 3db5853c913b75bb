from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.event_hub.tools import gate

from ..policies import words
from ..policies.incidents import downtime, life, surge
from ..tools.clock import utcnow

REMINDER = "mail.mail_activity_data_todo"
SUPPORT_GROUP = "support_visibility.group_support_user"
MANAGER_GROUP = "support_visibility.group_support_manager"


class SupportVisibilityIncidentWatch(models.Model):
    """What incidents hear from monitoring, and what time asks of them."""

    _inherit = "support_visibility.incident"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ from monitoring and releases

    @api.model
    def _hear(self, events):
        """Follow incidents of monitoring and note releases; called by a shipped rule.

        :param events: ``incident.*`` and ``release.published``, in the order in which they were heard
        """
        for event in events.sorted(lambda event: (event.occurred_at, event.id)):
            if event.type == "release.published":
                self._hear_release(event)
            else:
                self._hear_incident(event)
        return True

    def _hear_release(self, event):
        data = event.attributes or {}
        Releases = self.env["support_visibility.release"].sudo()
        vals = {
            "name": str(data.get("version") or "?")[:100],
            "published_at": event.occurred_at.replace(microsecond=0),
            "company_id": event.company_id.id,
        }
        if not Releases.search_count([(k, "=", v) for k, v in vals.items()], limit=1):
            parts = ", ".join(map(str, data.get("components") or []))
            Releases.create(
                {
                    **vals,
                    "components": parts[:500],
                    "url": data.get("url"),
                    "source_id": event.source_id.id,
                }
            )

    def _hear_incident(self, event):
        data = event.attributes or {}
        ref = str(data["incident"])[:200]
        incident = self.sudo().search(
            [("source_id", "=", event.source_id.id), ("external_ref", "=", ref)],
            limit=1,
        )
        incident = incident or self._heard_first(event, ref)
        incident._follow_severity(str(data.get("severity") or incident.severity))
        if event.type == "incident.resolved" and incident.state in life.RUNNING:
            at = _moment(data.get("resolved_at")) or event.occurred_at
            incident._move(
                life.RESOLVED,
                "support.incident_resolved",
                "Incident resolved",
                max(at.replace(microsecond=0), incident.started_at),
            )

    def _heard_first(self, event, ref):
        data = event.attributes or {}
        company = event.company_id
        known = self.env["support_visibility.component"].sudo()._ids_by_word(company)
        component_id = known.get(words.key(data.get("component")))
        started = _moment(data.get("started_at")) or event.occurred_at
        vals = {
            "name": self.env._(
                "%(part)s fails (%(ref)s)", part=data.get("component") or "?", ref=ref
            ),
            "company_id": company.id,
            "severity": str(data.get("severity") or 3),
            "severity_by_id": False,
            "started_at": started.replace(microsecond=0),
            "source_id": event.source_id.id,
            "external_ref": ref,
            "component_ids": [(6, 0, [component_id] if component_id else [])],
        }
        incident = gate.admit_births(self.sudo(), [vals]).create([vals])
        return incident.with_env(self.sudo().env)

    def _follow_severity(self, severity):
        if severity != self.severity and severity in dict(life.SEVERITIES):
            self.action_change_severity(severity, self.env._("as monitoring says"))

    # ------------------------------------------------------------------ time

    @api.model
    def _cron_watch(self):
        """Entry point of the Scheduled Action: words to customers that are overdue, and surges of tickets."""
        self._remind_of_updates()
        self._look_for_surges()
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _remind_of_updates(self):
        """One reminder to who leads, else to the team leaders' first, while customers wait for a word."""
        due = self.search(
            [("next_update_at", "<", fields.Datetime.to_string(utcnow()))]
        )
        reminded = self.browse(due._update_reminder().mapped("res_id"))
        for incident in due - reminded:
            incident.with_context(mail_activity_quick_update=True).activity_schedule(
                REMINDER,
                user_id=incident._who_answers().id,
                summary=self.env._("Customers wait for a word"),
                date_deadline=incident.next_update_at.date(),
            )
            incident._tell("support.incident_update_due", "Word to customers overdue")

    def _who_answers(self):
        """:return: one active colleague of support who can write the word: who leads, else a stakeholder, the leader
        of a hit team, who opened it, any support manager; the first there is"""
        self.ensure_one()
        readers = self.env.ref(SUPPORT_GROUP).all_user_ids
        managers = self.env.ref(MANAGER_GROUP).all_user_ids
        candidates = [
            self.commander_id,
            self.stakeholder_ids,
            self.sudo().ticket_ids.team_id.leader_id,
            self.create_uid,
            managers.filtered(lambda user: self.company_id in user.company_ids),
        ]
        for people in candidates:
            able = people.filtered(lambda u: u.active and not u.share) & readers
            if able:
                return able[0]
        return self.env["res.users"]

    def _update_reminder(self):
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("summary", "=", self.env._("Customers wait for a word")),
                ]
            )
        )

    @api.model
    def _look_for_surges(self):
        """Tell where more tickets came in within the hour than is usual: per account, and per category."""
        now = utcnow()
        for company in self.env["res.company"].search(Domain.TRUE):
            for name in ("account_id", "category_id", "component_id"):
                self._look_for_surges_by(company, name, now)

    def _look_for_surges_by(self, company, name, now):
        Tickets = self.env["support_visibility.ticket"]
        start = now - timedelta(weeks=surge.WEEKS, hours=1)
        base = [("company_id", "=", company.id), (name, "!=", False)]
        hot = Tickets._read_group(
            [
                *base,
                ("opened_at", ">", now - timedelta(hours=1)),
                ("opened_at", "<=", now),
            ],
            [name],
            ["__count"],
            having=[("__count", ">=", surge.LEAST)],
        )
        if not hot:
            return
        first = Tickets.search(
            [("company_id", "=", company.id)], order="opened_at", limit=1
        ).opened_at
        for record, _count in hot:
            opened = Tickets.search_fetch(
                [*base, (name, "=", record.id), ("opened_at", ">", start)],
                ["opened_at"],
            ).mapped("opened_at")
            found = surge.judge(*surge.same_hour(opened, now, surge.WEEKS, first))
            if found:
                self._tell_surge(company, record, found, now)

    def _tell_surge(self, company, record, found, now):
        """One event an hour and subject, with the figures that say why, and the releases that may be behind it."""
        releases = self.env["support_visibility.release"].search(
            [
                ("company_id", "=", company.id),
                ("published_at", ">", now - timedelta(hours=surge.RELEASE_HOURS)),
            ]
        )
        near = surge.suspects([(r.name, r.published_at) for r in releases], now)
        self.env["support_visibility.surge"].sudo()._found(
            company, record, found, now, [name for name, _hours in near]
        )

    # ------------------------------------------------------------------ what it cost

    @api.model
    def _downtime(self, account, since, until):
        """:return: minutes in which incidents hit an account, each minute once, without announced maintenance"""
        hits = self.env["support_visibility.incident_hit"].search(
            [("account_id", "=", account.id)]
        )
        windows = hits.incident_id._maintenance_windows()
        troubles = [
            (span, windows[hit.incident_id])
            for hit in hits
            if (span := hit._span(utcnow()))
        ]
        return downtime.downtime_minutes(troubles, (since, until))


def _moment(text):
    """:return: naive UTC of a time as events tell it, None for none"""
    if not text:
        return None
    return fields.Datetime.to_datetime(str(text).replace("T", " ").rstrip("Z")[:19])
