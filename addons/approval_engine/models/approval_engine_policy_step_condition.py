from difflib import get_close_matches

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..policies import conditions, routing

REQUEST = "approval_engine.request"
SUBJECT = "subject"
ON = [("request", "The request"), (SUBJECT, "The record it is about")]
AT_WORK = "at_work"  # the path is followed for a request, no longer being written
TO_PEOPLE = ("res.users", "res.partner")


class ApprovalEnginePolicyStep(models.Model):
    """When a step applies, and the field that names its people: both are checked when saved."""

    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    condition = fields.Char(
        "Only If",
        help="A domain, such as [('partner_id.account_tier', '=', 'strategic')]. Empty: always.",
    )
    condition_on = fields.Selection(
        ON, "Condition About", required=True, default="request"
    )
    condition_model = fields.Char(compute="_compute_condition_model")

    @api.depends("condition_on", "policy_id.type_id")
    def _compute_condition_model(self):
        for step in self:
            step.condition_model = step._looks_at() or REQUEST

    def _looks_at(self):
        """:return: name of the model whose fields the condition reads; empty if there is none"""
        kind = self.policy_id.type_id
        if self.condition_on != SUBJECT:
            return REQUEST
        return kind.subject_model if kind.subject_model in self.env else ""

    # ------------------------------------------------------------------ condition

    @api.constrains("condition", "condition_on", "policy_id")
    def _check_condition(self):
        for step in self.filtered("condition"):
            model = step._looks_at()
            if not model:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s looks at the record the request is about, but requests of type %(type)s need "
                        "not be about one. Look at the request instead.",
                        step=step.name,
                        type=step.policy_id.type_id.name,
                    )
                )
            step._check_domain(self.env[model], step._parsed_condition())

    def _parsed_condition(self):
        try:
            return conditions.parse(self.condition)
        except conditions.BadConditionError as error:
            raise self._bad_condition(*error.args) from error

    def _bad_condition(self, code, part):
        words = {
            "long": self.env._("it is too long"),
            "syntax": self.env._(
                "it is no list of comparisons with plain values; names and calls are not run"
            ),
            "shape": self.env._("“%(part)s” is no comparison", part=part[:80]),
            "operator": self.env._("“%(part)s” is no operator", part=part[:80]),
            "deep": self.env._(
                "“%(part)s” goes further than %(most)s fields",
                part=part[:80],
                most=conditions.MAX_DEPTH,
            ),
        }[code]
        return self._condition_error(words)

    def _condition_error(self, words):
        return ValidationError(
            self.env._(
                "Step %(step)s, Only If (condition): %(words)s. Write it like "
                "[('partner_id.account_tier', '=', 'strategic')].",
                step=self.name,
                words=words,
            )
        )

    def _check_domain(self, model, domain):
        for path, operator, value in conditions.leaves(domain):
            end = self._check_path(model, path, "condition")
            if operator in ("any", "not any"):
                if not end.relational:
                    raise self._condition_error(
                        self.env._("“%(path)s” leads to no records", path=path)
                    )
                self._check_domain(self.env[end.comodel_name], value)
        try:
            Domain(domain).validate(model.sudo())
        except (ValueError, TypeError, UserError) as error:
            raise self._condition_error(str(error)) from error

    def _meeting_condition(self, requests):
        """Evaluated with the rights of the engine; a record that is gone leaves the step in.

        :return: list of those of ``requests`` for which the condition of this step holds
        """
        about = {r: r for r in requests}
        if self.condition_on == SUBJECT:
            about = {r: r._subject() for r in requests}
        held, domain = set(), self._parsed_condition()
        for records in _by_model(filter(None, about.values())):
            held.update(records.sudo().filtered_domain(domain))
        return [r for r, record in about.items() if not record or record in held]

    # ------------------------------------------------------------------ field path

    @api.constrains("route", "field_path", "policy_id")
    def _check_field_path(self):
        for step in self.filtered(lambda s: s.route == routing.FIELD):
            path = (step.field_path or "").strip()
            if not path:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s asks whom a field of the record names: say which (Field).",
                        step=step.name,
                    )
                )
            if len(path.split(".")) > conditions.MAX_DEPTH:
                raise step._bad_path(
                    path,
                    self.env._(
                        "it goes further than %(most)s fields",
                        most=conditions.MAX_DEPTH,
                    ),
                )
            end = step._check_path(step._start_of(path), path, "field_path")
            if end.comodel_name not in TO_PEOPLE:
                raise step._bad_path(
                    path, self.env._("it leads neither to users nor to contacts")
                )

    def _start_of(self, path):
        """:return: the model on which a path begins: of the record, else the request"""
        subject = self.policy_id.type_id.subject_model
        first = path.split(".")[0]
        if subject in self.env and first in self.env[subject]._fields:
            return self.env[subject]
        return self.env[REQUEST]

    def _check_path(self, model, path, what):
        """:return: the field a path ends with; whoever saves it has to be allowed to read all on the way"""
        names = path.split(".")
        for place, name in enumerate(names):
            field = model._fields.get(name)
            if field is None or not self._may_author_read(model, field, what):
                raise self._unknown_field(model, path, name, what)
            if not field.relational and (place < len(names) - 1 or what != "condition"):
                raise self._bad_path(
                    path,
                    self.env._("“%(field)s” leads to no record", field=name),
                    what,
                )
            if place < len(names) - 1:
                model = self.env[field.comodel_name]
        return field

    def _may_author_read(self, model, field, what):
        """Whoever writes a policy must not learn from its steps what they cannot read."""
        if what == AT_WORK or self.env.uid == SUPERUSER_ID:
            return True
        return model.sudo(False)._has_field_access(field, "read")

    def _unknown_field(self, model, path, name, what):
        known = [
            n for n, f in model._fields.items() if what == "condition" or f.relational
        ]
        near = get_close_matches(name, known, 3, 0.5)
        words = self.env._(
            "%(model)s has no field “%(field)s” that you can read",
            model=model._description,
            field=name,
        )
        if near:
            words = self.env._(
                "%(words)s; did you mean %(near)s?", words=words, near=", ".join(near)
            )
        return self._bad_path(path, words, what)

    def _bad_path(self, path, words, what="field_path"):
        what = "field_path" if what == AT_WORK else what
        return ValidationError(
            self.env._(
                "Step %(step)s, %(label)s (%(name)s) “%(path)s”: %(words)s.",
                step=self.name,
                label=self._fields[what]._description_string(self.env),
                name=what,
                path=path[:120],
                words=words.rstrip(".?"),
            )
        )

    def _walk_to_field(self, request):
        """:return: (records, name): the records that hold the last field of the path, and that field"""
        path = self.field_path.strip()
        start = self._start_of(path)
        self._check_path(start, path, AT_WORK)
        subject = request._subject()
        record = request if start._name == REQUEST else subject
        names = path.split(".")
        records = record.sudo() if record else start.sudo().browse()
        for name in names[:-1]:
            records = records[name]
        return records, names[-1]


def _by_model(records):
    """:return: iterable of recordsets"""
    found = {}
    for record in records:
        found[record._name] = found.get(record._name, record.browse()) | record
    return found.values()
