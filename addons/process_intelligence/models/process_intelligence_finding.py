from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..tools import span_words, who_words

SEES_ALL = "process_intelligence.group_process_manager"


class ProcessIntelligenceFinding(models.Model):
    """What has become noteworthy about a case, noted and told once for each case and occurrence.

    Written by ``process_intelligence.finding_watch``. Its events have the finding as their case, never the case
    itself: else the alarm would be a step of the process that it is about.
    """

    _name = "process_intelligence.finding"
    _inherit = [
        "process_intelligence.of_case",
        "event_hub.guarded",
        "event_hub.emitter",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Finding about a Case"
    _log_access = False
    _order = "became_at desc, id desc"
    _rec_name = "case_key"
    _hub_case_type = "process_finding"

    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Process",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    owner_id = fields.Many2one(related="definition_id.owner_id")
    kind = fields.Selection(
        [("stalled", "Stalled"), ("pingpong", "Back and forth")],
        "What",
        required=True,
        readonly=True,
    )
    occurrence = fields.Integer(
        required=True,
        readonly=True,
        help="Event that tells it from others of the case: the one after which it waits, or went back.",
    )
    activity = fields.Char(
        readonly=True, help="Step after which the case waits, or went back."
    )
    ts = fields.Datetime("Time of the Step", required=True, readonly=True)
    became_at = fields.Datetime(
        "Since",
        required=True,
        readonly=True,
        help="When it had waited longer than 95 % of the cases did, or when the work was back.",
    )
    limit_seconds = fields.Float(
        "Usual Limit (s)",
        readonly=True,
        groups=SEES_ALL,
        help="95 % of the cases went on within this time: business time where the process has a calendar.",
    )
    history = fields.Integer("Cases Compared With", readonly=True, groups=SEES_ALL)
    first_resource = fields.Char("From and Back To", readonly=True)
    other_resource = fields.Char("By Way Of", readonly=True)
    noted_at = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(
        "Moved On",
        readonly=True,
        help="When it was seen that the case does not wait any more.",
    )
    state = fields.Selection(
        [("waiting", "Waits"), ("over", "Moved on"), ("noted", "Noted")],
        compute="_compute_state",
    )
    sentence = fields.Char("In Words", compute="_compute_sentence")

    _once = models.UniqueIndex("(definition_id, kind, case_key, occurrence)")
    _waiting_idx = models.Index(
        "(definition_id) WHERE kind = 'stalled' AND ended_at IS NULL"
    )

    @api.depends("kind", "ended_at")
    def _compute_state(self):
        for finding in self:
            if finding.kind == "pingpong":
                finding.state = "noted"
            else:
                finding.state = "over" if finding.ended_at else "waiting"

    @api.depends("kind", "activity", "limit_seconds", "first_resource")
    @api.depends_context("uid", "lang")
    def _compute_sentence(self):
        """Figures of the comparison count cases that not every reader may see; managers are told them."""
        is_told = self.env.su or self.env.user.has_group(SEES_ALL)
        for finding in self:
            if finding.kind == "pingpong":
                finding.sentence = self.env._(
                    "%(first)s handed it to %(other)s, who handed it back after %(activity)s.",
                    first=who_words.who(self.env, finding.first_resource),
                    other=who_words.who(self.env, finding.other_resource),
                    activity=finding.activity,
                )
            elif not is_told:
                finding.sentence = self.env._(
                    "Waits after %(activity)s, longer than 95%% of cases did there.",
                    activity=finding.activity,
                )
            else:
                finding.sentence = self.env._(
                    "Waits after %(activity)s; 95%% of %(history)s moves took at most %(limit)s.",
                    activity=finding.activity,
                    history=finding.history,
                    limit=span_words.rough(
                        self.env,
                        finding.limit_seconds,
                        bool(finding.definition_id.calendar_id),
                    ),
                )

    # ------------------------------------------------------------------ what follows

    def _tell(self):
        cases = self._cases()
        for finding in self:
            # Whoever reads the ledger reads this: no figure that the finding keeps for managers.
            finding._emit(
                f"process.{finding.kind}",
                objects=[("case", cases[finding.id])],
                process=finding.definition_id.name,
                after=finding.activity,
            )

    def _remind_owner(self, _events=None):
        """For Automation Rules: who answers for a process has one thing to do about each kind, however many cases."""
        for (definition, kind), found in (
            self.sudo().grouped(lambda one: (one.definition_id, one.kind)).items()
        ):
            found._remind(definition, kind)
        return True

    def _remind(self, definition, kind):
        user = definition.owner_id or self.env.user
        summary = (
            self.env._("Cases are stalled")
            if kind == "stalled"
            else self.env._("Work goes back and forth")
        )
        alike = [("definition_id", "=", definition.id), ("kind", "=", kind)]
        if self.search_count(
            [
                *alike,
                (
                    "activity_ids",
                    "any",
                    [("user_id", "=", user.id), ("summary", "=", summary)],
                ),
            ],
            limit=1,
        ):
            return
        self[:1].activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(
                self.env._(
                    "%(process)s, new cases: %(count)s. See Findings for all of them.",
                    process=definition.name,
                    count=len(self),
                )
            ),
            user_id=user.id,
        )
