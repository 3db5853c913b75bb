from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..policies import rules
from ..policies.filters import Filters
from ..tools import claims, drafts, questions_rules, rule_words


class Meaning(NamedTuple):
    sentence: str
    asked: tuple


MANAGER = "process_intelligence.group_process_manager"


class ProcessIntelligenceRuleWatch(models.AbstractModel):
    """A rule that is watched: what breaks it is noted once, and told if it is news.

    History is no news: the first look only notes, and so does every later one for what was broken before it.
    """

    _name = "process_intelligence.rule_watch"
    _inherit = ["process_intelligence.kept", "mail.thread", "mail.activity.mixin"]
    _description = "Watched Rule"

    watched_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="What was broken before is on record but never told. A changed rule starts anew.",
    )
    checked_at = fields.Datetime("Last Checked", readonly=True, copy=False)
    violation_ids = fields.One2many(
        "process_intelligence.violation", "rule_id", "Noted Breaches", readonly=True
    )  # of what the rule says today
    automation_id = fields.Many2one(
        "base.automation",
        "Automation Rule",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    def write(self, vals):
        if "active" in vals:
            vals = {**vals, "watched_since": False}
        with self._beginning_anew():
            return super().write(vals)

    @contextmanager
    def _beginning_anew(self):
        """Around whatever may change what the rules ask for: those that then ask for something else begin anew."""
        said = {rule: rule._meaning() for rule in self}
        yield
        for rule, before in said.items():
            if rule._meaning().asked != before.asked:
                rule.sudo()._begin_anew(before.sentence)

    def _meaning(self):
        """:return: what the rule asks for; equal as long as breaches of it are breaches of the same thing"""
        rule = self.sudo()
        process = rule.definition_id
        return Meaning(
            rule_words.sentence(self.env, rule),
            (
                *(rule.kind, process.source, process.case_type),
                *(rule._asked_of(name) for name in rules.asked(rule.kind)),
                rule._asks_business() and process.calendar_id.id,
                process._left_out_ids(),
            ),
        )

    def _asked_of(self, name):
        """:return: what that field asks for; an activity stands for all that count as it"""
        if name == "resources":
            return frozenset(self._resource_names())
        if name == "norm":
            return (self.norm, self.definition_id._counting_as())
        if name.endswith("activity_id"):
            counted = self[name].shown_as_id or self[name]
            return frozenset((counted | counted.counted_ids).ids)
        return self[name]

    def _begin_anew(self, before):
        """What broke the rule as it was says nothing of it as it is. The ledger keeps what was told.

        Whoever reads the rule reads the message: no figure in it, as cases may be hidden from him.
        """
        self.watched_since = False
        noted = self.violation_ids
        if noted:
            self.message_post(body=self._anew_words(before, self._meaning().sentence))
            noted.unlink()

    def _anew_words(self, before, after):
        if before == after:
            return self.env._(
                "Steps of the process count otherwise than before, and so do breaches of: %(sentence)s Those noted"
                " before are no longer noted.",
                sentence=after,
            )
        return self.env._(
            "The rule said: %(before)s It says now: %(after)s Breaches of what it said are no longer noted.",
            before=before,
            after=after,
        )

    @api.model
    def _cron_watch(self):
        """Check the rules, those first that have waited longest; a rule a transaction."""
        watched = self.search(
            [("definition_id.active", "=", True)],
            order="checked_at ASC NULLS FIRST, id",
        )
        claims.look_at_each(watched, lambda rule: rule._watch())

    def _watch(self):
        """Note what breaks the rule and was not noted yet, and tell what is news.

        :return: the breaches that were told
        """
        self.ensure_one()
        now = fields.Datetime.now()
        told = self.env["process_intelligence.violation"]
        if not self._problem():
            told = self._note(now)
            told._tell()
            self.watched_since = self.watched_since or now
        self.checked_at = now
        return told

    def _note(self, now):
        self.env.flush_all()
        definition = self.definition_id.sudo()
        relations = definition._relations()
        found = self.env.execute_query(
            SQL(
                """
                WITH %(judged)s
                INSERT INTO process_intelligence_violation (rule_id, definition_id, company_id, case_key, case_model,
                    case_id, code, occurrence, position, seq, ts, broken_at, noted_at, told)
                SELECT %(rule)s, %(definition)s, coalesce(chosen.company_id, %(company)s), case_key, case_model,
                       chosen.case_id, code, occurrence, position, seq, ts, broken.at, %(now)s,
                       coalesce(broken.at >= %(since)s::timestamp, FALSE)
                  FROM breaches JOIN chosen ON chosen.id = breaches.case_id,
                       LATERAL (SELECT coalesce(due, last_ts + %(settle)s * interval '1 hour') AS at) AS broken
                 WHERE %(settled)s
                ON CONFLICT DO NOTHING RETURNING id, told
                """,
                judged=questions_rules.judged(
                    relations,
                    Filters(),
                    self._spec(relations.names),
                    definition.calendar_id.id,
                    definition._judged_at(self),
                ),
                rule=self.id,
                definition=definition.id,
                company=definition.company_id.id or None,
                now=now,
                since=self.watched_since or None,
                settle=self.settle_hours,
                settled=questions_rules.settled(now, self.settle_hours),
            )
        )
        noted = self.env["process_intelligence.violation"]
        noted.invalidate_model()
        self.invalidate_recordset(["violation_ids"])
        return noted.browse(id_ for id_, told in found if told)

    # ------------------------------------------------------------------ a rule that acts

    def action_draft_automation(self):
        """Draft an Automation Rule that hears of what breaks this rule; it stays off until an administrator wants it.

        :return: a window action on it
        :raises AccessError: only managers of processes draft rules
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of processes draft Automation Rules.")
            )
        rule = self.sudo()
        if not rule.automation_id:
            rule.automation_id = rule._draft()
        return drafts.opened(rule.automation_id)

    def _remind(self, count):
        """Who must not see the cases learns none of them here.

        :param count: new breaches
        """
        user = self.owner_id or self.env.user
        summary = self.env._("A rule is broken")
        if self.activity_ids.filtered(
            lambda one: one.user_id == user and one.summary == summary
        ):
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=self.env._(
                "New breaches: %(count)s. See the cases that break it, or Noted Breaches.",
                count=count,
            ),
            user_id=user.id,
        )

    def _draft(self):
        model = self.env["ir.model"]._get("process_intelligence.violation")
        return drafts.draft(
            self.env,
            {
                "name": self.env._("When broken: %(rule)s", rule=self.name),
                "model_id": model.id,
                "event_pattern": "process.violation",
                "filter_domain": str([("rule_id", "=", self.id)]),
                "owner_id": self.owner_id.id or self.env.uid,
            },
            {
                "name": self.env._("Remind the owner of the rule"),
                "state": "code",
                "code": "records._remind_owner(events)",
            },
        )
