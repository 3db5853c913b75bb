from ast import literal_eval
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_split

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
    bounces: frozenset  # addresses to which only mail comes that came back
    teams: dict  # addresses that make tickets of anybody's mail: the team's id
    of_teams: dict  # id of a team: its address


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
            frozenset(domains.mapped("bounce_email")),
            {
                alias.alias_full_name: team_id
                for alias in aliases - local
                if (team_id := _team_id(alias))
            },
            self._addresses_of_teams(),
        )

    @api.model
    def _addresses_of_teams(self):
        teams = self.env["support_visibility.team"].sudo()
        found = teams.with_context(active_test=False).search(
            [("alias_id", "!=", False)]
        )
        return {team.id: team.alias_email for team in found if team.alias_email}

    @api.model
    def _is_no_bounce(self, message, told):
        """:return: whether a mail is surely none that came back; where it may be one, Odoo judges"""
        sender = email_split(told["email_from"] or "")
        is_server = any(each.lower().startswith("mailer-daemon") for each in sender)
        return not (
            is_server
            or message.get_content_type() == "multipart/report"
            or self._alias_book().bounces.intersection(_addresses(told["to"]))
        )

    @api.model
    def _team_written_to(self, told):
        """:param dict told: as ``message_parse`` gives it
        :return: id of the only team that a mail is for; None if it is for something else of ours too
        """
        book = self._alias_book()
        addresses = _addresses(told["recipients"]) | _addresses(told["to"])
        if not book.local.isdisjoint(map(_name, addresses)):
            return None
        ours = addresses & (book.of_domains | book.full)
        return book.teams.get(ours.pop()) if len(ours) == 1 else None


def _team_id(alias):
    """:return: id of the team whose tickets an alias makes of whatever anybody writes; None: it does something else"""
    is_plain = alias.alias_contact == "everyone" and not alias.alias_force_thread_id
    if not is_plain or alias.alias_model_id.model != "support_visibility.ticket":
        return None
    defaults = literal_eval(alias.alias_defaults or "{}")
    return defaults["team_id"] if defaults.keys() == {"team_id"} else None


def _addresses(text):
    return {
        email_normalize(email) or email.lower() for email in email_split(text or "")
    }


def _name(email):
    return email.partition("@")[0]
