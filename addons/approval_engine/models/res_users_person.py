from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.tools import caches

from ..policies import persons

MATCHED = frozenset({"partner_id", "email", "email_normalized"})


class ResUsers(models.Model):
    """Logins of one person, archived ones too: those of one contact, or with the same e-mail address."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @caches.remembered(cache=caches.STABLE)
    def _logins(self):
        """:return: ``persons.Logins`` of everybody who has several"""
        self.env["res.partner"].flush_model(["email", "email_normalized"])
        self.flush_model(["partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT array_agg(login.id)
                  FROM res_users login JOIN res_partner contact ON contact.id = login.partner_id
                 WHERE login.id != %s
                 GROUP BY coalesce(nullif(contact.email_normalized, ''), 'contact ' || contact.id)
                HAVING count(*) > 1
                """,
                SUPERUSER_ID,
            )
        )
        people = [frozenset(ids) for (ids,) in rows]
        return {id_: person for person in people for id_ in person}

    def _all_logins(self):
        """:return: these users and all further logins of the same people"""
        return self.browse(sorted(persons.everyone(set(self.ids), self._logins())))

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._forget_logins()
        return users

    def write(self, vals):
        result = super().write(vals)
        if MATCHED.intersection(vals):
            self._forget_logins()
        return result

    def unlink(self):
        known = set(self.ids) & self._logins().keys()
        result = super().unlink()
        if known:
            caches.forget(self.env, caches.STABLE)
        return result

    def _forget_logins(self):
        """After these came or changed: only if one of them was, or is now, one of several logins of a person."""
        if set(self.ids) & self._logins().keys() or self._share_a_person():
            caches.forget(self.env, caches.STABLE)

    def _share_a_person(self):
        contacts = self.sudo().partner_id
        emails = [email for email in contacts.mapped("email_normalized") if email]
        same = Domain("partner_id", "in", contacts.ids)
        if emails:
            same |= Domain("partner_id.email_normalized", "in", emails)
        users = self.sudo().with_context(active_test=False)
        several = len(contacts) < len(self) or len(set(emails)) < len(emails)
        return several or bool(
            users.search_count(same & Domain("id", "not in", self.ids), limit=1)
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if MATCHED.intersection(vals):
            self.sudo().with_context(active_test=False).user_ids._forget_logins()
        return result
