import logging

from odoo import api, models
from odoo.tools import SQL, email_normalize

_logger = logging.getLogger(__name__)


class SupportVisibilityTicketIntakePlain(models.Model):
    """The most frequent mail, whose way is known by heart: a new one of a customer, to the address of one team."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _intake_plain_route(self, told):
        """:param dict told: as ``message_parse`` gives it
        :return: the route that ``message_route`` of Odoo would find; None where Odoo has to look: answers, what came
            back, mail to several of our addresses, mail of our users
        """
        if not self.env.su or told.get("is_bounce"):
            return None
        if told.get("references") or told.get("in_reply_to"):
            return None
        team_id = self.env["mail.alias.domain"]._team_written_to(told)
        sender = email_normalize(told.get("email_from") or "")
        if not team_id or not sender:
            return None
        is_user, came_back = self._intake_known(sender)
        if is_user or came_back:
            return None
        _logger.info(
            "Mail %s goes to the tickets of team %s", told["message_id"], team_id
        )
        told.pop("parent_id", None)
        return (self._name, 0, {"team_id": team_id}, self.env.uid, None)

    @api.model
    def _intake_known(self, sender):
        """Who has an account has his tickets made in his name; where mail came back, that is over now.

        :return: (whether it is the address of an account, whether mail to it came back), in one query
        """
        self.env["res.partner"].flush_model(["email_normalized"])
        self.env["res.users"].flush_model(["partner_id"])
        asked = SQL(
            """
            SELECT EXISTS (SELECT 1 FROM res_partner p JOIN res_users u ON u.partner_id = p.id
                            WHERE p.email_normalized = %s), %s
            """,
            sender,
            self.env["mail.thread"]._bounces_of(sender),
        )
        return self.env.execute_query(asked)[0]
