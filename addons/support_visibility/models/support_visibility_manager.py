from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import id_of, one_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MANAGER_GROUP
from ..policies.seeing import forecast, periods
from ..tools.clock import utcnow

TICKET, CLOCK = "support_visibility.ticket", "support_visibility.sla_clock"
SOON = timedelta(hours=1)


class SupportVisibilityManager(models.AbstractModel):
    """What a support manager asks in the morning, counted now, from the records this person may see.

    Every figure carries the domain it was counted by, so that it opens exactly those records.
    """

    _name = "support_visibility.manager"
    _description = "Support Today"

    @api.model
    @takes(
        team_id=id_of("support_visibility.team", optional=True),
        period=one_of(*periods.DAYS),
    )
    def overview(self, team_id=None, period=periods.TODAY):
        """Load, age, risk, forecast, handoffs, breaches and backlog, in one call.

        A *figure* is ``{"count", "label", "model", "domain"}``.

        :param team_id: only this team; None: all
        :param period: of handoffs and breaches: ``today``, ``week`` or ``month``, from midnight of the reader
        :return: ``{"as_of", "answer": [sentence], "teams": [{"id", "name"}], "open", "unassigned", "broken", "soon",
            "ahead": figures, "hours": [figure by hour to come], "next": [{"id", "ticket_id", "ticket", "kind",
            "due_at", "agent"}], "forecast": {"words", "expected", "likely": figure}, "load": [figure and "user_id",
            "capacity", "percent", "status", "away"], "ageing", "handoffs", "breaches": figures and causes, "backlog":
            [per team: "id", "name", "open", "unassigned", "urgent", "waiting": figures]}``
        :raises AccessError: the caller is no support manager
        """
        self._check_manager()
        ask = self._ask(team_id or None, period)
        found = {
            "as_of": _iso(ask["now"]),
            "period": period,
            "team_id": team_id or False,
            "teams": self._teams(),
            **self._desk(ask),
            **self._risk(ask),
            **self._handed(ask),
            **self._broken(ask),
        }
        return {**found, "answer": self._sentences(found)}

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "Only support managers see how the whole desk is doing. Your own tickets are in My Queue."
                )
            )

    def _ask(self, team_id, period):
        """:return: what all parts are asked for: ``{"now", "since", "team_id"}``, naive UTC"""
        now = utcnow().replace(microsecond=0)
        since = periods.begin(period, now, self.env.user.tz or "UTC")
        return {"now": now, "since": since, "team_id": team_id}

    def _teams(self):
        teams = self.env["support_visibility.team"].search_fetch(Domain.TRUE, ["name"])
        return [{"id": team.id, "name": team.name} for team in teams]

    # ------------------------------------------------------------------ figures

    @api.model
    def _figure(self, count, label, model, domain, **more):
        return {
            "count": count,
            "label": label,
            "model": model,
            "domain": [_plain(term) for term in domain],
            **more,
        }

    @api.model
    def _ticket_domain(self, ask):
        """:return: terms of the open tickets that are asked for"""
        terms = list(self.env[TICKET]._open_domain())
        return terms + ([("team_id", "=", ask["team_id"])] if ask["team_id"] else [])

    @api.model
    def _clock_domain(self, ask):
        return [("ticket_id.team_id", "=", ask["team_id"])] if ask["team_id"] else []

    # ------------------------------------------------------------------ in words

    def _sentences(self, found):
        """:return: the answer that stands first, a sentence each"""
        if not found["open"]["count"] and not found["broken"]["count"]:
            return [self.env._("No ticket is open. Nothing waits for anybody.")]
        told = [self._about_promises(found), found["forecast"]["words"]]
        told += [self._about_people(found), self._about_breaches(found)]
        return [sentence for sentence in told if sentence]

    def _about_promises(self, found):
        broken, ahead = found["broken"]["count"], found["ahead"]["count"]
        told = {
            "broken": broken,
            "ahead": ahead,
            "soon": found["soon"]["count"],
            "hours": forecast.HOURS,
        }
        if not broken and not ahead:
            return self.env._(
                "No promise is broken, and none runs out in the next %(hours)s hours.",
                **told,
            )
        return " ".join(filter(None, (self._of_broken(told), self._of_ahead(told))))

    def _of_broken(self, told):
        if not told["broken"]:
            return self.env._("No promise is broken and still open.")
        if told["broken"] == 1:
            return self.env._("1 promise is broken and still open.")
        return self.env._("%(broken)s promises are broken and still open.", **told)

    def _of_ahead(self, told):
        if not told["ahead"]:
            return self.env._("None runs out in the next %(hours)s hours.", **told)
        if told["ahead"] == 1:
            return self.env._(
                "1 promise runs out in the next %(hours)s hours, %(soon)s within the hour.",
                **told,
            )
        return self.env._(
            "%(ahead)s promises run out in the next %(hours)s hours, %(soon)s within the hour.",
            **told,
        )

    def _about_people(self, found):
        waiting = found["unassigned"]["count"]
        over = [row["name"] for row in found["load"] if row["status"] == "critical"]
        told = []
        if waiting:
            told.append(
                self.env._("1 ticket waits for a person.")
                if waiting == 1
                else self.env._("%(count)s tickets wait for a person.", count=waiting)
            )
        if over:
            told.append(
                self.env._(
                    "More than their capacity: %(people)s.", people=", ".join(over[:3])
                )
            )
        return " ".join(told)

    def _about_breaches(self, found):
        causes = [cause for cause in found["causes"] if cause["count"]]
        if not causes:
            return ""
        first = max(causes, key=lambda cause: cause["count"])
        return self.env._(
            "Of %(all)s broken %(when)s, %(count)s lost most of their time here: %(cause)s.",
            all=found["breaches"]["count"],
            when=self._when(found["period"]),
            count=first["count"],
            cause=first["label"].lower(),
        )

    def _when(self, period):
        return {
            periods.TODAY: self.env._("today"),
            periods.WEEK: self.env._("in the last 7 days"),
            periods.MONTH: self.env._("in the last 30 days"),
        }[period]


def _iso(moment):
    return f"{moment.isoformat()}Z"


def _plain(term):
    """A term as JSON takes it."""
    if isinstance(term, str):
        return term
    name, operator, value = term
    if hasattr(value, "isoformat"):
        value = fields.Datetime.to_string(value)
    return [name, operator, list(value) if isinstance(value, tuple | set) else value]
