from dataclasses import dataclass, field
from typing import Any

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, email_normalize_all, html2plaintext

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT, OBJECT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_TITLE_CHARS
from ..policies.contact import match_contact
from ..policies.intake import automatic, files, next_word, routing, senders, text
from ..tools import channels
from ..tools.clock import utcnow

MAX_BODY_CHARS = 100_000


@dataclass
class Arrived:
    """A mail on its way in, with what was found about it."""

    team: Any
    company: Any
    sender: str  # normalised, "" for none
    subject: str
    told: dict  # as message_parse gives it
    ticket: Any = None  # the one it answers or names
    by_reference: bool = False
    partner_id: int | None = None  # the contact, else the account of the domain
    is_of_ticket: bool = False
    headers: Any = field(default=None, repr=False)


class SupportVisibilityTicketIntake(models.Model):
    """What becomes of a mail: the policies of the intake decide, this carries it out."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _intake_routes(self, message, told, routes):
        """Judge a mail that is routed to tickets.

        :param message: ``email.message.EmailMessage``
        :param dict told: as ``message_parse`` gives it; subject, body and files are made fit here
        :param list routes: of ``message_route``
        :return: the routes that are left
        """
        others = [route for route in routes if route[0] != self._name]
        ours = next(route for route in routes if route[0] == self._name)
        arrived = self.sudo()._intake_arrived(message, told, ours)
        found = routing.route(arrived_facts(arrived))
        target = arrived.ticket if found.act == routing.ANSWER else None
        self._intake_note(arrived, found, target)
        if found.act == routing.QUARANTINE:
            self._intake_quarantine(arrived, found)
        elif found.act == routing.REJECT:
            self._intake_reject(arrived)
        elif found.act in (routing.NEW, routing.ANSWER):
            return [*others, self._intake_route(arrived, target, ours[3])]
        return others

    def _intake_arrived(self, message, told, route):
        told["subject"] = text.title(told.get("subject"), MAX_TITLE_CHARS, "")
        told["body"] = type(told["body"])((told["body"] or "").replace("\x00", ""))
        by_reference = self.browse(route[1] or []).exists()
        by_reference = by_reference and by_reference._survivor()
        named = by_reference or self._intake_named(told["subject"])
        team = by_reference.team_id or self._intake_team(route[2])
        company = by_reference.company_id or team.company_id or self.env.company
        arrived = Arrived(
            team=team,
            company=company,
            sender=email_normalize(told.get("email_from") or "") or "",
            subject=told["subject"],
            told=told,
            ticket=named if named.company_id == company else self.browse(),
            by_reference=bool(by_reference),
            headers=message,
        )
        arrived.partner_id = self._intake_partner_id(arrived.sender, company, told)
        arrived.is_of_ticket = bool(arrived.ticket) and arrived.ticket._is_party(
            arrived.sender, arrived.partner_id
        )
        return arrived

    def _intake_named(self, subject):
        number = routing.number_in(subject)
        found = self.search([("number", "=", number)], limit=1) if number else self
        return found and found._survivor()

    def _intake_team(self, custom_values):
        teams = self.env["support_visibility.team"].sudo()
        given = (custom_values or {}).get("team_id")
        found = given and teams.with_context(active_test=False).search_fetch(
            [("id", "=", given)]
        )
        return teams.browse(found.ids) if found else teams.search(Domain.TRUE, limit=1)

    @api.model
    def _intake_partner_id(self, sender, company, told):
        """:param dict told: gets the author, unless several contacts share the address
        :return: the contact with this address, else the one account whose domain it is, else None
        """
        contacts = self._contacts([sender]) if sender else []
        found = match_contact(sender or None, company.id, contacts)
        if found or not contacts:
            told.setdefault("author_id", found or False)
        domain = senders.own_domain(sender)
        if found or contacts or not domain:
            return found
        return senders.account_of_domain(self._accounts_of_domain(domain), company.id)

    def _accounts_of_domain(self, domain):
        """:return: ``[(account id, company id or None)]``; we ourselves are nobody's account"""
        self.env["res.partner"].flush_model(
            ["email_normalized", "commercial_partner_id", "company_id", "active"]
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id, p.company_id FROM res_partner p
                 WHERE split_part(p.email_normalized, '@', 2) = %s AND p.active
                   AND p.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
                """,
                domain,
            )
        )

    def _is_party(self, sender, partner_id):
        """:return: whether somebody belongs to the conversation: the customer, its account, a follower, one of us"""
        ticket = self.sudo()
        if sender and sender == email_normalize(ticket.email_from or ""):
            return True
        partner = self.env["res.partner"].sudo().browse(partner_id or [])
        if not partner:
            return False
        if partner.user_ids.filtered(lambda user: not user.share):
            return True
        account = partner.commercial_partner_id
        return account == ticket.account_id or partner in ticket.message_partner_ids

    # ------------------------------------------------------------------ what is done with it
    def _intake_route(self, arrived, target, uid):
        if target and target._next_word(utcnow()) != next_word.CONTINUE:
            return (self._name, target.id, {}, uid, None)
        born = {
            "team_id": arrived.team.id,
            "company_id": arrived.company.id,
            "partner_id": arrived.partner_id or False,
            "follows_id": target.id if target else False,
        }
        return (self._name, 0, born, uid, None)

    def _intake_note(self, arrived, found, target):
        self.env["support_visibility.intake"]._note(
            channel=channels.MAIL,
            team_id=arrived.team.id,
            company_id=arrived.company.id,
            sender=arrived.sender,
            subject=arrived.subject,
            outcome=found.act,
            reason=found.reason or False,
            ticket_id=target.id if target else False,
        )

    def _intake_quarantine(self, arrived, found):
        told = arrived.told
        kept, _refused = _taken(told.get("attachments") or [], arrived.team.max_file_mb)
        self.env["support_visibility.quarantine"]._keep(
            kept,
            channel=channels.MAIL,
            sender=arrived.sender or (told.get("email_from") or "")[:MAX_TITLE_CHARS],
            subject=arrived.subject,
            body=html2plaintext(told["body"] or ""),
            cc=(told.get("cc_filtered") or "")[:MAX_TITLE_CHARS],
            message_ref=told["message_id"],
            reason=found.reason,
            team_id=arrived.team.id,
            company_id=arrived.company.id,
            ticket_id=arrived.ticket.id if arrived.by_reference else False,
        )

    def _intake_reject(self, arrived):
        """Tell the sender once a day how to reach us; later mails are only counted."""
        lines = self.env["support_visibility.intake"]
        if lines._count_rejected_today(arrived.sender) > 1:  # this one is noted already
            return
        template = self.env.ref("support_visibility.mail_rejected")
        body = (
            self.env["ir.qweb"]
            .sudo()
            ._render(
                template.id, {"team": arrived.team.sudo(), "subject": arrived.subject}
            )
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._(
                    "Not delivered: %(subject)s", subject=arrived.subject
                ),
                "body_html": body,
                "email_from": arrived.company.email_formatted or False,
                "email_to": arrived.sender,
                "headers": repr(
                    {
                        "Auto-Submitted": "auto-replied",
                        "X-Auto-Response-Suppress": "All",
                    }
                ),
                "references": arrived.told["message_id"],
                "auto_delete": True,
            }
        )

    # ------------------------------------------------------------------ mail to new and known tickets
    @api.model
    @takes(msg_dict=OBJECT, custom_values=MAYBE_OBJECT)
    def message_new(self, msg_dict, custom_values=None):
        """:return: the ticket a mail became"""
        born = dict(custom_values or {})
        older = self.browse(born.pop("follows_id", False) or [])
        vals = {
            "name": msg_dict.get("subject") or self.env._("(no subject)"),
            "description": text.cut(
                html2plaintext(msg_dict.get("body") or ""), MAX_BODY_CHARS
            ),
            "email_from": msg_dict.get("email_from"),
            **born,
        }
        table = channels.through(self, channels.MAIL)
        ticket = table._intake_open(vals, older)
        ticket._intake_take_files(msg_dict)
        ticket._intake_copied(msg_dict)
        return ticket

    @takes(msg_dict=OBJECT, update_vals=MAYBE_OBJECT)
    def message_update(self, msg_dict, update_vals=None):
        self._intake_take_files(msg_dict)
        self._intake_copied(msg_dict)
        return super().message_update(msg_dict, update_vals)

    @api.model
    def _intake_open(self, vals, older=None):
        """Open the ticket of somebody who wrote; the one it follows, if any, is linked.

        :return: the new ticket; its customer follows it, and is told that it arrived
        """
        ticket = (
            older.with_env(self.env)._continue_in_new(vals)
            if older
            else self.create([vals])
        )
        ticket._follow_customer()
        ticket._ask_notice("received")
        return ticket

    def _open_these(self):
        """:return: action that opens these tickets"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_ticket_action"
        )
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def _follow_customer(self):
        """Who wrote hears of answers. An account found by its domain only is no person: the address is written to."""
        for ticket in self.sudo():
            partner = ticket.partner_id
            email = email_normalize(ticket.email_from or "")
            is_person = not email or partner.email_normalized == email
            if partner.active and is_person:
                customers = partner.filtered("partner_share").ids
                ticket._message_subscribe(partner.ids, customer_ids=customers)

    def _intake_take_files(self, msg_dict):
        """Refuse what is too large, and say so to the customer and to us."""
        limit = self.sudo().team_id.max_file_mb or 0
        kept, refused = _taken(msg_dict.get("attachments") or [], limit, whole=True)
        msg_dict["attachments"] = kept
        if refused:
            self._say_refused(refused, limit)

    def _sort_files(self, found):
        """:param found: ``[(name, bytes)]``
        :return: (kept, refused: ``[(name, bytes)]``), by what the team takes
        """
        return self._sort_for(self.sudo().team_id, found)

    @api.model
    def _sort_for(self, team, found):
        return _taken(found, team.max_file_mb or 0)

    def _say_refused(self, refused, limit):
        """:param refused: ``[(file name, bytes)]``"""
        names = ", ".join(
            f"{name} ({files.size_words(size)})" for name, size in refused
        )
        self._say_to_customer(
            self.env._(
                "Not taken, because the files of one message may have %(limit)s MB: %(files)s. Please send a link or "
                "a smaller file.",
                limit=limit,
                files=names,
            )
        )

    def _intake_copied(self, msg_dict):
        """Contacts of the account who were copied follow the ticket; of others it only keeps the addresses."""
        copied = email_normalize_all(msg_dict.get("cc_filtered") or "")
        if not copied:
            return
        account = self.sudo().account_id
        known = (
            self.env["res.partner"]
            .sudo()
            .search(
                [("email_normalized", "in", copied), ("id", "child_of", account.ids)]
            )
        )
        if account and known:
            self.sudo().message_subscribe(known.ids)
        emails = set(known.mapped("email_normalized")) if account else set()
        strangers = [email for email in copied if email not in emails]
        if strangers:
            self.sudo()._message_log(
                body=self.env._(
                    "Also addressed, and not added because no contact of the account has the address: %(emails)s",
                    emails=", ".join(strangers[:20]),
                )
            )


def arrived_facts(arrived):
    """:return: what the policy asks of a mail"""
    return routing.Arrival(
        verdict=automatic.judge(_marks(arrived)),
        has_sender=bool(arrived.sender),
        is_known=bool(arrived.partner_id),
        by_reference=arrived.by_reference,
        by_number=bool(arrived.ticket),
        is_of_ticket=arrived.is_of_ticket,
        unknown=arrived.team.unknown_sender or routing.ACCEPT_UNKNOWN,
    )


def _marks(arrived):
    env, message = arrived.team.env, arrived.headers
    is_own = bool(
        arrived.sender
        and env["mail.alias.domain"].sudo()._find_aliases([arrived.sender])
    )
    lines = env["support_visibility.intake"]
    limit = arrived.team.loop_limit
    recent = lines._count_of(arrived.sender, arrived.team.loop_minutes) if limit else 0
    if limit and recent >= limit and _may_write_much(env, arrived.sender):
        limit = 0
    return automatic.Marks(
        auto_submitted=str(message.get("Auto-Submitted") or ""),
        precedence=str(message.get("Precedence") or ""),
        suppress=str(message.get("X-Auto-Response-Suppress") or ""),
        auto_reply=str(
            message.get("X-Autoreply") or message.get("X-Autorespond") or ""
        ),
        return_path=_path(message),
        is_own=is_own,
        recent=recent if limit else 0,
        limit=limit,
    )


def _may_write_much(env, sender):
    """:return: whether Odoo's own list of addresses lets this sender write any number of mails"""
    allowed = env["mail.gateway.allowed"].sudo()
    return bool(allowed.search_count([("email_normalized", "=", sender)], limit=1))


def _path(message):
    path = message.get("Return-Path")
    return None if path is None else str(path)


def _taken(attachments, limit_mb, whole=False):
    """:param attachments: of ``message_parse``
    :param whole: whether the kept ones come back as they were, with what the parser says of them
    :return: (kept: ``[(name, content)]``, refused: ``[(name, bytes)]``)
    """
    known = [files.File(files.safe_name(a[0]), len(_raw(a[1]))) for a in attachments]
    chosen = files.sort_files(known, limit_mb)
    kept = []
    for position in chosen.kept:
        found, name = attachments[position], known[position].name
        rest = tuple(found[1:]) if whole else (_raw(found[1]),)
        kept.append((name, *rest))
    return kept, [(known[p].name, known[p].size) for p in chosen.refused]


def _raw(content):
    """:return: bytes of an attachment: the parser gives bytes, text or a whole mail"""
    if isinstance(content, str):
        return content.encode("utf-8", "replace")
    return content if isinstance(content, bytes) else content.as_bytes()
