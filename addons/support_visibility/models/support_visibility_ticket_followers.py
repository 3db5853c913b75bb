from odoo import api, models

NEWBORN = "support_visibility.newborn"
FOLLOWED_LATER = "support_visibility_followed_later"  # of tickets that are inserted
FOLLOWED_BY = ("message_follower_ids", "message_partner_ids")


class SupportVisibilityTicketFollowers(models.Model):
    """Who opens a ticket follows it, and who is given it at once too: both are written in one go for a whole batch."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """Of tickets that are being made, people are told as ever; they follow when the making ends."""
        if not self or not (
            self.env.context.get(FOLLOWED_LATER)
            or self._newborn_ids().issuperset(self.ids)
        ):
            return super()._message_auto_subscribe(
                updated_values, followers_existing_policy
            )
        if not self._urgent():
            return True
        for partner_id, _subtypes, template in self._message_auto_subscribe_followers(
            updated_values, []
        ):
            if template:
                lang = self.env["res.partner"].browse(partner_id).lang
                self.with_context(lang=lang)._message_auto_subscribe_notify(
                    [partner_id], template
                )
        return True

    @api.model
    def _newborn_ids(self):
        """:return: set of the tickets that are being made right now, to be added to"""
        return self.env.cr.precommit.data.setdefault(NEWBORN, set())

    def _follow_newborn(self, vals_list):
        """Have those who opened these tickets, and those who have them, follow them.

        :param vals_list: what the tickets were born with; who is named there follows already
        """
        newborn, opener = self._newborn_ids(), self._opener()
        # a savepoint empties the set: then Odoo wrote those who were given a ticket itself
        may_follow = not newborn.issuperset(self.ids) or any(
            vals.get(name) for vals in vals_list for name in FOLLOWED_BY
        )
        newborn.difference_update(self.ids)
        if self.env.context.get("tracking_disable"):  # then Odoo makes nobody follow
            return
        self.user_id.sudo().fetch(["partner_id"])
        for user, tickets in self.grouped("user_id").items():
            self.env["mail.followers"]._insert_followers(
                self._name,
                tickets.ids,
                list({*opener.ids, *user.sudo().partner_id.ids}),
                customer_ids=[],
                check_existing=may_follow,
            )

    @api.model
    def _opener(self):
        """:return: the partner who follows what this user makes, as Odoo's own create decides"""
        user = self.env.user
        if (
            self.env.context.get("mail_create_nosubscribe")
            or user.share
            or not user.active
        ):
            return self.env["res.partner"]
        return user.partner_id
