from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools import gate
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_TITLE_CHARS
from ..policies.intake import headers as heads
from ..policies.intake import routing, text
from ..tools import channels
from ..tools.clock import utcnow
from .support_visibility_intake import BROKEN, REASONS

WAITING, RELEASED, DISCARDED = "waiting", "released", "discarded"
MAX_BODY_CHARS = 100_000
MAX_REASON_CHARS = 500
MAX_HEAD = 200_000  # bytes read for who a mail is from and for
RAW_NAME = "mail.eml"
TO_HEADERS = ("To", "Cc", "Delivered-To", "X-Original-To", "Resent-To")


class SupportVisibilityQuarantine(models.Model):
    """A mail or form that became no ticket yet: a person decides. Nothing of it reaches a customer before."""

    _name = "support_visibility.quarantine"
    _description = "Quarantined Mail"
    _inherit = ["event_hub.guarded"]
    _order = "at desc, id desc"
    _rec_name = "subject"
    _check_company_auto = True

    at = fields.Datetime("Received", required=True, readonly=True, index=True)
    channel = fields.Selection(channels.CHANNELS, required=True, readonly=True)
    sender = fields.Char(readonly=True, help="As it says; it may be forged.")
    subject = fields.Char(readonly=True)
    body = fields.Text("Text", readonly=True)
    cc = fields.Char("Also Addressed", readonly=True)
    message_ref = fields.Char("Message ID", readonly=True)
    reason = fields.Selection(REASONS, "Why", required=True, readonly=True, index=True)
    team_id = fields.Many2one(
        "support_visibility.team",
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        [
            (WAITING, "To Decide"),
            (RELEASED, "Released"),
            (DISCARDED, "Discarded"),
        ],
        required=True,
        readonly=True,
        default=WAITING,
        index=True,
    )
    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The ticket it became, or that it says it answers.",
    )
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided", readonly=True)
    decision_reason = fields.Char("Because", readonly=True)
    keep_until = fields.Datetime(
        readonly=True, index=True, help="Then it is deleted, decided or not."
    )
    file_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        "Files",
        domain=[("res_model", "=", "support_visibility.quarantine")],
        readonly=True,
    )

    _ref_uniq = models.UniqueIndex(
        "(message_ref) WHERE message_ref IS NOT NULL", "This mail is kept already."
    )

    # ------------------------------------------------------------------ doors
    @api.model_create_multi
    def create(self, vals_list):
        if not gate.are_births_admitted(self, vals_list):
            raise UserError(
                self.env._("Mail is quarantined by the intake, not by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            raise UserError(
                self.env._("What came in stays as it came in. Use Release or Discard.")
            )
        return super().write(vals)

    # ------------------------------------------------------------------ what comes in
    @api.model
    def _keep(self, files=(), **vals):
        """Keep what came in; the same mail twice is kept once.

        :param files: ``[(name, bytes)]``
        :return: the kept mail
        """
        table = self.sudo()
        ref = vals.get("message_ref")
        known = table.search([("message_ref", "=", ref)], limit=1) if ref else table
        if known:
            return known
        team = table.env["support_visibility.team"].browse(vals.get("team_id") or [])
        now = utcnow()
        vals = {
            **vals,
            "at": now,
            "subject": text.title(vals.get("subject"), MAX_TITLE_CHARS, ""),
            "body": text.cut(vals.get("body"), MAX_BODY_CHARS),
            "keep_until": now + timedelta(days=team.quarantine_days or 30),
        }
        kept = gate.admit_births(table, [vals]).create([vals])
        kept._attach(files)
        return kept.with_env(self.sudo().env)

    def _attach(self, files):
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content in files
            ]
        )

    @api.model
    def _keep_broken(self, raw, is_ours):
        """Keep a mail that could not be read, if it is for a team.

        :param raw: the mail as it came: bytes, text or ``xmlrpc.client.Binary``
        :param is_ours: whether the mailbox it came from is for tickets only
        :return: the kept mail, empty if it is for nobody here
        """
        raw = as_bytes(raw)
        headers = BytesHeaderParser().parsebytes(heads.shortened(raw)[:MAX_HEAD])
        team = self._team_of(headers)
        if not team and not is_ours:
            return self.browse()
        sender = _header(headers, "From")
        subject = _header(headers, "Subject")
        company = team.company_id or self.env.company
        kept = self._keep(
            [(RAW_NAME, raw)],
            channel=channels.MAIL,
            sender=email_normalize(sender) or sender[:MAX_TITLE_CHARS],
            subject=subject,
            message_ref=_header(headers, "Message-ID")[:MAX_TITLE_CHARS] or False,
            reason=BROKEN,
            team_id=team.id,
            company_id=company.id,
        )
        self.env["support_visibility.intake"]._note(
            channel=channels.MAIL,
            team_id=team.id,
            company_id=company.id,
            sender=kept.sender,
            subject=kept.subject,
            outcome=routing.QUARANTINE,
            reason=BROKEN,
        )
        return kept

    def _team_of(self, headers):
        """:return: the team whose alias a mail was sent to"""
        teams = self.env["support_visibility.team"].sudo()
        values = [str(v) for name in TO_HEADERS for v in headers.get_all(name, [])]
        emails = [email_normalize(address) for _name, address in getaddresses(values)]
        found = (
            self.env["mail.alias"]
            .sudo()
            .search(
                [
                    ("alias_full_name", "in", [email for email in emails if email]),
                    ("alias_model_id.model", "=", "support_visibility.ticket"),
                    ("alias_parent_model_id.model", "=", teams._name),
                ],
                limit=1,
            )
        )
        return teams.browse(found.alias_parent_thread_id or []).exists()

    # ------------------------------------------------------------------ deciding
    def action_release(self):
        """Make a ticket of each, or the next word on the ticket it answers.

        :return: action that opens the tickets
        :raises ConflictError: somebody decided already
        """
        self._hold()
        tickets = self.env["support_visibility.ticket"]
        for kept in self.sudo():
            ticket = kept.ticket_id or kept._open_ticket()
            heard = kept._say(ticket)
            kept._decide(RELEASED, heard, "")
            tickets |= heard
        return tickets.with_env(self.env)._open_these()

    @takes(reason=TEXT)
    def action_discard(self, reason):
        """Say that these are none of ours.

        :param str reason: why; it stays with them as long as they are kept
        """
        if not reason.strip():
            raise UserError(self.env._("Say why it is discarded, in a few words."))
        self._hold()
        for kept in self.sudo():
            kept._decide(DISCARDED, kept.ticket_id, reason)
        return True

    def _hold(self):
        self.check_access("write")
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        decided = self.filtered(lambda kept: kept.state != WAITING)
        if decided:
            raise ConflictError(
                self.env._(
                    "%(user)s decided on %(mail)s already.",
                    user=decided[0].decided_by_id.name or "",
                    mail=decided[0].subject or decided[0].sender or "",
                )
            )

    def _decide(self, state, ticket, reason):
        vals = {
            "state": state,
            "ticket_id": ticket.id,
            "decided_by_id": self.env.uid,
            "decided_at": utcnow(),
            "decision_reason": text.cut(reason, MAX_REASON_CHARS),
        }
        gate.admit(self, vals).write(vals)

    def _open_ticket(self):
        tickets = channels.through(self.env["support_visibility.ticket"], self.channel)
        return tickets._intake_open(
            {
                "name": text.title(
                    self.subject, MAX_TITLE_CHARS, self.env._("(no subject)")
                ),
                "description": self.body,
                "email_from": self.sender,
                "team_id": self.team_id.id,
                "company_id": self.company_id.id,
            },
        )

    def _say(self, ticket):
        """:return: the ticket on which it was said"""
        files = [(file.name, file.raw or b"") for file in self.file_ids]
        body = self.body or self.env._("(The text could not be read; see the file.)")
        return ticket._hear(
            body, files, email_from=self.sender, message_ref=self.message_ref
        )

    @api.autovacuum
    def _gc_kept(self):
        """What was kept long enough goes, with its files."""
        self.sudo().search([("keep_until", "<", utcnow())], limit=1000).unlink()


def _header(headers, name):
    """:return: a header decoded as well as it goes, one line"""
    return text.title(text.decoded(headers.get(name)), 1000, "")


def as_bytes(raw):
    """:return: a mail as it came, whether as bytes, as text or over XML-RPC"""
    if hasattr(raw, "data"):
        return bytes(raw.data)
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else bytes(raw)
