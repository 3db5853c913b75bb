from markupsafe import Markup

from odoo import api, fields, models

TICKET = "support_visibility.ticket"


class MailComposeMessage(models.TransientModel):
    """An answer written in a window of its own asks, as the one in the conversation does, whether it is still right.

    A mail to many is no answer: it would pass by the helpdesk that has to give ours.
    """

    _inherit = "mail.compose.message"

    support_seen_id = fields.Integer(
        help="The newest message of the ticket when the answer was begun; 0 where nobody looked."
    )
    support_news = fields.Html(
        "Happened Meanwhile", readonly=True, sanitize_attributes=False
    )

    @api.model
    def default_get(self, fields_list):
        found = super().default_get(fields_list)
        context = self.env.context
        ids = context.get("default_res_ids")
        if context.get("default_model") == TICKET and isinstance(ids, list):
            tickets = self.env[TICKET].browse(ids)
            found["support_seen_id"] = tickets._newest_message_id()
        return found

    def action_send_mail(self):
        """Show once what others did meanwhile, before an answer of people goes out; the next Send sends it."""
        news = self._support_look() if len(self) == 1 else None
        if not news:
            return super().action_send_mail()
        self.write(news)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read before you send"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": self.env.context,
        }

    def _support_look(self):
        """:return: values of this window with what it shows, None where nothing happened"""
        if not self.support_seen_id or self.subtype_is_log:
            return None
        tickets = self.env[TICKET].browse(self._evaluate_res_ids())
        if self.model != TICKET or len(tickets) != 1:
            return None
        news = tickets.answers_since(self.support_seen_id)
        lines = [
            Markup("<li><strong>%s</strong>: %s</li>") % (said["author"], said["text"])
            for said in news["answers"]
        ] + [Markup("<li>%s</li>") % move for move in news["moves"]]
        if not lines:
            return None
        return {
            "support_seen_id": news["last_id"],
            "support_news": Markup("<ul>%s</ul>") % Markup("").join(lines),
        }

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """:raises UserError: one of the tickets is answered by another helpdesk"""
        if self.model == TICKET:
            self.env[TICKET].browse(res_ids)._check_answered_here()
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
