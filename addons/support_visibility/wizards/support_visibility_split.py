from odoo import fields, models


class SupportVisibilitySplit(models.TransientModel):
    """Choose what goes on in a ticket of its own."""

    _name = "support_visibility.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    name = fields.Char("Title of the New Ticket", required=True)
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages",
        required=True,
        domain="[('model', '=', 'support_visibility.ticket'), ('res_id', '=', ticket_id),"
        " ('message_type', 'in', ('comment', 'email', 'email_outgoing', 'auto_comment'))]",
    )

    def action_split(self):
        self.ensure_one()
        new_id = self.ticket_id.action_split(self.message_ids.ids, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "support_visibility.ticket",
            "res_id": new_id,
            "views": [(False, "form")],
        }
