from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import const
from ..tools import claims, drafts
from ..tools import questions_findings as ask
from .process_intelligence_rule_watch import MANAGER

KINDS = ("stalled", "pingpong")


class ProcessIntelligenceFindingWatch(models.AbstractModel):
    """A process that is watched: cases that stall, and work that comes back, are noted and told once.

    History is no news: only what became so after the first look is noted at all.
    """

    _name = "process_intelligence.finding_watch"
    _inherit = ["process_intelligence.asking_now", "process_intelligence.kept"]
    _description = "Watched Process"

    source = fields.Selection([("ledger", "Ledger"), ("log", "Imported logs")])
    watch_stalled = fields.Boolean(
        "Tell of Stalled Cases",
        compute="_compute_watch",
        store=True,
        readonly=False,
        help="Notes cases that wait longer than 95 % did at the same step, each time once. Needs end activities.",
    )
    watch_pingpong = fields.Boolean(
        "Tell of Work That Comes Back",
        compute="_compute_watch",
        store=True,
        readonly=False,
        help="Notes work that is handed on and straight back, each time once.",
    )
    stalled_since = fields.Datetime(
        "Stalled Cases Watched Since", readonly=True, copy=False
    )
    pingpong_since = fields.Datetime(
        "Handovers Watched Since", readonly=True, copy=False
    )
    findings_checked_at = fields.Datetime("Last Looked", readonly=True, copy=False)
    stalled_automation_id = fields.Many2one(
        "base.automation", readonly=True, copy=False, ondelete="set null"
    )
    pingpong_automation_id = fields.Many2one(
        "base.automation", readonly=True, copy=False, ondelete="set null"
    )

    @api.depends("source")
    def _compute_watch(self):
        """An imported log is mostly history, so nobody is told of it unless a manager wants it."""
        for definition in self:
            definition.watch_stalled = definition.source == "ledger"
            definition.watch_pingpong = definition.source == "ledger"

    def write(self, vals):
        """Who watches anew begins anew: what happened meanwhile is history."""
        anew = {
            f"{kind}_since": False
            for kind in KINDS
            if {f"watch_{kind}", "active"} & vals.keys()
        }
        return super().write({**vals, **anew})

    @api.model
    def _cron_find(self):
        """Look at the watched processes, those first that have waited longest; a process a transaction."""
        watched = self.search(
            ["|", ("watch_stalled", "=", True), ("watch_pingpong", "=", True)],
            order="findings_checked_at ASC NULLS FIRST, id",
        )
        claims.look_at_each(watched, lambda process: process._find())

    def _find(self):
        """Note and tell what has become so since the watch began and was not noted yet.

        :return: the new findings
        """
        self.ensure_one()
        found = self.env["process_intelligence.finding"]
        if not self._looks_alone():
            return found
        self.env.flush_all()
        now = fields.Datetime.now()
        every = self.sudo()
        if self.watch_stalled and every._end_ids():
            found += every._find_stalled(now)
        if self.watch_pingpong:
            found += every._find_pingpong(now)
        self.findings_checked_at = now
        found._tell()
        return found

    def _looks_alone(self):
        """Two that look at once would only collide; the second leaves it to the first."""
        [[alone]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                "process_intelligence.finding",
                self.id,
            )
        )
        return alone

    def _find_stalled(self, now):
        relations, running = self._relations(), self._running()
        self._open_until(now)  # so that the calendar is known up to now
        self.env.cr.execute(ask.moved_on(relations, self.id, running, now))
        if not self.stalled_since:
            self.stalled_since = now
            return self.env["process_intelligence.finding"]
        look = ask.Look(now, self.stalled_since, self.calendar_id.id or None)
        stalling = ask.Stalling(running, const.STALLED_ABOVE, const.LEAST_STEP_HISTORY)
        return self._noted(ask.stalled(relations, look, stalling), now)

    def _find_pingpong(self, now):
        if not self.pingpong_since:
            self.pingpong_since = now
            return self.env["process_intelligence.finding"]
        look = ask.Look(now, self.pingpong_since, None)
        return self._noted(ask.ping_pong(self._relations(), look), now)

    def _noted(self, found, now):
        rows = self.env.execute_query(
            ask.note(found, self.id, self.company_id.id or None, now)
        )
        findings = self.env["process_intelligence.finding"]
        findings.invalidate_model()
        return findings.browse(id_ for (id_,) in rows)

    # ------------------------------------------------------------------ a rule that acts

    def action_draft_stalled_automation(self):
        """Draft an Automation Rule that hears of stalled cases; it stays off until an administrator wants it.

        :return: a window action on it
        :raises AccessError: only managers of processes draft rules
        """
        return self._draft_of("stalled")

    def action_draft_pingpong_automation(self):
        """As ``action_draft_stalled_automation``, for work that comes back."""
        return self._draft_of("pingpong")

    def _draft_of(self, kind):
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of processes draft Automation Rules.")
            )
        place, definition = f"{kind}_automation_id", self.sudo()
        if not definition[place]:
            definition[place] = definition._draft_automation(kind)
        return drafts.opened(definition[place])

    def _draft_automation(self, kind):
        model = self.env["ir.model"]._get("process_intelligence.finding")
        name = (
            self.env._("When a case stalls: %(process)s", process=self.name)
            if kind == "stalled"
            else self.env._("When work comes back: %(process)s", process=self.name)
        )
        return drafts.draft(
            self.env,
            {
                "name": name,
                "model_id": model.id,
                "event_pattern": f"process.{kind}",
                "filter_domain": str([("definition_id", "=", self.id)]),
                "owner_id": self.owner_id.id or self.env.uid,
            },
            {
                "name": self.env._("Remind the owner of the process"),
                "state": "code",
                "code": "records._remind_owner(events)",
            },
        )
