# The gate goes past its own `create` and `write`, which refuse everybody else.
# pylint: disable=super-method-mismatch
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import caches

DRAFT, CURRENT, RETIRED = "draft", "current", "retired"


class EventHubEventTypeVersion(models.Model):
    """What the data of an event type looked like: one row a version.

    The current one is what the type says itself; a retired one still judges the events
    that name it. Only drafts are edited; the others follow from their type.
    """

    _name = "event_hub.event_type.version"
    _inherit = ["event_hub.guarded", "event_hub.described"]
    _description = "Event Type Version"
    _order = "event_type_id, id desc"
    _rec_name = "version"

    event_type_id = fields.Many2one(
        "event_hub.event_type", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [(DRAFT, "Draft"), (CURRENT, "Current"), (RETIRED, "Retired")],
        required=True,
        readonly=True,
        default=DRAFT,
        copy=False,
        help="Draft: being written. Current: judges the events that name no version. "
        "Retired: judges the events whose dataschema ends in /<version>.",
    )

    _version_uniq = models.Constraint(
        "UNIQUE(event_type_id, version)", "This event type has that version already."
    )
    _current_uniq = models.UniqueIndex("(event_type_id) WHERE state = 'current'")

    @api.depends("event_type_id.code", "version")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.event_type_id.code} {version.version}"

    # ------------------------------------------------------------------ the gate

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", DRAFT) != DRAFT for vals in vals_list):
            raise UserError(
                self.env._("A version is born a draft. Put it in force afterwards.")
            )
        return super().create([self._parsed(vals) for vals in vals_list])

    def write(self, vals):
        settled = self.filtered(lambda version: version.state != DRAFT)
        if settled or {"state", "event_type_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "%(names)s: only the content of a draft can be changed. Make a new version instead.",
                    names=", ".join(self.mapped("display_name")),
                )
            )
        return super().write(self._parsed(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_current(self):
        current = self.filtered(lambda version: version.state == CURRENT)
        if current:
            raise UserError(
                self.env._(
                    "%(names)s is in force. Put another version in force first.",
                    names=", ".join(current.mapped("display_name")),
                )
            )

    def unlink(self):
        result = super().unlink()
        caches.forget(self.env)
        return result

    def _enter(self, event_types):
        """Record what ``event_types`` say now as their current version."""
        return super().create(
            [
                {
                    "event_type_id": event_type.id,
                    "version": event_type.version,
                    "data_schema": event_type.data_schema,
                    "sample": event_type.sample,
                    "state": CURRENT,
                }
                for event_type in event_types
            ]
        )

    def _follow(self):
        """Make this the current version, with what its type says now."""
        self.ensure_one()
        return super().write(
            {
                "data_schema": self.event_type_id.data_schema,
                "sample": self.event_type_id.sample,
                "state": CURRENT,
            }
        )

    def _retire(self):
        result = super().write({"state": RETIRED})
        self.flush_recordset(["state"])  # before another is current
        return result

    # ------------------------------------------------------------------- actions

    def action_put_in_force(self):
        """Make these drafts the current versions of their types.

        :return: True
        :raise ValidationError: if one would refuse what was accepted and is no new major version
        """
        for version in self:
            if version.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%(name)s is no draft.",
                        name=version.display_name,
                    )
                )
            version.event_type_id.write(
                {
                    "version": version.version,
                    "data_schema": version.data_schema,
                    "sample": version.sample,
                }
            )
        return True
