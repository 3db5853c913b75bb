from odoo import api, fields, models

from ..policies import conditions, managers, routing, seats
from ..policies.sentence import StepWords, step_words
from .approval_engine_policy_step import READ_ALOUD
from .approval_engine_policy_step_condition import REQUEST
from .approval_engine_policy_step_route import EVERYONE, LEAST_BUSY


class ApprovalEnginePolicyStep(models.Model):
    """A step as a person reads it."""

    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    words = fields.Char("Reads", compute="_compute_words")

    @api.depends(*READ_ALOUD, "currency_id")
    def _compute_words(self):
        for step, words in zip(self, self._words(), strict=True):
            step.words = step_words(words)

    def _words(self):
        """:return: the steps as a person reads them"""
        return [
            StepWords(
                step.sequence,
                step._who_words(),
                step.mode if step._is_several() else seats.ALL,
                step.quorum,
                step.currency_id.format(step.amount_from) if step.amount_from else "",
                step.currency_id.format(step.amount_to) if step.amount_to else "",
                percent=step.percent,
                extras=step._extra_words(),
            )
            for step in self
        ]

    def _is_several(self):
        if self.route == routing.MANAGERS:
            return (
                self.manager_reach == managers.LEVELS and self.manager_levels > 1
            ) or self.manager_reach == managers.LINE
        if self.route == routing.PEOPLE and not self.group_id:
            return len(self._asked_of(self.user_ids)) > 1
        return self.pick == EVERYONE or self.pick_count > 1

    def _asked_of(self, users):
        return users if self.pick == EVERYONE else users[: self.pick_count]

    def _who_words(self):
        who = getattr(self, f"_who_words_{self.route}")()
        if self.pick != EVERYONE:
            who = self._pick_words(who)
        return self.name if self.name == who else f"{self.name} ({who})"

    def _pick_words(self, who):
        values = {"count": self.pick_count, "who": who}
        if self.pick == LEAST_BUSY:
            return self.env._("the %(count)s least busy of %(who)s", **values)
        return self.env._("%(count)s of %(who)s in turn", **values)

    def _who_words_people(self):
        people = ", ".join(self.user_ids.mapped("name"))
        if people and self.group_id:
            people = self.env._(
                "%(people)s and %(group)s", people=people, group=self.group_id.name
            )
        return people or self.group_id.name or self.env._("nobody")

    def _who_words_manager(self):
        if self.manager_reach == managers.COVERING:
            return self.env._(
                "the first manager of the requester whose limit covers the amount"
            )
        if self.manager_reach == managers.LINE:
            return self.env._(
                "every manager of the requester up to the one whose limit covers the amount"
            )
        if self.manager_levels == 1:
            return self.env._("the manager of the requester")
        return self.env._(
            "%(count)s levels of managers above the requester",
            count=self.manager_levels,
        )

    def _who_words_field(self):
        labels = self._path_labels(self.field_path or "")
        if not labels:
            return self.env._("whom %(path)s names", path=self.field_path or "?")
        return self.env._("the %(field)s", field=labels)

    def _path_labels(self, path, model=None):
        """:return: such as “Account Owner of Account”; empty where the path leads nowhere"""
        model = self._start_of(path) if model is None else model
        labels = []
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return ""
            labels.insert(0, field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else None
        return self.env._(" of ").join(labels)

    def _condition_words(self):
        """:return: such as “Account Tier of Account = strategic”; what is no plain list of comparisons as it is"""
        if not self.condition:
            return ""
        try:
            domain = conditions.parse(self.condition)
        except conditions.BadConditionError:
            return self.condition
        model = self.env[self._looks_at() or REQUEST]
        said = [
            (self._path_labels(path, model), operator, value)
            for path, operator, value in conditions.leaves(domain)
        ]
        if not all(label for label, *_ in said) or any(
            part in ("|", "!") for part in domain
        ):
            return self.condition
        return self.env._(" and ").join(
            f"{label} {operator} {value}" for label, operator, value in said
        )

    def _who_words_matrix(self):
        role = self.matrix_role_id.name or "?"
        return self.env._("%(role)s by the role matrix", role=role)

    def _extra_words(self):
        """:return: tuple of what else holds for the step, such as "password required" """
        said = [
            (
                self.condition,
                self.env._("only if %(condition)s", condition=self._condition_words()),
            ),
            (self.comment_required, self.env._("comment required")),
            (self.identity_required, self.env._("password required")),
            (self.bar_account_owner, self.env._("not the account owner")),
            (self.bar_creator, self.env._("not the author of the record")),
        ]
        return tuple(words for holds, words in said if holds)
