from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import TEXT, id_of, one_of
from odoo.addons.event_hub.tools.arguments import takes

from .support_visibility_ticket_link import KINDS

SPOKEN = ("comment", "email")
CARRIED = ("partner_id", "email_from", "team_id", "category_id", "company_id")


class SupportVisibilityTicketBonds(models.Model):
    """Tickets that have to do with each other: parent and children, links, engineering issues."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    parent_id = fields.Many2one(
        "support_visibility.ticket",
        "Part of",
        index="btree_not_null",
        copy=False,
        check_company=True,
        tracking=True,
        help="The larger matter this ticket belongs to.",
    )
    child_ids = fields.One2many("support_visibility.ticket", "parent_id", "Parts")
    child_count = fields.Integer("Number of Parts", compute="_compute_child_count")
    merged_into_id = fields.Many2one(
        "support_visibility.ticket",
        "Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    link_ids = fields.One2many(
        "support_visibility.ticket_link", "ticket_id", "Links", readonly=True
    )
    linked_from_ids = fields.One2many(
        "support_visibility.ticket_link", "other_id", "Linked from", readonly=True
    )
    issue_ids = fields.Many2many(
        "support_visibility.issue",
        "support_visibility_issue_ticket_rel",
        "ticket_id",
        "issue_id",
        "Engineering Issues",
        readonly=True,
        copy=False,
    )

    @api.depends("child_ids")
    def _compute_child_count(self):
        counts = dict(
            self._read_group(
                [("parent_id", "in", self.ids)], ["parent_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.child_count = counts.get(ticket._origin, 0)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "%(ticket)s cannot be part of itself, nor of one of its own parts.",
                    ticket=self[:1].display_name,
                )
            )

    # ------------------------------------------------------------------ links

    @takes(
        other_id=id_of("support_visibility.ticket"),
        kind=one_of(*(kind for kind, _label in KINDS)),
    )
    def action_link(self, other_id, kind="relates"):
        """Link tickets to another one.

        :param int other_id: the other ticket
        :param str kind: relates, duplicates, follows or split_from
        """
        other = self.browse(other_id)
        self._check_linkable(other)
        self._link(other, kind)
        return True

    @takes(other_id=id_of("support_visibility.ticket"))
    def action_unlink_ticket(self, other_id):
        """Take the links between these tickets and another one off, whichever way they point."""
        self.check_access("write")
        self.browse(other_id).check_access("read")
        there, here = (
            Domain("other_id", "=", other_id),
            Domain("ticket_id", "=", other_id),
        )
        self.env["support_visibility.ticket_link"].sudo().search(
            (Domain("ticket_id", "in", self.ids) & there)
            | (Domain("other_id", "in", self.ids) & here)
        ).unlink()
        return True

    def _check_linkable(self, other):
        self.check_access("write")
        other.check_access("read")
        for ticket in self:
            if ticket == other:
                raise UserError(
                    self.env._(
                        "%(ticket)s cannot be linked to itself.",
                        ticket=ticket.display_name,
                    )
                )
            if ticket.company_id != other.company_id:
                raise UserError(
                    self.env._(
                        "%(ticket)s and %(other)s belong to different companies.",
                        ticket=ticket.display_name,
                        other=other.display_name,
                    )
                )

    def _link(self, other, kind):
        """Link tickets; those that are linked this way already stay so."""
        Links = self.env["support_visibility.ticket_link"].sudo()
        linked = Links.search(
            [
                ("ticket_id", "in", self.ids),
                ("other_id", "=", other.id),
                ("kind", "=", kind),
            ]
        ).ticket_id
        return Links.create(
            [
                {"ticket_id": ticket.id, "other_id": other.id, "kind": kind}
                for ticket in self - linked
            ]
        )

    def _continue_in_new(self, vals):
        """The matter goes on in a ticket of its own, because this one is done for good.

        :param dict vals: of the new ticket; customer, team and category are those of this one unless given
        :return: the new ticket, which follows this one
        """
        self.ensure_one()
        kept = self._carried()
        title = self.env._("%(title)s (again)", title=self.name)
        new = self.create({"name": title[:250], **kept, **vals})
        new._link(self, "follows")
        return new

    def _carried(self):
        """:return: what a ticket that comes from this one has in common with it"""
        return {name: self._plain(name) for name in CARRIED}

    # ------------------------------------------------------------------ engineering

    @takes(link=TEXT)
    def action_link_issue(self, link):
        """Say that tickets wait for an engineering issue.

        :param str link: its web address (GitHub, GitLab, Jira or another tracker)
        """
        self.check_access("write")
        for company, tickets in self.grouped("company_id").items():
            issue = self.env["support_visibility.issue"].sudo()._at(link, company)
            new = tickets.filtered(
                lambda ticket, i=issue: i not in ticket.sudo().issue_ids
            )
            issue.write({"ticket_ids": [(4, ticket.id) for ticket in new]})
            new._tell(
                "support.issue_linked", "Engineering issue linked", issue=issue.name
            )
        return True

    @takes(issue_id=id_of("support_visibility.issue"))
    def action_unlink_issue(self, issue_id):
        """Say that tickets do not wait for this issue any more."""
        self.check_access("write")
        issue = self.env["support_visibility.issue"].browse(issue_id)
        issue.check_access("read")
        issue.sudo().write({"ticket_ids": [(3, ticket.id) for ticket in self]})
        return True

    # ------------------------------------------------------------------ looking

    def action_open_parts(self):
        """Open the tickets that are part of this one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_ticket_action"
        )
        return action | {
            "domain": [("parent_id", "=", self.id)],
            "context": {"default_parent_id": self.id},
        }

    def action_open_survivor(self):
        """Open the ticket this one was merged into."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._survivor().id,
            "views": [(False, "form")],
        }

    def _survivor(self):
        """:return: the ticket in which this one lives on; itself unless it was merged"""
        self.ensure_one()
        ticket = self
        while (
            ticket.merged_into_id
        ):  # a survivor may be merged later; there is no way back, so no circle
            ticket = ticket.merged_into_id
        return ticket

    def _raise_if_merged(self):
        for ticket in self.filtered("merged_into_id"):
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(survivor)s. Go on there.",
                    ticket=ticket.display_name,
                    survivor=ticket._survivor().display_name,
                )
            )

    def message_post(self, **kwargs):
        """What a customer writes to a merged ticket goes on where the matter does; an agent is told to go there."""
        self.ensure_one()
        if not self.sudo().merged_into_id or kwargs.get("message_type") not in SPOKEN:
            return super().message_post(**kwargs)
        if self.env.user._is_internal() and not self.env.su:
            self._raise_if_merged()
        return self._survivor().message_post(**kwargs)
