# The gate goes past its own `write`, which refuses everybody else.
# pylint: disable=super-method-mismatch,method-required-super
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import ConflictError

DRAFT, RUNNING, DONE, CANCELLED = "draft", "running", "done", "cancelled"


class EventHubBackground(models.AbstractModel):
    """Work that an administrator describes and starts, and that a Scheduled Action does.

    What follows from running it (its readonly fields) is written by the work alone.
    """

    _name = "event_hub.background"
    _inherit = ["event_hub.guarded"]
    _description = "Work in the background"
    _hub_transitions = {}  # state: states that may follow
    _hub_outdated = {}  # values of what is true no longer once the work is described anew

    state = fields.Selection(
        [
            (DRAFT, "Draft"),
            (RUNNING, "Running"),
            (DONE, "Done"),
            (CANCELLED, "Cancelled"),
        ],
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
    )
    user_id = fields.Many2one("res.users", "Started By", readonly=True, copy=False)
    finished_at = fields.Datetime("Finished", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_progress(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_progress(vals)
        self._check_may_change()
        return self._record(**vals, **self._hub_outdated)

    def _refuse_progress(self, vals):
        own = [n for n in vals if n in self._fields and self._fields[n].readonly]
        if own:
            raise AccessError(
                self.env._(
                    "%(names)s of a %(work)s follow from running it.",
                    names=", ".join(own),
                    work=self._description.lower(),
                )
            )

    def _check_may_change(self):
        """:raise UserError: if one of them stands as it is"""
        if RUNNING in self.mapped("state"):
            raise UserError(
                self.env._(
                    "A running %(work)s cannot be changed. Cancel it first.",
                    work=self._description.lower(),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if RUNNING in self.mapped("state"):
            raise UserError(
                self.env._(
                    "A running %(work)s cannot be deleted. Cancel it first.",
                    work=self._description.lower(),
                )
            )

    def _record(self, **vals):
        """Write what came of running it."""
        return super().write(vals)

    def _set_state(self, state, **vals):
        for work in self:
            if state not in self._hub_transitions[work.state]:
                raise ConflictError(
                    self.env._(
                        "%(name)s is %(state)s and cannot become %(target)s.",
                        name=work.display_name,
                        state=work.state,
                        target=state,
                    )
                )
        return self._record(state=state, **vals)

    def _check_admin(self):
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "Only an Event Hub administrator can start or cancel a %(work)s.",
                    work=self._description.lower(),
                )
            )
        self.check_access("write")
