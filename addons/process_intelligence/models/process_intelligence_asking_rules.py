from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, id_of
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import rules
from ..policies.filters import Filters
from ..tools import questions_rules, rule_words

RULE = id_of("process_intelligence.rule")


class ProcessIntelligenceAskingRules(models.AbstractModel):
    """Whether cases keep to the rules of their process."""

    _name = "process_intelligence.asking_rules"
    _inherit = ["process_intelligence.asking"]
    _description = "Questions about the Rules of a Process"

    @takes(filters=MAYBE_OBJECT)
    def conformance(self, filters=None):
        """How well the cases that pass the filters keep to the active rules of the process.

        A case without anything that the rule asks about keeps it vacuously: it is in ``cases``, not in ``applies``.
        ``may_heal`` counts the violated cases that a later step could still put right (as far as the log tells,
        they are violated), ``unknown`` those without breach where somebody's name is missing. ``trend`` is by the
        month in which cases start. A norm also says how cases of the last 30 days compare (``drift``).

        :param filters: see ``policies/filters.py``
        :return: ``[{"rule_id", "name", "kind", "sentence", "severity", "owner", "meaning", "problem", "cases",
            "applies", "violated", "may_heal", "unknown", "ok_share", "trend": [{"month": "2026-03", "cases", …}],
            "drift"}]``; ``ok_share`` is from 0 to 1, false where the rule applies to no case; ``problem`` says why
            a rule cannot be judged, else it is false; ``drift`` is ``{"recent": {"cases", "off", "share"}, "before",
            "points", "significant", "sentence"}`` or false
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        found = self.env["process_intelligence.rule"].search(
            [("definition_id", "=", definition.id)]
        )
        return [definition._kept(rule, parsed, relations) for rule in found]

    @takes(rule_id=RULE, filters=MAYBE_OBJECT, limit=ANY)
    def violations(self, rule_id, filters=None, limit=100):
        """The cases that break a rule, each with the place of its first breach; the latest first.

        :param rule_id: a rule of this process, also an archived one
        :return: ``{"total", "cases": [{"case_key", "case_model", "record_id", "position", "seq", "ts", "activity",
            "resource", "code", "why", "may_heal", "breaches"}]}``; position 1 is the first step, ``seq`` the id of
            its event, ``breaches`` how many the case has, ``total`` counts cases beyond the limit, too
        :raises ValidationError: the rule is another process's or cannot be judged; unknown filter key, bad value
        """
        definition = self._one()
        rule = definition._own_rule(rule_id)
        parsed, limit = definition._parsed(filters), definition._checked_limit(limit)
        relations = definition._relations()
        rows = definition._judge(
            questions_rules.violations, rule, parsed, relations, limit
        )
        found = [questions_rules.BreachRow(*row) for row in rows]
        return {
            "total": found[0].total if found else 0,
            "cases": [_place(rule, row, relations.names) for row in found],
        }

    @takes(rule_id=RULE, filters=MAYBE_OBJECT)
    def open_violations(self, rule_id, filters=None):
        """:return: a window action on the cases that break a rule, as ``open_cases`` gives it"""
        definition = self._one()
        rule = definition._own_rule(rule_id)
        parsed = definition._parsed(filters)
        found = definition._judge(
            questions_rules.broken_keys,
            rule,
            parsed,
            definition._relations(),
            const.MAX_CASES_OPENED,
        )
        return definition._cases_action(
            [row[0] for row in found], found[0][1] if found else 0
        )

    def _own_rule(self, rule_id):
        rule = self.env["process_intelligence.rule"].browse(rule_id)
        rule.check_access("read")
        if rule.definition_id != self:
            raise ValidationError(
                self.env._(
                    "rule_id: “%(rule)s” is a rule of %(other)s, not of %(process)s. Ask that process.",
                    rule=rule.name,
                    other=rule.definition_id.display_name,
                    process=self.name,
                )
            )
        problem = rule._problem()
        if problem:
            raise ValidationError(problem)
        return rule

    def _kept(self, rule, filters, relations):
        problem = rule._problem()
        months = (
            []
            if problem
            else self._judge(questions_rules.months, rule, filters, relations)
        )
        drift = False
        if rule.kind == "norm" and not problem:
            drift = self._drift(rule, filters, relations)
        return {
            "rule_id": rule.id,
            "name": rule.name,
            "kind": rule.kind,
            "sentence": rule.sentence,
            "severity": rule.severity,
            "owner": rule.owner_id.display_name or False,
            "meaning": rule.meaning or False,
            "problem": problem or False,
            **rules.figures(rules.Month(*row) for row in months),
            "drift": drift,
        }

    def _judge(self, question, rule, filters, relations, *rest):
        """:return: the rows of one of the questions about a single rule"""
        return self._answer(
            question(
                relations,
                filters,
                rule._spec(relations.names),
                self.calendar_id.id,
                self._judged_at(rule),
                *rest,
            ),
            relations,
        )

    def _judged_at(self, rule):
        """:return: this minute, so that answers can be kept; the calendar of the rule is known up to then"""
        now = fields.Datetime.now().replace(second=0)
        if rule.clock == "business" and self.calendar_id:
            self.env["process_intelligence.opening"]._cover(self.calendar_id, now, now)
        return now

    def _drift(self, rule, filters, relations):
        row = self._answer(
            questions_rules.off_norm(
                relations,
                filters,
                rule._spec(relations.names),
                self._judged_at(rule),
                rule.settle_hours,
                const.DRIFT_DAYS,
                const.DRIFT_BEFORE_DAYS,
            ),
            relations,
        )[0]
        told = rules.drift(rules.Period(*row[:2]), rules.Period(*row[2:]))
        return {**told, "sentence": rule_words.drift(self.env, told)}

    # ------------------------------------------------------------------ the norm

    @takes(filters=MAYBE_OBJECT, coverage=ANY)
    def action_freeze_norm(self, filters=None, coverage=const.NORM_COVERAGE):
        """Make a rule of how cases go today: the moves of the most frequent ways that hold ``coverage`` of the cases.

        :param coverage: above 0, at most 1
        :return: a window action on the new rule
        :raises ValidationError: no case passes the filters; bad value; a process of all of several companies
        """
        definition = self._one("write")
        definition._check_of_one_company()
        parsed, share = definition._parsed(filters), definition._checked_share(coverage)
        norm = definition._frozen(parsed, share)
        rules = self.env["process_intelligence.rule"]
        rules.check_access("create")
        rule = rules.sudo().create(  # a norm is nobody's to write
            {
                "definition_id": definition.id,
                "name": self.env._(
                    "The usual ways of %(day)s", day=fields.Date.today()
                ),
                "kind": "norm",
                "norm": norm,
            }
        )
        return rule.sudo(False)._form()

    def _check_of_one_company(self):
        """A norm tells what its maker saw, to the managers of every company that the process is of."""
        companies = self.env["res.company"].sudo()
        if not self.company_id and companies.search_count(Domain.TRUE, limit=2) > 1:
            raise ValidationError(
                self.env._(
                    "%(process)s is of all companies, and a norm tells of the cases that its maker saw. Give it a"
                    " company first.",
                    process=self.name,
                )
            )

    def _frozen(self, filters: Filters, coverage):
        relations = self._relations()
        [[cases]] = self._answer(questions_rules.count(relations, filters), relations)
        if not cases:
            raise ValidationError(
                self.env._(
                    "No case passes the filters, so there is no norm to freeze. Leave some filters out."
                )
            )
        ways, _count = self._ways(filters, const.MAX_VARIANTS, relations)
        usual = rules.usual_ways(
            (rules.Way(way["path"], way["count"]) for way in ways), cases, coverage
        )
        return rules.frozen(usual, coverage)

    def _checked_share(self, share):
        if (
            isinstance(share, bool)
            or not isinstance(share, int | float)
            or not 0 < share <= 1
        ):
            raise ValidationError(
                self.env._(
                    "coverage must be a number above 0 and at most 1, such as 0.8, not %(value)s.",
                    value=share,
                )
            )
        return share


def _place(rule, row, names):
    activity, following = names.of(row.activity), names.of(row.next_activity)
    why = rule_words.why(
        rule.env, rule.sudo(), row.code, (activity, following, row.resource), row.took
    )
    return {
        "case_key": row.case_key,
        "case_model": row.case_model or False,
        "record_id": row.record_id or False,
        "position": row.position,
        "seq": row.seq,
        "ts": row.ts.isoformat() + "Z",
        "activity": activity,
        "resource": row.resource or False,
        "code": row.code,
        "why": why,
        "may_heal": row.may_heal,
        "breaches": row.breaches,
    }
