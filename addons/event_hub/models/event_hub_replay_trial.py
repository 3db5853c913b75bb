from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies import replay, states
from .event_hub_background import DRAFT
from .event_hub_replay import NEEDED

TRIAL = 1000  # messages tried while the user waits, the oldest first
SHOWN = 100  # lines of a trial on the screen
BADGES = {
    states.PROCESSED: "text-bg-success",
    states.FAILED: "text-bg-warning",
    states.PARKED: "text-bg-warning",
    states.DEAD: "text-bg-danger",
}


class EventHubReplay(models.Model):
    """What a replay would do, before it is done: tried, told and undone."""

    _inherit = "event_hub.replay"

    trial_page = fields.Html(compute="_compute_trial_page", sanitize=False)

    @api.depends("trial")
    def _compute_trial_page(self):
        for asked in self:
            asked.trial_page = asked.trial and asked._page(asked.trial)

    def action_try(self):
        """Find out what would happen, and keep nothing but the answer."""
        self._check_admin()
        for asked in self:
            if asked.state != DRAFT:
                raise UserError(
                    self.env._("%(name)s has begun.", name=asked.display_name)
                )
            asked.sudo()._record(trial=asked._try())
        return True

    def _try(self):
        """:return: as ``event_hub.message._try_replay``, with ``total`` and ``tried``"""
        self.ensure_one()
        messages = self.env["event_hub.message"].sudo()
        domain = self._domain()
        oldest = messages.search_fetch(domain, NEEDED, order="id", limit=TRIAL)
        told = oldest.try_lock_for_update()._try_replay()  # others are in work
        tried = len(told["messages"])
        return {**told, "total": messages.search_count(domain), "tried": tried}

    def _page(self, trial):
        """:return: what a trial told, as a table; everything from outside is escaped"""
        labels = dict(
            self.env["event_hub.message"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        badges = Markup(" ").join(
            Markup(
                "<span class='badge rounded-pill {css} fs-6'>{count} {label}</span>"
            ).format(
                css=BADGES.get(state, "text-bg-secondary"),
                count=count,
                label=labels[state],
            )
            for state, count in self._outcomes(trial)
        )
        lines = Markup("").join(
            Markup(
                "<tr><td><a href='/odoo/hub-inbox/{id}'>#{id}</a></td>"
                "<td><span class='badge rounded-pill {css}'>{label}</span></td><td class='text-break'>{what}</td></tr>"
            ).format(
                id=line["id"],
                css=BADGES.get(line["state"], "text-bg-secondary"),
                label=labels[line["state"]],
                what=line["error"]
                or ", ".join(line["events"])
                or self.env._("known already: no effect"),
            )
            for line in trial["messages"][:SHOWN]
        )
        return Markup(
            "<p class='mb-1'>{badges}</p><p>{sentence}</p><table class='table table-sm'><thead><tr><th>{message}</th>"
            "<th>{becomes}</th><th>{why}</th></tr></thead><tbody>{lines}</tbody></table>{more}"
        ).format(
            badges=badges,
            sentence=self._sentence(trial),
            message=self.env._("Message"),
            becomes=self.env._("Would be"),
            why=self.env._("Events, or what is still wrong"),
            lines=lines,
            more=self._more(trial),
        )

    @staticmethod
    def _outcomes(trial):
        """:return: ``[(state, count)]``, what works first: the database keeps JSON in an order of its own"""
        counts = replay.outcomes(line["state"] for line in trial["messages"])
        return list(counts.items())

    def _sentence(self, trial):
        parts = [
            self.env._(
                "Tried %(tried)s of %(total)s messages, the oldest first; all of it was undone.",
                tried=trial["tried"],
                total=trial["total"],
            ),
            self.env._(
                "They would ask rules to act %(runs)s times and send %(deliveries)s deliveries.",
                runs=trial["runs"],
                deliveries=trial["deliveries"],
            ),
        ]
        return " ".join(parts)

    def _more(self, trial):
        hidden = len(trial["messages"]) - SHOWN
        if hidden <= 0:
            return ""
        return Markup("<p class='text-muted'>%s</p>") % self.env._(
            "and %(count)s more", count=hidden
        )
