from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import rules
from ..tools import rule_words

MOST_HOURS = 24 * 366 * 10
MOST_RESOURCES = 20_000  # characters: more are no people that somebody wrote down


class ProcessIntelligenceRule(models.Model):
    """Something that every case of a process has to keep to. What it means is in ``policies/rules.py``."""

    _name = "process_intelligence.rule"
    _inherit = ["process_intelligence.rule_watch"]
    _description = "Rule of a Process"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Process",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="definition_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("existence", "Happens at least n times"),
            ("absence", "Never happens"),
            ("exactly", "Happens exactly n times"),
            ("init", "Is the first step"),
            ("end", "Is the last step"),
            ("response", "Is followed by another"),
            ("precedence", "Comes before another"),
            ("succession", "Comes before another, which follows"),
            ("chain_response", "Is directly followed by another"),
            ("chain_precedence", "Comes directly before another"),
            ("chain_succession", "Both always directly one after the other"),
            ("not_coexistence", "Never in one case with another"),
            ("within", "Is answered in time"),
            ("four_eyes", "Never done by who does another"),
            ("allowed", "Only done by certain people"),
            ("norm", "The usual ways"),
        ],
        required=True,
        default="response",
    )
    activity_id = fields.Many2one(
        "process_intelligence.activity",
        domain="[('definition_id', '=', definition_id), ('shown_as_id', '=', False)]",
        # What a person chose is kept by the store, so this only follows the process itself.
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
    )
    other_activity_id = fields.Many2one(
        "process_intelligence.activity",
        domain="[('definition_id', '=', definition_id), ('shown_as_id', '=', False)]",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
    )
    times = fields.Integer(default=1)
    within_seconds = fields.Integer(
        "Within (s)", help="Seconds, the last one included."
    )
    within_hours = fields.Float(
        "Within",
        compute="_compute_within_hours",
        readonly=False,
        help="Hours and minutes, such as 4:30.",
    )
    clock = fields.Selection(
        [("wall", "On the clock"), ("business", "Working time")],
        required=True,
        default="wall",
        help="Working time is counted by the working calendar of the process.",
    )
    resources = fields.Text(
        "People",
        help="Who may do it, one a line, as the events name them: logins, source:<code> or system.",
    )
    norm = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,  # it tells what its maker saw
    )
    severity = fields.Selection(
        [
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
            ("critical", "Critical"),
        ],
        required=True,
        default="medium",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        check_company=True,
        help="Who answers for the rule and hears of what breaks it.",
    )
    meaning = fields.Text(
        "Why It Matters", help="What it costs or risks when the rule is broken."
    )
    settle_hours = fields.Integer(
        "Wait Before an Alarm (h)",
        required=True,
        default=168,
        help="Some breaches a later step can still heal, such as an answer that has not come yet. They only count as"
        " news when the case has had no step for so long.",
    )
    sentence = fields.Text("What It Says", compute="_compute_sentence")
    figures = fields.Char("Today", compute="_compute_figures")

    _settle_positive = models.Constraint(
        "CHECK(settle_hours >= 0)",
        "Wait Before an Alarm cannot be less than 0 hours. Write 0 for no wait.",
    )

    # ------------------------------------------------------------------ computes

    @api.depends(
        *("kind", "activity_id.name", "other_activity_id.name", "times"),
        *("within_seconds", "clock", "resources", "norm"),
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = rule_words.sentence(self.env, rule.sudo())

    @api.depends("within_seconds")
    def _compute_within_hours(self):
        for rule in self:
            rule.within_hours = rule.within_seconds / 3600

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_figures(self):
        """Only shown on the form: each rule asks a question of its own."""
        for rule in self:
            rule.figures = rule._origin.id and rule._figures_words()

    def _figures_words(self):
        problem = self._problem()
        if problem:
            return problem
        definition = self.definition_id
        told = definition._kept(self, definition._parsed(None), definition._relations())
        if not told["cases"]:
            return self.env._(
                "There is no case of %(process)s that you may see.",
                process=definition.name,
            )
        if not told["applies"]:
            return self.env._(
                "None of %(cases)s cases has anything that the rule asks about.",
                cases=told["cases"],
            )
        words = self.env._(
            "%(violated)s of %(applies)s cases that it is about break it, %(may_heal)s of them may still come right.",
            **{key: told[key] for key in ("violated", "applies", "may_heal")},
        )
        return " ".join(
            filter(None, [words, told["drift"] and told["drift"]["sentence"]])
        )

    # ------------------------------------------------------------------ what is valid

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._in_seconds(vals) for vals in vals_list])

    def write(self, vals):
        if any(
            rule.definition_id.id != vals.get("definition_id", rule.definition_id.id)
            for rule in self
        ):
            raise ValidationError(
                self.env._(
                    "A rule stays with its process. Make a new one for the other process."
                )
            )
        return super().write(self._in_seconds(vals))

    @api.model
    def _in_seconds(self, vals):
        """Hours are only another way to write seconds; rules are checked with those."""
        if "within_hours" not in vals:
            return vals
        hours = vals["within_hours"] or 0
        if not isinstance(hours, int | float) or not 0 <= hours <= MOST_HOURS:
            raise ValidationError(
                self.env._(
                    "Within: write hours as a number from 0 to %(most)s, such as 4.5.",
                    most=MOST_HOURS,
                )
            )
        kept = {name: value for name, value in vals.items() if name != "within_hours"}
        return {**kept, "within_seconds": round(hours * 3600)}

    @api.onchange("definition_id")
    def _onchange_definition_id(self):
        for name in ("activity_id", "other_activity_id"):
            if self[name].definition_id != self.definition_id:
                self[name] = False

    @api.constrains(
        *("kind", "activity_id", "other_activity_id", "times"),
        *("within_seconds", "clock", "resources", "norm", "definition_id"),
    )
    def _check_complete(self):
        for rule in self:
            rule._check_needs()
            rule._check_activities()
            if rule.kind == "norm" and not rule.sudo().norm:
                raise ValidationError(
                    self.env._(
                        "Kind: a norm is not written by hand. Use Freeze as Norm on the process."
                    )
                )
            if rule._asks_business() and not rule.definition_id.calendar_id:
                raise ValidationError(rule._no_calendar())

    @api.constrains("times", "within_seconds", "settle_hours")
    def _check_bounds(self):
        most = {
            "times": 2**31 - 1,
            "within_seconds": MOST_HOURS * 3600,
            "settle_hours": MOST_HOURS,
        }
        for rule in self:
            for name, highest in most.items():
                if not 0 <= rule[name] <= highest:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: write a whole number from 0 to %(most)s, not %(value)s.",
                            field=self._fields[name]._description_string(self.env),
                            most=highest,
                            value=rule[name],
                        )
                    )

    @api.constrains("resources")
    def _check_resources(self):
        for rule in self:
            if len(rule.resources or "") > MOST_RESOURCES:
                raise ValidationError(
                    self.env._(
                        "People: they are longer than %(most)s characters. Name fewer, or make a rule of the others.",
                        most=MOST_RESOURCES,
                    )
                )

    def _check_needs(self):
        lacking = rules.missing(
            self.kind,
            first=self.activity_id,
            second=self.other_activity_id,
            times=self.times,
            within=self.within_seconds,
            resources=self._resource_names(),
        )
        if lacking:
            field = self._fields[lacking[0]]
            raise ValidationError(
                self.env._(
                    "Rule “%(rule)s”: a rule of the kind “%(kind)s” needs the field %(field)s. Fill it in.",
                    rule=self.name,
                    kind=dict(self._fields["kind"]._description_selection(self.env))[
                        self.kind
                    ],
                    field=field._description_string(self.env),
                )
            )

    def _check_activities(self):
        chosen = self.sudo().activity_id | self.sudo().other_activity_id
        for activity in chosen:
            if activity.definition_id != self.definition_id:
                raise ValidationError(
                    self.env._(
                        "“%(activity)s” is not an activity of %(process)s. Choose one of its own.",
                        activity=activity.name,
                        process=self.definition_id.name,
                    )
                )
        if self.kind in rules.TWO and len(_counting_as(chosen)) < 2:
            raise ValidationError(
                self.env._(
                    "Other Activity: it is %(activity)s again. Choose another one, or a kind of rule about one"
                    " activity.",
                    activity=chosen[:1].name,
                )
            )

    def _asks_business(self):
        return self.kind == "within" and self.clock == "business"

    def _no_calendar(self):
        return self.env._(
            "Rule “%(rule)s” counts working time, but %(process)s has no working calendar. Choose one there, or count"
            " on the clock.",
            rule=self.name,
            process=self.definition_id.name,
        )

    def _problem(self):
        """:return: why the rule cannot be judged as things are, in words; else empty"""
        rule = self.sudo()
        if rule._asks_business() and not rule.definition_id.calendar_id:
            return self._no_calendar()
        used = rule.activity_id
        if rule.kind in rules.TWO:
            used |= rule.other_activity_id
        for activity in used:
            if activity.ignored:
                return self.env._(
                    "%(activity)s is left out of the process. Take it back in, or choose another one in rule"
                    " “%(rule)s”.",
                    activity=activity.name,
                    rule=rule.name,
                )
        if rule.kind in rules.TWO and len(_counting_as(used)) < 2:
            return self.env._(
                "Both activities of rule “%(rule)s” count as one by now. Choose another one.",
                rule=rule.name,
            )
        return ""

    # ------------------------------------------------------------------ for the questions

    def _resource_names(self):
        return rules.lines(self.resources)

    def _spec(self, names):
        """:param names: ``Names`` of the process's activities
        :return: ``policies.rules.Rule``
        """
        rule = self.sudo()
        return rules.Rule(
            kind=rule.kind,
            first=_counting_as(rule.activity_id).id or None,
            second=_counting_as(rule.other_activity_id).id or None,
            times=rule.times,
            within=rule.within_seconds,
            business=rule._asks_business(),
            resources=rule._resource_names(),
            norm=_norm(rule.norm, names) if rule.kind == "norm" else None,
        )

    # ------------------------------------------------------------------ screens

    def action_open_violations(self):
        """:return: a window action on the cases that break the rule today"""
        self.ensure_one()
        return self.definition_id.open_violations(self.id)

    def _form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "current",
        }


def _counting_as(activities):
    """:return: what the activities count as"""
    return activities.browse(
        dict.fromkeys((one.shown_as_id or one).id for one in activities)
    )


def _norm(kept, names):
    """A name that no step carries any more is nowhere, so it is left out."""
    ids = {name: names.id_of(name) for name in _named(kept)}
    return rules.Norm(
        starts=tuple(ids[name] for name in kept["starts"] if ids[name]),
        ends=tuple(ids[name] for name in kept["ends"] if ids[name]),
        moves=tuple(
            (ids[source], ids[target])
            for source, target in kept["moves"]
            if ids[source] and ids[target]
        ),
    )


def _named(kept):
    return {
        *kept["starts"],
        *kept["ends"],
        *(name for pair in kept["moves"] for name in pair),
    }
