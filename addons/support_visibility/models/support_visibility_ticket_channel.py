from odoo import api, fields, models

from ..tools import channels

SERVICE_GROUP = "event_hub.group_hub_service"


class SupportVisibilityTicketChannel(models.Model):
    """By which door a ticket came in; fixed at birth."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    channel = fields.Selection(
        channels.CHANNELS,
        readonly=True,
        copy=False,
        index=True,
        help="How the ticket came in. It is fixed when the ticket is opened.",
    )

    @api.model
    def _birth_channel(self, vals):
        """:return: the channel of a new ticket: what it says of another helpdesk, our own doors, or who is asking"""
        if vals.get("source_id"):
            return channels.HUB
        known = channels.of(self.env)
        if known:
            return known
        is_program = self.env.user.has_group(SERVICE_GROUP)
        return channels.RPC if is_program else channels.MANUAL

    def _story(self):
        return {**super()._story(), "channel": self.channel or ""}
