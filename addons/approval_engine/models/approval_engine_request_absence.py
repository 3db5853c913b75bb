from odoo import api, fields, models

from ..const import SEATS_CRON
from ..policies import absence, escalation, request_state, seats


class ApprovalEngineRequest(models.Model):
    """While those asked are away, somebody else is asked as well, at once."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _asked_anew(self, users):
        result = super()._asked_anew(users)
        if users and users._approval_away():
            self.env["event_hub.waker"]._wake(SEATS_CRON)
        return result

    @api.model
    def _with_lost_seats(self):
        return super()._with_lost_seats() | self._waiting_in_vain()

    @api.model
    def _waiting_in_vain(self):
        """:return: pending requests that wait for somebody who is away and has nobody in their place"""
        away = self.env["res.users"]._approval_all_away()
        waiting = self.env["approval_engine.assignment"].search(
            [
                ("user_id", "in", away.ids),
                ("state", "=", seats.PENDING),
                ("request_id.state", "=", request_state.PENDING),
            ]
        )
        return waiting.request_id.filtered(lambda request: request._helpers())

    def _reseat(self):
        result = super()._reseat()
        self._cover_absence()
        return result

    def _cover_absence(self):
        """Ask the manager of each who is away, else the policy's owner; those away stay asked."""
        helpers = self._helpers()
        if not helpers:
            return
        asked = escalation.escalate(
            self._steps_today(),
            {key: list(people) for key, people in helpers.items()},
            owner_id=None,
            barred={self.requester_id.id} | self._spent_elsewhere(),
        )
        if not asked.added:
            return
        away = self._away_seats()
        words = {user.id: self._cover_words(user, away[user]) for user in away}
        self._write_steps(absence.with_details(asked.steps, helpers, words.get))
        self._tell_covered(helpers, words)

    def _helpers(self):
        """:return: {step id: {user id: in whose place}}: whom to ask as well"""
        missing = self._away_seats()
        if not missing:
            return {}
        lines = {user.id: self._able_people(user._approval_line()) for user in missing}
        owner = self.policy_id._able_owner(self.company_id)
        others = owner.browse(
            {*owner.ids, *(x for line in lines.values() for x in line.ids)}
        )
        return absence.cover(
            self._steps_today(),
            {user.id for user in [*missing, *others._approval_away()]},
            {user_id: line.ids for user_id, line in lines.items()},
            owner_id=owner.id or None,
            barred=self._barred_ids() | seats.deciders(self._steps()),
        )

    def _away_seats(self):
        """:return: {user: until when (naive UTC), None: unknown} of those asked now, without who has a stand-in here"""
        away = self._asked_now()._approval_away()
        if not away:
            return {}
        lent = self._lent().filtered(lambda one: one.user_id in away)
        here = lent.delegate_id - lent.delegate_id.browse(
            user.id for user in lent.delegate_id._approval_away()
        )
        covered = lent.filtered(lambda one: one.delegate_id in here).user_id
        return {user: back for user, back in away.items() if user not in covered}

    # ------------------------------------------------------------------ saying so

    @api.depends("assignment_ids.state")
    def _compute_route_data(self):
        """Each of those asked now also says {"away"}, in words; empty: they are here."""
        result = super()._compute_route_data()
        away = {
            user.id: self._away_words(back)
            for user, back in self.sudo()._asked_now()._approval_away().items()
        }
        for request in self if away else ():
            request.route_data = [
                step
                | {
                    "people": [
                        person | {"away": self._away_of(person, away)}
                        for person in step["people"]
                    ]
                }
                for step in request.route_data or []
            ]
        return result

    @api.model
    def _away_of(self, person, away):
        asked_now = person["state"] == seats.PENDING
        return away.get(person["user_id"], "") if asked_now else ""

    def _away_words(self, back):
        if not back:
            return self.env._("away")
        return self.env._("away until %(back)s", back=self._moment_words(back))

    def _cover_words(self, user, back):
        if not back:
            return self.env._("as %(user)s is away", user=user.name)
        return self.env._(
            "as %(user)s is away until %(back)s",
            user=user.name,
            back=fields.Date.to_string(back),
        )

    def _tell_covered(self, helpers, words):
        users = self.env["res.users"]
        for people in helpers.values():
            for helper, missing in people.items():
                self.message_post(
                    body=self.env._(
                        "%(helper)s is asked too, %(why)s.",
                        helper=users.browse(helper).name,
                        why=words[missing],
                    )
                )
        asked = users.browse(
            {helper for people in helpers.values() for helper in people}
        )
        self._tell(
            "approval.escalated",
            asked=asked.mapped("login"),
            waited_for=users.browse(words).mapped("login"),
            why="; ".join(words.values()),
        )
        self._mail_escalated(asked, users)
