from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

from odoo.addons.event_hub.policies.arguments import TEXT, ids_of, one_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_TEXT_CHARS
from ..policies.incidents import life
from ..tools.clock import utcnow


class SupportVisibilityIncidentMoves(models.Model):
    """What people do with an incident. Each step is told to the ledger and written on its timeline."""

    _inherit = "support_visibility.incident"  # pylint: disable=consider-merging-classes-inherited

    def action_acknowledge(self):
        """Say that somebody works on it; whoever says so leads, unless somebody does already."""
        self._move(
            life.ACKNOWLEDGED, "support.incident_acknowledged", "Incident acknowledged"
        )
        self.filtered(lambda incident: not incident.commander_id).write(
            {"commander_id": self.env.uid}
        )
        return True

    def action_mitigate(self):
        """Customers can work again, although the cause is still there."""
        return self._move(
            life.MITIGATED, "support.incident_mitigated", "Incident mitigated"
        )

    def action_resolve(self):
        return self._move(
            life.RESOLVED, "support.incident_resolved", "Incident resolved"
        )

    def action_reopen(self):
        """It is not over, or it came back."""
        return self._move(
            life.ACKNOWLEDGED, "support.incident_reopened", "Incident reopened"
        )

    def action_review(self):
        """Close the review: the root cause and what we change are written down.

        :raises UserError: one of the two is missing
        """
        for incident in self:
            if (
                not (incident.cause or "").strip()
                or not (incident.learnt or "").strip()
            ):
                raise UserError(
                    self.env._(
                        "%(incident)s: write down the root cause and what we learnt first.",
                        incident=incident.display_name,
                    )
                )
        return self._move(
            life.REVIEWED, "support.incident_reviewed", "Incident reviewed"
        )

    def _move(self, state, event_type, activity, at=None):
        self._hold_incident()
        for incident in self:
            if not life.may_move(incident.state, state):
                incident._raise_wrong_move(state)
        at = at or utcnow()
        for incident in self:
            stamps = life.stamps(state, at, incident.acknowledged_at or None)
            incident._write_guarded({"state": state, **stamps})
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            incident._note("moved", label, at)
        self._tell(event_type, activity)
        return True

    def _raise_wrong_move(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(incident)s is %(state)s and cannot become %(target)s. From here: %(possible)s.",
                incident=self.display_name,
                state=labels[self.state],
                target=labels[state],
                possible=", ".join(
                    labels[each] for each in sorted(life.MOVES[self.state])
                ),
            )
        )

    def _hold_incident(self):
        self.check_access("write")
        if self:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM support_visibility_incident WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["state", "severity", "severity_confirmed_by_id"])

    # ------------------------------------------------------------------ how bad it is

    @takes(severity=one_of(*(code for code, _label in life.SEVERITIES)), reason=TEXT)
    def action_change_severity(self, severity, reason):
        """Say how bad it is now, and why. Somebody else confirms the worst two.

        :param str severity: 1 (worst) to 4
        :param str reason: one sentence
        """
        if not reason.strip():
            raise UserError(self.env._("Say why the severity changes."))
        self._hold_incident()
        for incident in self.filtered(lambda each: each.severity != severity):
            before = incident.severity
            incident._write_guarded(
                {
                    "severity": severity,
                    "severity_by_id": self.env.uid,
                    "severity_confirmed_by_id": False,
                }
            )
            incident._note(
                "severity",
                self.env._(
                    "From Sev %(before)s to Sev %(after)s: %(why)s",
                    before=before,
                    after=severity,
                    why=reason.strip()[:500],
                ),
            )
            incident._tell("support.incident_severity", "Severity changed", was=before)
        return True

    def action_confirm_severity(self):
        """Agree with how bad somebody else said it is.

        :raises AccessError: one's own word
        """
        self._hold_incident()
        for incident in self:
            if incident.severity_by_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "You said how bad %(incident)s is; somebody else confirms it.",
                        incident=incident.display_name,
                    )
                )
        self._write_guarded({"severity_confirmed_by_id": self.env.uid})
        self._note("severity", self.env._("Severity confirmed"))
        return True

    # ------------------------------------------------------------------ tickets and customers

    @takes(ticket_ids=ids_of("support_visibility.ticket"))
    def action_link_tickets(self, ticket_ids):
        """Say that tickets are about this incident; their accounts are hit by it."""
        self.ensure_one()
        self._hold_incident()
        tickets = self.env["support_visibility.ticket"].browse(ticket_ids)
        tickets.write({"incident_id": self.id})
        return True

    def _hit(self, accounts):
        """Accounts whose tickets are about this incident are hit by it, once each."""
        self.ensure_one()
        known = self.sudo().hit_ids.account_id
        return (
            self.env["support_visibility.incident_hit"]
            .sudo()
            .create(
                [
                    {"incident_id": self.id, "account_id": account.id}
                    for account in accounts - known
                ]
            )
        )

    @takes(text=TEXT)
    def action_update(self, text):
        """Tell the customers of all linked open tickets the same, and note it on the timeline.

        :param str text: plain words, what customers should know now
        :return: how many tickets were answered
        """
        self.ensure_one()
        self._hold_incident()
        words = text.strip()
        if not words:
            raise UserError(self.env._("Write what the customers should know now."))
        self._raise_if_long(words)
        tickets = self._tickets_to_answer()
        for ticket in tickets:
            ticket.message_post(
                body=plaintext2html(words),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._write_guarded({"told_at": utcnow()})
        self._note("update", words)
        self._tell("support.incident_update", "Customers told", tickets=len(tickets))
        self._update_reminder().unlink()
        return len(tickets)

    def _tickets_to_answer(self):
        Tickets = self.env["support_visibility.ticket"]
        return Tickets.search([("incident_id", "=", self.id), *Tickets._open_domain()])

    @takes(text=TEXT)
    def action_note(self, text):
        """Write a line of the timeline."""
        self.check_access("write")
        if not text.strip():
            raise UserError(self.env._("Write what happened."))
        self._raise_if_long(text.strip())
        self._note("note", text.strip())
        return True

    def _raise_if_long(self, text):
        if len(text) > MAX_TEXT_CHARS:
            raise UserError(
                self.env._(
                    "text: at most %(most)s characters. Say it shorter, and attach the rest as a file.",
                    most=MAX_TEXT_CHARS,
                )
            )
