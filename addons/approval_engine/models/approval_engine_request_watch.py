from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.policies.arguments import id_of
from odoo.addons.event_hub.tools.arguments import takes


class ApprovalEngineRequest(models.Model):
    """People who only want to know what comes of it: they are told in their digest."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    watcher_ids = fields.Many2many(
        "res.users",
        "approval_engine_request_watcher_rel",
        string="Watched By",
        readonly=True,
        copy=False,
        help="They may read this, and hear in their daily mail what came of it.",
    )
    is_watched = fields.Boolean("Watched By Me", compute="_compute_is_watched")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"watcher_ids"}

    @api.depends("watcher_ids")
    @api.depends_context("uid")
    def _compute_is_watched(self):
        for request in self:
            request.is_watched = self.env.user in request.sudo().watcher_ids

    def action_watch(self):
        """Hear what comes of it; for everybody who may read it."""
        for request in self._readable():
            request._watch(self.env.user)
        return True

    def action_unwatch(self):
        """Stop watching. Who may read it only as a watcher does not see it any more."""
        for request in self._readable():
            request._write_guarded({"watcher_ids": [Command.unlink(self.env.uid)]})
        return True

    @takes(user_id=id_of("res.users"))
    def action_add_watcher(self, user_id):
        """Let somebody else read this and hear what comes of it; for who asked it, and who is asked."""
        user = self.env["res.users"].sudo().browse(user_id)
        for request in self._readable():
            request._refuse_unless_involved()
            if not request._able_people(user):
                raise UserError(
                    self.env._(
                        "%(user)s has no access to Approvals in this company, so cannot watch %(request)s.",
                        user=user.name,
                        request=request.display_name,
                    )
                )
            request._watch(user)
        return True

    def _watch(self, user):
        self._write_guarded({"watcher_ids": [Command.link(user.id)]})

    def _refuse_unless_involved(self):
        user = self.env.user
        people = self.requester_id | self.asked_user_ids | self.policy_id.owner_id
        if user not in people:
            raise AccessError(
                self.env._(
                    "Only who asked %(request)s, and who is asked to decide it, lets others watch it.",
                    request=self.display_name,
                )
            )
