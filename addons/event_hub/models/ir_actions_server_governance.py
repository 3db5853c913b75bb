# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import api, models

from ..policies import governance

# What says nothing about what the action does.
LEFT_OUT = {
    "id",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "base_automation_id",
    "parent_id",
    "sequence",
    "usage",
    "type",
    "name",
    "help",
    "binding_model_id",
    "binding_type",
    "binding_view_types",
    "xml_id",
    "path",
    "automated_name",
}
SECRET = "webhook_url"  # that it changed is told, not what it is
OTHER_KINDS = ("update_", "evaluation_")
MAX_NESTING = 10  # of actions in actions


class IrActionsServer(models.Model):
    """A change of an action is a change of the governed rule that runs it."""

    _inherit = "ir.actions.server"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._governed_rules()._record_version()
        return actions

    def write(self, vals):
        before = self._governed_rules()
        result = super().write(vals)
        (before | self._governed_rules())._after_action_change()
        return result

    def unlink(self):
        rules = self._governed_rules()
        result = super().unlink()
        rules._after_action_change()
        return result

    def _governed_rules(self):
        """:return: the governed rules that run these actions, also by way of actions that run others"""
        actions = self.sudo()
        for _level in range(MAX_NESTING):
            parents = actions.parent_id - actions
            if not parents:
                break
            actions |= parents
        return actions.base_automation_id.filtered("governed")

    def _governed_snapshot(self, prefix=""):
        """:return: ``{name: value}``: all that decides what this action does and the actions it runs"""
        self.ensure_one()
        title = f"{prefix}action {self.id} ({self.name})"
        names = [
            name
            for name, field in self._fields.items()
            if field.store
            and name not in LEFT_OUT
            and field.type not in ("one2many", "binary")
        ]
        action = self.sudo().with_context(lang="en_US")
        if action.state == "code":  # settings of other kinds of action say nothing then
            names = [name for name in names if not name.startswith(OTHER_KINDS)]
        known = {
            f"{title}: {name}": governance.digest(action[name])
            if name == SECRET
            else _plain(action[name])
            for name in names
            if action[name]
        }
        for child in self.child_ids.sorted("id"):
            known.update(child._governed_snapshot(f"{title}, "))
        return known or {title: "nothing"}

    def _charter_line(self):
        """:return: the action in one line: its name and its kind"""
        kinds = dict(self._fields["state"]._description_selection(self.env))
        return f"{self.name} ({kinds.get(self.state, self.state)})"


def _plain(value):
    """:return: a field's value as JSON holds it; a record with its name and id"""
    if isinstance(value, models.BaseModel):
        return ", ".join(f"{r.display_name} ({r.id})" for r in value.sorted("id"))
    return value if isinstance(value, (bool, int, float, str)) else str(value)
