from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, plaintext2html

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MACRO_AT_ONCE
from ..policies.desk import placeholders
from .support_visibility_macro import ME, PERSON, QUEUE


class SupportVisibilityTicketMacro(models.Model):
    """Macros: each step is the move that a person would make, so every gate is asked."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes(macro_id=id_of("support_visibility.macro"))
    def action_run_macro(self, macro_id):
        """Do all steps of a macro with these tickets, or none of them with any.

        :raises UserError: names the ticket and the step that failed, and why
        """
        macro = self.env["support_visibility.macro"].browse(macro_id)
        if len(self) > MACRO_AT_ONCE:
            raise UserError(
                self.env._(
                    "A macro runs on %(most)s tickets at once, not on %(given)s.",
                    most=MACRO_AT_ONCE,
                    given=len(self),
                )
            )
        self.check_access("write")
        macro._fits(self)
        self._hold()
        with self.env.cr.savepoint():
            for words, step in self._macro_steps(macro):
                self._macro_step(macro, words, step)
        return True

    def _macro_steps(self, macro):
        """:return: ``[(what it is, function of tickets that does it)]``, in order"""
        steps = []
        for texts, words, post in (
            (
                self._macro_texts(macro, "note"),
                self.env._("internal note"),
                self._macro_note,
            ),
            (
                self._macro_texts(macro, "reply"),
                self.env._("reply"),
                lambda t, texts: t._macro_reply(texts, macro),
            ),
        ):
            if texts:
                steps.append((words, lambda t, p=post, x=texts: p(t, x)))
        if macro.tag_ids or macro.remove_tag_ids:
            steps.insert(0, (self.env._("tags"), lambda t: t._macro_tag(macro)))
        if macro.priority:
            vals = {"priority": macro.priority}
            steps.insert(0, (self.env._("priority"), lambda t: t.write(vals)))
        if macro.team_id:
            steps.append((self.env._("team"), lambda t: t._pass_to_team(macro.team_id)))
        if macro.assign in (ME, QUEUE, PERSON):
            user = {ME: self.env.user, PERSON: macro.user_id}.get(macro.assign)
            user = user or self.env["res.users"]
            reason = self.env._("Macro: %s", macro.name)
            steps.append((self.env._("assign"), lambda t: t._assign(user, reason)))
        if macro.stage_id:
            steps.append(
                (self.env._("stage"), lambda t: t._move_to_stage(macro.stage_id))
            )
        return steps

    def _macro_step(self, macro, words, step):
        """Do one step for all; who it fails for is found one by one, so that the person can act."""
        try:
            with self.env.cr.savepoint():
                step(self)
        except ConflictError:
            raise
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(macro)s was not run, nothing was changed. Step \u201c%(step)s\u201d: %(error)s",
                    macro=macro.name,
                    step=words,
                    error=error,
                )
            ) from error

    def _macro_texts(self, macro, name):
        """:return: ``{ticket id: text with the real values}``, empty if the macro says nothing there

        :raises UserError: a word has no value for one of the tickets
        """
        if not macro[name]:
            return {}
        texts = {}
        for ticket in self:
            text = macro._reply_for(ticket) if name == "reply" else macro.note
            values = ticket._placeholder_values()
            missing = placeholders.missing(text, values)
            if missing:
                raise UserError(
                    self.env._(
                        "%(macro)s was not run, nothing was changed: %(ticket)s has no value for {{%(word)s}}.",
                        macro=macro.name,
                        ticket=ticket.display_name,
                        word=missing[0],
                    )
                )
            texts[ticket.id] = placeholders.filled(text, values)
        return texts

    def _macro_reply(self, texts, macro):
        """A reply that promises something waits for a decision, whoever runs the macro."""
        for ticket in self:
            body = plaintext2html(texts[ticket.id])
            if macro.promise:
                worth = (macro.promise_amount, macro.currency_id.id)
                ticket._hold_reply(body, macro.promise, *worth)
                continue
            ticket.message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _macro_note(self, tickets, texts):
        for ticket in tickets:
            ticket.message_post(
                body=plaintext2html(texts[ticket.id]),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _macro_tag(self, macro):
        self.write(
            {
                "tag_ids": [
                    *((4, tag.id) for tag in macro.tag_ids),
                    *((3, tag.id) for tag in macro.remove_tag_ids),
                ]
            }
        )

    def _placeholder_values(self):
        """:return: ``{placeholder: what it stands for with this ticket}``; days and times as the customer reads them"""
        self.ensure_one()
        ticket = self.sudo()
        partner = ticket.partner_id
        reader = ticket.with_context(lang=partner.lang or self.env.lang).env
        due, opened = ticket.sla_due_at, ticket.opened_at
        tz = partner.tz or self.env.user.tz or "UTC"
        return {
            placeholders.CUSTOMER: partner.name or ticket.email_from or "",
            placeholders.ACCOUNT: ticket.account_id.name or "",
            placeholders.TICKET: ticket.number or "",
            placeholders.TITLE: ticket.name or "",
            placeholders.AGENT: self.env.user.name or "",
            placeholders.TEAM: ticket.team_id.name or "",
            placeholders.OPENED: format_date(reader, opened) if opened else "",
            placeholders.DUE: format_datetime(reader, due, tz=tz) if due else "",
        }
