from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.event_hub.tools import caches


class Book(NamedTuple):
    """All addresses that are ours: no mail needs to ask the database for them."""

    domains: frozenset  # names of the alias domains
    of_domains: frozenset  # bounce, catchall and default addresses
    full: frozenset  # aliases that take mail to the whole address only
    local: (
        frozenset  # names of the aliases that take mail to any of the allowed domains
    )
    local_full: dict  # their whole addresses: the name


class MailAliasDomain(models.Model):
    """Every mail asks four times which of its addresses are aliases; every process remembers the answer."""

    _name = "mail.alias.domain"
    _inherit = ["mail.alias.domain", "event_hub.remembered"]

    @api.model
    def _find_aliases(self, email_list):
        """See the parent, which asks the database each time. Who may not see all aliases is answered by it."""
        if not self.env.su:
            return super()._find_aliases(email_list)
        book = self._alias_book()
        emails = [email for email in email_list if email and "@" in email]
        names = {_name(email) for email in emails if self._takes_local(book, email)}
        local = names & book.local | {
            book.local_full[email] for email in emails if email in book.local_full
        }
        ours = book.of_domains | book.full
        return [email for email in emails if email in ours or _name(email) in local]

    @api.model
    def _takes_local(self, book, email):
        given = self.env["ir.config_parameter"].get_param(
            "mail.catchall.domain.allowed"
        )
        allowed = {name for name in (given or "").split(",") if name}
        return not allowed or email.partition("@")[2] in allowed | book.domains

    @caches.remembered()
    def _alias_book(self):
        domains, aliases = (
            self.env[name].sudo().search(Domain.TRUE)
            for name in ("mail.alias.domain", "mail.alias")
        )
        local = aliases.filtered("alias_incoming_local")
        fields = ("bounce_email", "catchall_email", "default_from_email")
        return Book(
            frozenset(domains.mapped("name")),
            frozenset(address for field in fields for address in domains.mapped(field)),
            frozenset((aliases - local).mapped("alias_full_name")),
            frozenset(local.mapped("alias_name")),
            {alias.alias_full_name: alias.alias_name for alias in local},
        )


def _name(email):
    return email.partition("@")[0]
