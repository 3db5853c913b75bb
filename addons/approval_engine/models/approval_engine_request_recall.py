from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import request_state

SERVICE = "event_hub.group_hub_service"
MANAGER = "approval_engine.group_approval_manager"


class ApprovalEngineRequest(models.Model):
    """Taking a request back: who asked; where a program asked, whoever answers for its rule."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    rule_id = fields.Many2one(
        "base.automation",
        "Asked By Rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The Automation Rule that asked this, if one did.",
    )
    can_recall = fields.Selection(
        [("own", "Own"), ("service", "For a service user")],
        compute="_compute_can_recall",
        help="Whether the caller may recall this: as requester, or with a comment for a service user.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"rule_id"}

    @takes(comment=MAYBE_TEXT)
    def action_recall(self, comment=""):
        """Take back a request nobody has finished deciding.

        :param comment: needed from those who did not ask it themselves: the owner of the rule that
            asked, or an approval manager, for what a service user asked
        """
        comment = self._text("comment", comment)
        requests = self._readable()
        foreign = requests.filtered(lambda r: not r._may_recall_for_service())
        if foreign:
            foreign._own("recall")
        for request in requests:
            request._recall(comment)
        return True

    def _recall(self, comment):
        own = self.requester_id == self.env.user
        if not own and not comment:
            raise UserError(
                self.env._(
                    "%(request)s: say why you recall what %(requester)s asked (comment).",
                    request=self.display_name,
                    requester=self.requester_id.name,
                )
            )
        self._lock()
        if self.state != request_state.PENDING:
            raise self._wrong_state()
        outcome = self._recall_words(own, comment)
        values = {"outcome": outcome, "decided_at": fields.Datetime.now()}
        self._set_state(
            request_state.RECALLED,
            "approval.recalled",
            values,
            by=self.env.user.login,
            why=comment or None,
        )
        self._close_steps()
        if not own:
            self.message_post(body=outcome)

    def _recall_words(self, own, comment):
        who = self.env.user.name
        if not own:
            return self.env._(
                "Recalled by %(user)s, for %(requester)s: %(comment)s",
                user=who,
                requester=self.requester_id.name,
                comment=comment,
            )
        if comment:
            return self.env._(
                "Recalled by %(user)s: %(comment)s", user=who, comment=comment
            )
        return self.env._("Recalled by %(user)s.", user=who)

    def _may_recall_for_service(self):
        """Whether a service user asked this, and the caller answers for it; being asked to decide is not enough."""
        self.ensure_one()
        user = self.env.user
        if self.requester_id == user or not self.requester_id.has_group(SERVICE):
            return False
        return self.rule_id.owner_id == user or user.has_group(MANAGER)

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_recall(self):
        for request in self:
            pending = request.state == request_state.PENDING
            if pending and request.requester_id == self.env.user:
                request.can_recall = "own"
            elif pending and request.sudo()._may_recall_for_service():
                request.can_recall = "service"
            else:
                request.can_recall = False

    def _watch_as_rule_owner(self):
        """Let the owner of the rule that asked follow the request: they see it, and may recall it."""
        owner = self.sudo().rule_id.owner_id.filtered("active")
        if owner and owner.has_group("approval_engine.group_approval_user"):
            self.sudo().message_subscribe(partner_ids=owner.partner_id.ids)
