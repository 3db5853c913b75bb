from odoo import models

TICKET = "support_visibility.ticket"


class MailTemplate(models.Model):
    """A mail made from a template is no answer: it would pass by the helpdesk that has to give ours."""

    _inherit = "mail.template"

    def _send_check_access(self, res_ids):
        """:raises UserError: one of the tickets is answered by another helpdesk"""
        result = super()._send_check_access(res_ids)
        if self.sudo().model == TICKET:
            self.env[TICKET].browse(res_ids)._check_answered_here()
        return result
