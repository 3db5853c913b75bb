from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies import arguments
from ..tools.arguments import require_records

# Which methods may be called with a reason, and what the person is asked.
REASONED = {
    ("base.automation", "action_pause"): "Pause",
    ("base.automation", "action_skip_waiting"): "Skip What Waits",
    ("base.automation", "action_release"): "Release from Governance",
    ("base.automation", "action_switch_off"): "Switch Off",
    ("base.automation", "action_pause_all"): "Pause All Rules",
    ("event_hub.job", "action_pause"): "Pause",
    ("event_hub.run", "action_mark_override"): "Mark as Overridden",
    ("event_hub.exception", "action_discard"): "Discard",
    ("event_hub.exception", "action_assign"): "Assign",
}
WHOM = ("action_assign",)  # of them, those that ask whom instead of why
STANDS_FOR = {"event_hub.governance": "base.automation"}  # rows with the ids of others


class EventHubReason(models.TransientModel):
    """Asks why, then calls one method of the chosen records with the answer; the method decides who may."""

    _name = "event_hub.reason"
    _description = "Give a Reason"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(readonly=True)
    method = fields.Char(required=True, readonly=True)
    asked = fields.Char(compute="_compute_asked")
    asks_whom = fields.Boolean(compute="_compute_asked")
    reason = fields.Text()
    user_id = fields.Many2one(
        "res.users", "Who Looks After It", domain=[("share", "=", False)]
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        model = context.get("active_model")
        values["res_model"] = STANDS_FOR.get(model, model)
        values["res_ids"] = context.get("active_ids") or []
        return values

    @api.depends("res_model", "method", "res_ids")
    def _compute_asked(self):
        for wizard in self:
            title = self._reasoned().get((wizard.res_model, wizard.method), "")
            count = len(wizard.res_ids or [])
            wizard.asks_whom = wizard.method in WHOM
            wizard.asked = (
                self.env._("%(title)s: %(count)s chosen", title=title, count=count)
                if count > 1
                else title
            )

    @api.model
    def _reasoned(self):
        """:return: ``{(model, method): title}``; extend by super()"""
        return dict(REASONED)

    def _chosen(self):
        """:return: ids of the records that were chosen

        :raise UserError: if they are no ids
        :raise MissingError: if there is no such record
        """
        ids = self.res_ids or []
        if not arguments.fits(arguments.ids_of(), ids):
            raise UserError(
                self.env._(
                    "Records are chosen by a list of their ids, whole numbers, not %(value)s.",
                    value=arguments.shown(ids),
                )
            )
        require_records(self.env[self.res_model], ids)
        return ids

    def action_confirm(self):
        """Call the method; nothing but what ``_reasoned`` lists can be called."""
        self.ensure_one()
        if (self.res_model, self.method) not in self._reasoned():
            raise UserError(
                self.env._(
                    "%(method)s of %(model)s does not take a reason.",
                    method=self.method,
                    model=self.res_model,
                )
            )
        records = self.env[self.res_model].browse(self._chosen())
        answer = self.user_id.id if self.asks_whom else self.reason
        getattr(records, self.method)(answer)
        return {"type": "ir.actions.act_window_close"}
