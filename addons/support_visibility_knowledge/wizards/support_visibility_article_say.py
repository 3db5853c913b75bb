from odoo import fields, models


class SupportVisibilityArticleSay(models.TransientModel):
    """Send an article back, or take it from its readers, and say why."""

    _name = "support_visibility.article_say"
    _description = "Say Why"

    article_id = fields.Many2one(
        "support_visibility.article",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
    )
    what = fields.Selection(
        [("send_back", "Send Back"), ("outdate", "Mark as Outdated")],
        required=True,
        default="send_back",
    )
    why = fields.Text(required=True)

    def action_say(self):
        self.ensure_one()
        if self.what == "outdate":
            return self.article_id.action_outdate(self.why)
        return self.article_id.action_send_back(self.why)
