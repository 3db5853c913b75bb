from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import TEXT, id_of, ids_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_TITLE_CHARS
from ..policies import ticket_state
from ..policies.bonds import merging
from ..policies.bonds.merging import Mergeable
from ..policies.sla.clock import VOID

SPOKEN = ("comment", "email", "email_outgoing", "auto_comment")  # what people wrote


class SupportVisibilityTicketMerge(models.Model):
    """Make one ticket of several, or two of one."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ merge

    @takes(survivor_id=id_of("support_visibility.ticket"))
    def action_merge(self, survivor_id):
        """Have these tickets go on in another one. There is no way back.

        Their words, files, followers, tags, parts, links and activities go there; they are closed and count in no
        attainment. The survivor's clocks, team and agent stay its own.

        :param int survivor_id: an open ticket of the same customer
        """
        survivor = self.browse(survivor_id)
        (self | survivor)._hold()
        # what was read before the lock may be of yesterday
        (self | survivor).invalidate_recordset(["state", "merged_into_id"])
        self._raise_if_unmergeable(survivor)
        self._say_merged(survivor)
        self._hand_over_words(survivor)
        self._hand_over_bonds(survivor)
        self._end_as_merged(survivor)
        return True

    def _mergeable(self):
        return [
            Mergeable(
                ticket.id,
                ticket.company_id.id,
                ticket.account_id.id or None,
                ticket.opened_at,
                ticket.state == ticket_state.CLOSED,
                bool(ticket.merged_into_id),
                bool(ticket.source_id),
                ticket._ancestor_ids(),
            )
            for ticket in self
        ]

    def _ancestor_ids(self):
        found, ticket = [], self.parent_id
        while ticket and ticket.id not in found:
            found.append(ticket.id)
            ticket = ticket.parent_id
        return frozenset(found)

    def _raise_if_unmergeable(self, survivor):
        ours = (self - survivor)._mergeable() if survivor not in self else []
        found = merging.problem(*survivor._mergeable(), ours)
        if found:
            raise UserError(self._merge_problem(found, survivor))

    def _merge_problem(self, found, survivor):
        """:return: what stands in the way, and the way out, in words"""
        ticket = self.browse(found.ticket_id).display_name
        stays = survivor.display_name
        return {
            merging.NOTHING: self.env._(
                "Choose another ticket than %(stays)s to merge into it.", stays=stays
            ),
            merging.SURVIVOR_MERGED: self.env._(
                "%(stays)s was merged itself. Choose the ticket it went into.",
                stays=stays,
            ),
            merging.SURVIVOR_CLOSED: self.env._(
                "%(stays)s is closed. Reopen it, or choose an open ticket.", stays=stays
            ),
            merging.MERGED_ALREADY: self.env._(
                "%(ticket)s was merged already.", ticket=ticket
            ),
            merging.OTHER_COMPANY: self.env._(
                "%(ticket)s belongs to another company than %(stays)s.",
                ticket=ticket,
                stays=stays,
            ),
            merging.OTHER_ACCOUNT: self.env._(
                "%(ticket)s belongs to another customer than %(stays)s, who must not read it. Link the two instead.",
                ticket=ticket,
                stays=stays,
            ),
            merging.MIRRORED: self.env._(
                "%(ticket)s lives in another helpdesk. Merge it there, or make it the one that stays.",
                ticket=ticket,
            ),
            merging.PARENT: self.env._(
                "%(stays)s is a part of %(ticket)s. Merge the part into the whole.",
                stays=stays,
                ticket=ticket,
            ),
        }[found.code]

    def _say_merged(self, survivor):
        """A note on both sides. What a ticket said before anybody answered is in its description: kept too."""
        for ticket in self:
            survivor._message_log(
                body=self.env._(
                    "%(ticket)s was merged into this ticket. It said: %(words)s",
                    ticket=ticket._get_html_link(title=ticket.display_name),
                    words=ticket.description or ticket.name,
                )
            )
        link = survivor._get_html_link(title=survivor.display_name)
        body = self.env._("Merged into %(survivor)s.", survivor=link)
        self._message_log_batch({ticket.id: body for ticket in self})

    def _hand_over_words(self, survivor):
        """Messages and files; the trail of what happened to a ticket stays with it."""
        self._spoken().write({"res_id": survivor.id})
        self._files().write({"res_id": survivor.id})
        survivor.message_subscribe(self.message_partner_ids.ids)

    def _spoken(self):
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("message_type", "in", SPOKEN),
                ]
            )
        )

    def _files(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        )

    def _hand_over_bonds(self, survivor):
        """Parts, links, engineering issues, tags, activities, and the customer if the survivor had none."""
        self.child_ids.write({"parent_id": survivor.id})
        self._move_links(survivor)
        issues = self.sudo().issue_ids
        issues.write({"ticket_ids": [(4, survivor.id)]})
        self.activity_ids.sudo().write({"res_id": survivor.id})
        vals = {"tag_ids": [(4, tag.id) for tag in self.tag_ids - survivor.tag_ids]}
        if not survivor.partner_id and self.partner_id:
            vals["partner_id"] = self.partner_id[0].id
        survivor.write({name: value for name, value in vals.items() if value})

    def _move_links(self, survivor):
        links = self.sudo().link_ids
        back = self.sudo().linked_from_ids
        for kind, found in links.grouped("kind").items():
            for other in found.other_id - survivor - self:
                survivor._link(other, kind)
        for kind, found in back.grouped("kind").items():
            (found.ticket_id - survivor - self)._link(survivor, kind)
        (links | back).unlink()

    def _end_as_merged(self, survivor):
        self._sla_void(self.env._("merged into %(ticket)s", ticket=survivor.number))
        self._set_state(ticket_state.CLOSED, tell=False)
        self._write_guarded({"merged_into_id": survivor.id})
        self._tell("support.merged", "Ticket merged", into=survivor.number)

    def _sla_void(self, why):
        """The promises to these tickets count neither as kept nor as missed; what they were stays readable."""
        clocks = (
            self.env["support_visibility.sla_clock"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("state", "!=", VOID)])
        )
        changes = [clock._void(why) for clock in clocks]
        if changes:
            self.env["support_visibility.sla_change"].sudo().create(changes)

    # ------------------------------------------------------------------ split

    @takes(message_ids=ids_of("mail.message"), name=TEXT)
    def action_split(self, message_ids, name):
        """Have some messages of a ticket go on in a new one: two matters were told in one conversation.

        :param list message_ids: messages of people on this ticket
        :param str name: title of the new ticket
        :return: id of the new ticket, which has the same customer and team, and promises of its own from now on
        """
        self.ensure_one()
        self._hold()
        self._raise_if_merged()
        messages = self._spoken().filtered(lambda message: message.id in message_ids)
        self._raise_if_unsplittable(messages, message_ids, name)
        title = name.strip()[:MAX_TITLE_CHARS]
        new = self.create({**self._carried(), "name": title})
        new._link(self, "split_from")
        messages.write({"res_id": new.id})
        messages.attachment_ids.write({"res_id": new.id})
        link = new._get_html_link(title=new.display_name)
        self._message_log(
            body=self.env._("Split: %(ticket)s goes on by itself.", ticket=link)
        )
        self._tell("support.split", "Ticket split", into=new.number)
        return new.id

    def _raise_if_unsplittable(self, messages, message_ids, name):
        if not name.strip():
            raise UserError(self.env._("Give the new ticket a title."))
        strange = set(message_ids) - set(messages.ids)
        if strange or not messages:
            raise UserError(
                self.env._(
                    "Choose messages that people wrote on %(ticket)s; %(count)s of those given are not.",
                    ticket=self.display_name,
                    count=len(strange),
                )
            )
