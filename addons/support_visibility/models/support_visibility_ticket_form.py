import hashlib

from odoo import api, models
from odoo.tools import formataddr, hmac

from ..policies.contact import match_contact
from ..policies.intake import limits, routing
from ..tools import channels
from ..tools.clock import utcnow
from .support_visibility_intake import HONEYPOT

SCOPE = "support_visibility-form"


class SupportVisibilityTicketForm(models.Model):
    """What becomes of a public form."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _form_take(self, team, word, found, place):
        """Take what somebody wrote into the public form of a team.

        A form proves nobody's identity: it never speaks on a ticket that is there, and an address of an account's
        domain is not taken for the account.

        :param dict word: name, email (normalised), subject, said, is_trapped
        :param found: ``[(file name, bytes)]``
        :param place: net address it came from; only a digest is kept
        :return: seconds until it is taken, if it was too much in too short a time; 0: it was taken
        """
        lines = self.env["support_visibility.intake"]
        digest = hmac(self.env(su=True), SCOPE, place, hashlib.sha256)[:32]
        company = team.company_id or self.env.company
        taken = lines._form_taken(word["email"], digest)
        wait = limits.wait_seconds(*taken, utcnow())
        if wait:
            lines._count_refused(team, company)
            return wait
        contacts = self.sudo()._contacts([word["email"]])
        partner_id = match_contact(word["email"], company.id, contacts)
        act, reason = self._form_fate(team, word, partner_id)
        ticket = self.sudo()
        vals = {
            "team_id": team.id,
            "company_id": company.id,
            "subject": word["subject"],
            "channel": channels.FORM,
        }
        if act == routing.NEW:
            ticket = self._form_open(team, company, partner_id, word, found)
        elif act == routing.QUARANTINE:
            kept, _refused = self._sort_for(team, found)
            self.env["support_visibility.quarantine"]._keep(
                kept, body=word["said"], reason=reason, sender=word["email"], **vals
            )
        lines._note(
            **vals,
            sender=word["email"],
            place=digest,
            outcome=act,
            reason=reason or False,
            ticket_id=ticket.id,
        )
        return 0

    def _form_fate(self, team, word, partner_id):
        if word["is_trapped"]:
            return routing.CUT, HONEYPOT
        if partner_id or team.unknown_sender == routing.ACCEPT_UNKNOWN:
            return routing.NEW, ""
        return team.unknown_sender, routing.UNKNOWN_SENDER

    def _form_open(self, team, company, partner_id, word, found):
        table = channels.through(self.sudo(), channels.FORM)
        ticket = table._intake_open(
            {
                "name": word["subject"],
                "description": word["said"],
                "email_from": formataddr((word["name"], word["email"])),
                "partner_id": partner_id or False,
                "team_id": team.id,
                "company_id": company.id,
            }
        )
        author = self.env["res.partner"].sudo().browse(partner_id or [])
        return ticket._hear_files(word["said"], found, author)
