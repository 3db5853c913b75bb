from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.policies.arguments import TEXT, one_of
from odoo.addons.event_hub.tools import gate, history
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MANAGER_GROUP
from ..policies.desk.severity import (
    CONFIRMED,
    GRAVE,
    STANDINGS,
    UNCONFIRMED,
    may_change,
    standing,
)
from ..policies.escalation import MAX_REASON_CHARS
from ..tools.clock import utcnow

REMINDER = "support_visibility.activity_type_severity"


class SupportVisibilityTicketSeverity(models.Model):
    """A severity of 1 or 2 is claimed by anybody and confirmed by whoever answers for the team."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    severity_state = fields.Selection(
        STANDINGS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Severity 1 and 2 have to be confirmed by the leader of the team or a support manager.",
    )
    severity_due_at = fields.Datetime("Confirm Before", readonly=True, copy=False)
    severity_by_id = fields.Many2one(
        "res.users", "Severity Confirmed by", readonly=True, copy=False
    )
    can_confirm_severity = fields.Boolean(compute="_compute_can_confirm_severity")

    @api.depends("severity_state", "team_id")
    @api.depends_context("uid")
    def _compute_can_confirm_severity(self):
        for ticket in self:
            waits = ticket.severity_state == UNCONFIRMED
            ticket.can_confirm_severity = waits and ticket._may_confirm_severity()

    def _may_confirm_severity(self):
        leader = self.sudo().team_id.leader_id
        return leader == self.env.user or self.env.user.has_group(MANAGER_GROUP)

    # ------------------------------------------------------------------ setting

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered(lambda t: t.severity in GRAVE)._severity_set({})
        return tickets

    def write(self, vals):
        if "severity" not in vals:
            return super().write(vals)
        before = {ticket.id: ticket.severity for ticket in self}
        moving = self.filtered(lambda t: t.severity != (vals["severity"] or False))
        if not gate.is_admitted(self, vals, vals):  # another helpdesk has its own word
            moving._check_severity_change()
        result = super().write(vals)
        moving._severity_set(before)
        return result

    def _check_severity_change(self):
        for ticket in self:
            if not may_change(ticket.severity_state, ticket._may_confirm_severity()):
                raise UserError(
                    self.env._(
                        "The severity of %(ticket)s was confirmed by %(user)s. Only the leader of the team or a "
                        "support manager changes it.",
                        ticket=ticket.display_name,
                        user=ticket.sudo().severity_by_id.name,
                    )
                )

    def _severity_set(self, before):
        """Somebody said how bad these are.

        :param dict before: ticket id -> the severity it had
        """
        if history.is_told():
            return
        now = utcnow()
        for (stands, minutes), tickets in self.grouped(
            lambda t: (
                standing(t.severity or None, t._may_confirm_severity()),
                t.sudo().team_id.severity_minutes,
            )
        ).items():
            waits = stands == UNCONFIRMED
            tickets._write_guarded(
                {
                    "severity_state": stands or False,
                    "severity_due_at": waits and now + timedelta(minutes=minutes),
                    "severity_by_id": stands == CONFIRMED and self.env.uid,
                }
            )
            (tickets._ask_for_severity if waits else tickets._forget_severity)()
        for ticket in self:
            ticket._tell(
                "support.severity_set",
                "Severity set",
                was=before.get(ticket.id) or "",
                stands=ticket.severity_state or "",
            )

    def _ask_for_severity(self):
        """Remind the leader of the team, once a ticket."""
        self._forget_severity()
        for ticket in self.sudo():
            leader = ticket.team_id.leader_id
            if leader:
                ticket.with_context(mail_activity_quick_update=True).activity_schedule(
                    REMINDER,
                    ticket.severity_due_at.date(),
                    user_id=leader.id,
                    summary=self.env._(
                        "Confirm severity %(severity)s", severity=ticket.severity
                    ),
                )

    def _forget_severity(self):
        self.env["mail.activity"].sudo().search(
            [
                *(("res_model", "=", self._name), ("res_id", "in", self.ids)),
                ("activity_type_id", "=", self.env.ref(REMINDER).id),
            ]
        ).unlink()

    # ------------------------------------------------------------------ answering for it

    def action_confirm_severity(self):
        """Answer for the severity of tickets.

        :raises AccessError: neither leader of the team nor support manager
        :raises UserError: there is nothing to confirm
        """
        self._hold()
        self._check_may_confirm()
        for ticket in self:
            if ticket.severity_state != UNCONFIRMED:
                raise UserError(
                    self.env._(
                        "%(ticket)s has no severity that waits to be confirmed.",
                        ticket=ticket.display_name,
                    )
                )
        self._write_guarded(
            {
                "severity_state": CONFIRMED,
                "severity_due_at": False,
                "severity_by_id": self.env.uid,
            }
        )
        self._forget_severity()
        self._tell("support.severity_confirmed", "Severity confirmed")
        return True

    @takes(severity=one_of("1", "2", "3", "4"), reason=TEXT)
    def action_change_severity(self, severity, reason):
        """Say that tickets are worse or less bad than somebody claimed.

        :param str severity: 1 (worst) to 4
        :param str reason: one sentence, kept as an internal note
        :raises AccessError: neither leader of the team nor support manager
        """
        reason = reason.strip()
        if not reason or len(reason) > MAX_REASON_CHARS:
            raise UserError(
                self.env._(
                    "Say why in a sentence of at most %(limit)s characters.",
                    limit=MAX_REASON_CHARS,
                )
            )
        self._hold()
        self._check_may_confirm()
        same = self.filtered(lambda t: t.severity == severity)
        same.filtered(
            lambda t: t.severity_state == UNCONFIRMED
        ).action_confirm_severity()
        bodies = {
            ticket.id: self.env._(
                "Severity %(old)s to %(new)s: %(reason)s",
                old=ticket.severity or "-",
                new=severity,
                reason=reason,
            )
            for ticket in self - same
        }
        (self - same).write({"severity": severity})
        (self - same)._message_log_batch(bodies)
        return True

    def _check_may_confirm(self):
        for ticket in self:
            if not ticket._may_confirm_severity():
                raise AccessError(
                    self.env._(
                        "Only the leader of %(team)s or a support manager answers for the severity of %(ticket)s.",
                        team=ticket.sudo().team_id.name or self.env._("the team"),
                        ticket=ticket.display_name,
                    )
                )
