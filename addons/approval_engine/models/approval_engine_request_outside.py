from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, WHOLE, id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import invitation


class ApprovalEngineRequest(models.Model):
    """Asking somebody from outside, who has no login: they decide this one request by a link."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    invitation_ids = fields.One2many(
        "approval_engine.invitation",
        "request_id",
        "Invited From Outside",
        readonly=True,
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"invitation_ids"}

    @takes(partner_id=id_of("res.partner"), reason=MAYBE_TEXT, hours=WHOLE)
    def action_invite(self, partner_id, reason, hours=72):
        """Ask a contact from outside, in a step of their own: without their yes it is not approved.

        For whoever could decide now, and for the owner of the policy. The contact gets a mail with a link that
        is good for this request alone, once, until it expires.

        :param partner_id: a contact with a mail address and no login inside
        :param reason: why them, in words; they read it, too
        :param hours: how long the link is good, 1 to 720; never longer than the request has time
        :raises AccessError: (403) the caller is not asked
        :raises UserError: (422) without a reason, or that contact cannot be invited
        """
        reason = self._text("reason", reason)
        person = self.env["res.partner"].browse(partner_id)
        person.check_access("read")
        for request in self._readable():
            request._refuse_unless_adder()
            request._refuse_invitation(person, reason, hours)
            request._invite(request._guest(person.sudo()), reason, hours)
        return True

    def _refuse_invitation(self, person, reason, hours):
        least, most = invitation.LEAST_HOURS, invitation.MOST_HOURS
        if not reason:
            raise UserError(
                self.env._(
                    "%(request)s: say why %(person)s is needed (reason).",
                    request=self.display_name,
                    person=person.name,
                )
            )
        if not least <= hours <= most:
            raise UserError(
                self.env._(
                    "A link is good for %(least)s to %(most)s hours (hours), not %(hours)s.",
                    least=least,
                    most=most,
                    hours=hours,
                )
            )
        if not email_normalize(person.sudo().email or ""):
            raise UserError(
                self.env._(
                    "%(person)s has no mail address that a link could be sent to.",
                    person=person.name,
                )
            )

    def _guest(self, person):
        """:return: the user as whom ``person`` decides: theirs, else a new one of the portal without a password"""
        users = person.with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise UserError(
                self.env._(
                    "%(person)s has a login inside: ask them as one more approver.",
                    person=person.name,
                )
            )
        if users:
            return self._refuse_idle_guest(users[:1])
        login = email_normalize(person.email)
        known = self.env["res.users"].with_context(active_test=False)
        if known.search_count([("login", "=", login)], limit=1):
            raise UserError(
                self.env._(
                    "%(login)s is the login of somebody else. Give %(person)s a mail address of their own.",
                    login=login,
                    person=person.name,
                )
            )
        company = self.company_id
        return (
            known.with_context(no_reset_password=True)
            ._create_user_from_template(
                {
                    "email": login,
                    "login": login,
                    "partner_id": person.id,
                    "company_id": company.id,
                    "company_ids": [fields.Command.set(company.ids)],
                }
            )
            .with_env(self.env)
        )

    def _refuse_idle_guest(self, user):
        if not user.active:
            raise UserError(
                self.env._(
                    "The login of %(person)s is archived. Restore it, or invite somebody else.",
                    person=user.name,
                )
            )
        return user

    def _invite(self, user, reason, hours):
        until = invitation.until(fields.Datetime.now(), hours, self.due_at or None)
        invited, token = self.env["approval_engine.invitation"]._issue(
            self, user, reason, until
        )
        self.invalidate_recordset(["invitation_ids"])
        self._add_approver(user, reason)
        invited._mail(token)

    def _uninvited(self, taken_back):
        """Without a link nobody decides: the seat goes as that of anybody who lost the right."""
        self.message_post(
            body=self.env._(
                "%(by)s took the invitation of %(person)s back.",
                by=self.env.user.name,
                person=taken_back.user_id.name,
            )
        )
        self._reseat()

    def _shown_change(self):
        """:return: [(what, "old → new")] of a held change, as people read it"""
        change = self.change if self.governed_key else None
        return self._diff_pairs(change["old"], change["new"]) if change else []

    # ------------------------------------------------------------------ who can decide by a link

    def _guests(self):
        """:return: those whose link is good now"""
        live = self.invitation_ids.filtered_domain(
            self.env["approval_engine.invitation"]._live_domain()
        )
        return live.user_id.filtered(lambda user: user.active and user.share)

    def _able_people(self, users):
        able = super()._able_people(users)
        if not any(user.share for user in users - able):
            return able
        guests = self._guests()
        return users.filtered(lambda user: user in able or user in guests)

    def _able_here(self):
        return super()._able_here() | frozenset(self._guests().ids)

    @api.model
    def _kept_domain(self, rule, company, able):
        kept = super()._kept_domain(rule, company, able)
        invitations = self.env["approval_engine.invitation"]
        return kept | Domain("id", "in", invitations._seats_query())

    def _added_name(self, user):
        if user.share:
            return self.env._("From outside: %(user)s", user=user.name)
        return super()._added_name(user)

    def _why_lost(self, user):
        if user.share and user in self.invitation_ids.user_id:
            return self.env._("the invitation is no longer good")
        return super()._why_lost(user)
