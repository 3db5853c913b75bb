from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.tools import caches

from ..policies.desk.stages import Stage, first, lacking
from ..policies.ticket_state import STATES


class SupportVisibilityStage(models.Model):
    """A column of the board. Its state decides what moving a ticket there means."""

    _name = "support_visibility.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        STATES,
        required=True,
        index=True,
        help="A ticket moved to this stage gets this state, if it may.",
    )
    fold = fields.Boolean("Folded on the Board")
    description = fields.Char(translate=True)

    team_ids = fields.Many2many(
        "support_visibility.team",
        string="Teams",
        help="Only tickets of these teams stand here. Empty: those of all teams.",
    )

    @api.model
    @caches.remembered()
    def _plan(self):
        """:return: all stages in their order, as plain values"""
        found = self.sudo().search_fetch(Domain.TRUE, ["state", "team_ids"])
        return tuple(
            Stage(stage.id, stage.state, frozenset(stage.team_ids.ids))
            for stage in found
        )

    @api.model
    def _first_id(self, state, team_id):
        """:return: id of the first stage of a state that tickets of this team (None: of no team) have"""
        return first(self._plan(), state, team_id or None)

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self._changed()
        return stages

    def write(self, vals):
        res = super().write(vals)
        self._changed()
        if not {"state", "team_ids"}.isdisjoint(vals):
            self._raise_if_lacking(self._plan())
            self._bring_home()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_its_state(self):
        self._raise_if_lacking([s for s in self._plan() if s.id not in self.ids])

    def unlink(self):
        res = super().unlink()
        self._changed()
        return res

    def _changed(self):
        self.flush_model()
        caches.forget(self.env)

    def _bring_home(self):
        """Tickets that stood in a stage which their team no longer has go to the first of their state that it has."""
        if self.team_ids:
            self.env["support_visibility.ticket"].sudo().search(
                [
                    *(("stage_id", "in", self.ids), ("team_id", "!=", False)),
                    ("team_id", "not in", self.team_ids.ids),
                ]
            )._fit_stages()

    @api.model
    def _raise_if_lacking(self, stages):
        """:raises ValidationError: names the state, and the team, without a stage"""
        teams = self.env["support_visibility.team"].sudo()
        teams = teams.with_context(active_test=False).search(Domain.TRUE)
        labels = dict(self._fields["state"]._description_selection(self.env))
        missing = lacking(stages, labels, teams.ids)
        if not missing:
            return
        team_id, state = missing[0]
        raise ValidationError(
            self.env._(
                "Team %(team)s would have no stage for %(state)s. Add one first, or one for all teams.",
                team=teams.browse(team_id).name,
                state=labels[state],
            )
            if team_id
            else self.env._(
                "Every state needs a stage. Without one: %(states)s. Add a stage with that state first.",
                states=", ".join(labels[state] for _team, state in missing),
            )
        )
