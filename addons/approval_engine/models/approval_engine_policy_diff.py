from odoo import api, fields, models

from ..policies import policy_diff, policy_state

WITHIN = (policy_state.DRAFT, policy_state.PROPOSED)
NOT_SAID = frozenset(
    {"policy_id", "create_uid", "create_date", "write_uid", "write_date", "id"}
)
LINES = ("step_ids", "escalation_ids")


class ApprovalEnginePolicy(models.Model):
    """What a version says differently from the one before it, or from the one it would replace."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    compared_id = fields.Many2one(
        "approval_engine.policy", "Compared With", compute="_compute_changes"
    )
    changes = fields.Text("What Changes", compute="_compute_changes")

    @api.depends("sentence", "step_ids", "previous_id", "state", "date_from", "date_to")
    def _compute_changes(self):
        for policy in self:
            other = policy._compared_with()
            policy.compared_id = other
            said = policy._changes_against(other) if other else []
            policy.changes = "\n".join(said)

    def _compared_with(self):
        """:return: the version in force that this one is to replace, else the one it was made from; may be empty"""
        rival = self.browse()
        if self.state in WITHIN and self.type_id:
            rival = self._origin._in_force()[:1] if self._origin else rival
        return rival or self.previous_id

    def _changes_against(self, other):
        """:return: [sentence], one for each difference"""
        found = policy_diff.diff(other._as_content(), self._as_content())
        return [self._change_sentence(one) for one in found] or [
            self.env._("Nothing: it says the same.")
        ]

    def _change_sentence(self, one):
        values = {
            "part": one.part,
            "label": one.label,
            "old": one.old or self.env._("nothing"),
            "new": one.new or self.env._("nothing"),
        }
        if one.part:
            return self._step_change_sentence(one, values)
        if one.kind == policy_diff.ADDED:
            return self.env._("+ %(label)s: %(new)s", **values)
        if one.kind == policy_diff.REMOVED:
            return self.env._("− %(label)s: %(old)s", **values)
        return self.env._("%(label)s: %(old)s → %(new)s", **values)

    def _step_change_sentence(self, one, values):
        if one.kind == policy_diff.ADDED:
            return self.env._("+ Step %(part)s", **values)
        if one.kind == policy_diff.REMOVED:
            return self.env._("− Step %(part)s", **values)
        if not one.label:
            return self.env._("Step %(old)s is called %(new)s", **values)
        return self.env._("Step %(part)s, %(label)s: %(old)s → %(new)s", **values)

    # ------------------------------------------------------------------ what a policy says

    def _as_content(self):
        names = sorted((self._content_fields() | {"name"}) - set(LINES))
        return policy_diff.Content(
            _said(self, names),
            [
                policy_diff.Part(step.name or "?", _said(step, step._said_fields()))
                for step in self.step_ids.sorted(lambda s: s.sequence)
            ],
            {
                self._fields["escalation_ids"]._description_string(self.env): [
                    ", ".join(_said(level, _own_fields(level)).values())
                    for level in self.escalation_ids
                ]
            },
        )


class ApprovalEnginePolicyStep(models.Model):
    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    def _said_fields(self):
        return [name for name in _own_fields(self) if name != "name"]


def _own_fields(line):
    """:return: names of all that a line of a policy stores, whatever addon it is from"""
    return sorted(
        name
        for name, field in line._fields.items()
        if field.store and name not in NOT_SAID and not field.related
    )


def _said(record, names):
    """:return: {label: text} of what is set"""
    texts = {
        record._fields[name]._description_string(record.env): _text(record, name)
        for name in names
    }
    return {label: text for label, text in texts.items() if text}


def _text(record, name):
    field_, value = record._fields[name], record[name]
    if field_.type == "selection":
        return dict(field_._description_selection(record.env)).get(value, "")
    if field_.type == "monetary":
        return record.currency_id.format(value) if value else ""
    if field_.type == "boolean":
        return record.env._("yes") if value else record.env._("no")
    if field_.type == "float":
        return f"{value:g}"
    if field_.relational:
        return ", ".join(sorted(one.sudo().display_name or "" for one in value))
    return str(value) if value or value == 0 and field_.type == "integer" else ""
