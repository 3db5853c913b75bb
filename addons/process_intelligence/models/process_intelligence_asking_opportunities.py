from odoo import models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import plaintext2html

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_OBJECT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import opportunities as policy
from ..policies.filters import Filters
from ..tools import drafts, span_words
from ..tools import questions_opportunities as ask
from .process_intelligence_rule_watch import MANAGER


class ProcessIntelligenceAskingOpportunities(models.AbstractModel):
    """Where a rule could take work off people."""

    _name = "process_intelligence.asking_opportunities"
    _inherit = ["process_intelligence.asking_work"]
    _description = "Automation Opportunities of a Process"

    @takes(filters=MAYBE_OBJECT, limit=ANY)
    def opportunities(self, filters=None, limit=10):
        """What people do often, what cases wait for, and what always goes the same way.

        ``score = steps * median hours from the step before * regularity``. Regularity is the mean of three figures
        from 0 to 1: 1 less the evenness of what comes next (Shannon's entropy by that of equal shares), 1 less the
        evenness of who does it, and 1 less the dispersion of the time, ``(q3 - q1) / (q3 + q1)``. Only steps done by
        people; working time where the process has a calendar, time on the clock otherwise. A step that only ever
        begins cases is waited for by nobody and is not listed, nor is one that half of the cases did not wait for (a
        median of 0 gives a score of 0), nor one done fewer than 5 times, which shows no routine; ``total`` counts
        those that could be listed, whatever the limit.

        :param filters: see ``policies/filters.py``
        :param limit: activities at most
        :return: ``{"total", "business", "opportunities": [{"activity", "steps", "people", "hours" (of all waiting),
            "median_seconds", "next" (commonest, false: the case ends), "next_share", "next_regularity",
            "hands_regularity", "time_regularity", "regularity", "score" (hours), "examples" (case keys), "filters",
            "sentence"}]}``, the highest score first; shares and regularity from 0 to 1
        :raises ValidationError: unknown filter key, bad value, bad limit
        """
        definition = self._one()
        parsed, limit = definition._parsed(filters), self._checked_limit(limit)
        relations = definition._relations()
        business = bool(definition.calendar_id)
        definition._take_memory()
        rows = definition._answer(
            ask.done_by_people(relations, parsed, business), relations
        )
        names = relations.names
        answer = policy.ranked((_work(row, names) for row in rows), limit)
        keys = definition._example_keys(answer, parsed, relations)
        for row in answer["opportunities"]:
            row["examples"] = [keys[id_] for id_ in row["examples"] if id_ in keys]
            row["filters"] = {**(filters or {}), **self._also_has(filters, row)}
            row["sentence"] = self._opportunity_sentence(row)
        return {"business": business, **answer}

    def _example_keys(self, answer, filters, relations):
        ids = {id_ for row in answer["opportunities"] for id_ in row["examples"]}
        if not ids:
            return {}
        query = ask.keys(relations, filters, sorted(ids))
        return dict(self._answer(query, relations))

    def _also_has(self, filters, row):
        has = (filters or {}).get("has") or []
        return {"has": [*([has] if isinstance(has, str) else has), row["activity"]]}

    def _opportunity_sentence(self, row):
        facts = {
            "step": row["activity"],
            "steps": row["steps"],
            "time": span_words.rough(
                self.env, row["median_seconds"], bool(self.calendar_id)
            ),
            "next": row["next"],
            "share": round(100 * row["next_share"], 1),
        }
        if row["next"]:
            return self.env._(
                "%(step)s is done by people (times: %(steps)s), cases usually wait %(time)s for it, and in "
                "%(share)s%% %(next)s comes next.",
                **facts,
            )
        return self.env._(
            "%(step)s is done by people (times: %(steps)s), cases usually wait %(time)s for it, and in %(share)s%% "
            "the case ends with it.",
            **facts,
        )

    # ------------------------------------------------------------------ a rule that acts

    @takes(activity=TEXT)
    def action_draft_opportunity(self, activity):
        """Draft an Automation Rule that hears of the step that usually comes before ``activity``.

        It stays off until an administrator wants it. Its first action reminds the owner of the process to do the step;
        one that does it may take its place.

        :return: a window action on it
        :raises AccessError: only managers of processes draft rules
        :raises ValidationError: imported logs, an activity that is unknown or that nothing comes before
        """
        definition = self._one("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of processes draft Automation Rules.")
            )
        rule = definition.sudo()._draft_opportunity(
            activity, *definition._heard_before(activity)
        )
        return drafts.opened(rule)

    def _heard_before(self, activity):
        """:return: ``(name of the step before, type of its event, model of the case)``"""
        if self.source != "ledger":
            raise ValidationError(
                self.env._(
                    "%(process)s reads imported logs, which no Automation Rule can hear. Draft rules for processes of"
                    " the ledger.",
                    process=self.name,
                )
            )
        relations = self._relations()
        id_ = relations.names.id_of(activity)
        found = id_ and self._answer(
            ask.usual_before(relations, Filters(), id_), relations
        )
        before = relations.names.of(found[0][0]) if found else None
        events = before and self._events_of(before)
        if not events:
            raise ValidationError(
                self.env._(
                    "activity: no step of the ledger comes before %(activity)s. Name one that follows another.",
                    activity=activity,
                )
            )
        return before, *events

    def _events_of(self, name):
        groups = self.env["event_hub.event"]._read_group(
            [*self._ledger_domain(), ("activity", "=", name)],
            ["type", "case_model"],
            ["__count"],
        )
        groups.sort(key=lambda group: (-group[2], group[0], group[1]))
        return next(
            (group[:2] for group in groups if group[1] in self.env and group[0]), None
        )

    def _draft_opportunity(self, activity, before, event_type, model_name):
        model = self.env["ir.model"]._get(model_name)
        title = self.env._(
            "After %(before)s: %(activity)s", before=before, activity=activity
        )
        return drafts.draft(
            self.env,
            {
                "name": title,
                "model_id": model.id,
                "event_pattern": event_type,
                "owner_id": self.owner_id.id or self.env.uid,
            },
            {"name": title, **self._first_action(model, before, activity)},
        )

    def _first_action(self, model, before, activity):
        """:return: values of an action that reminds the owner of the step, where the model takes activities"""
        if not model.is_mail_activity:
            return {
                "state": "code",
                "code": "# Say here what shall happen instead of what people do today.\npass",
            }
        note = self.env._(
            "%(activity)s usually comes after %(before)s in %(process)s. An action that does it may take the place "
            "of this reminder.",
            activity=activity,
            before=before,
            process=self.name,
        )
        return {
            "state": "next_activity",
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "activity_summary": activity,
            "activity_note": plaintext2html(note),
            "activity_user_type": "specific",
            "activity_user_id": self.owner_id.id or self.env.uid,
        }


def _work(row, names):
    quartiles = row[12] or (None, None, None)
    return policy.Work(
        names.of(row[0]),
        policy.Spread(*row[1:5]),
        policy.Spread(*row[5:9]),
        names.of(row[9]),
        row[11],
        *quartiles,
        row[10],
    )
