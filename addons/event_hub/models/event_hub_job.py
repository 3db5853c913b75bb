from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policies import governance
from ..policies.arguments import MAYBE_TEXT
from ..tools.arguments import takes
from .event_hub_job_run import DONE, FAILED, HELD, IDLE

ADMIN = "event_hub.group_hub_admin"
FIGURE_DAYS = 90
REVIEW_AFTER = timedelta(days=180)  # proposed; a person may choose another day
PAUSE_FIELDS = frozenset({"paused", "paused_at", "paused_by_id", "paused_reason"})


class EventHubJob(models.Model):
    """A Scheduled Action that somebody answers for: its charter, its switch, what it did.

    The Scheduled Action itself stays Odoo's own. While it is paused its turns come and go
    without work: what is due waits in its tables, and is done after *Resume*.
    """

    _name = "event_hub.job"
    _inherit = [
        "event_hub.guarded",
        "event_hub.chartered",
        "event_hub.owned",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Governed Scheduled Action"
    _order = "id"

    cron_id = fields.Many2one(
        "ir.cron",
        "Of",
        required=True,
        ondelete="cascade",
        index=True,
        context={"active_test": False},
    )
    name = fields.Char(
        "Scheduled Action", related="cron_id.cron_name", search="_search_name"
    )
    is_on = fields.Boolean("On", related="cron_id.active")
    next_at = fields.Datetime("Next Turn", related="cron_id.nextcall")
    starts = fields.Text("What Starts It", compute="_compute_from_cron")
    does = fields.Text("What It Does", compute="_compute_from_cron")
    minutes_saved = fields.Float(
        "Minutes Saved per Record",
        help="What a person would take for one of the records it deals with. 0: no estimate.",
    )
    paused = fields.Boolean(readonly=True, copy=False, tracking=True)
    paused_at = fields.Datetime("Since When Paused", readonly=True, copy=False)
    paused_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    paused_reason = fields.Text("Reason of the Pause", readonly=True, copy=False)
    status = fields.Selection(
        [("on", "On"), ("paused", "Paused"), ("off", "Off")], compute="_compute_status"
    )
    run_ids = fields.One2many("event_hub.job_run", "job_id", "Runs", readonly=True)
    turns = fields.Integer(
        compute="_compute_figures", help="In the last 90 days, also those without work."
    )
    items = fields.Integer(
        "Dealt With", compute="_compute_figures", help="Records, in the last 90 days."
    )
    failed = fields.Integer(compute="_compute_figures")
    seconds = fields.Float("Busy (s)", compute="_compute_figures")
    saved = fields.Float("Saved (Min)", compute="_compute_figures")
    last_run_at = fields.Datetime("Last Turn", compute="_compute_figures")
    attention = fields.Char("Needs Attention", compute="_compute_attention")

    _cron_uniq = models.Constraint(
        "UNIQUE(cron_id)", "This Scheduled Action is governed already."
    )

    # -------------------------------------------------------------------- computes

    @api.model
    def _search_name(self, operator, value):
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        return [("cron_id", "in", crons._search([("cron_name", operator, value)]))]

    @api.depends("cron_id")
    def _compute_from_cron(self):
        for job in self:
            cron = job.sudo().cron_id
            job.starts = bool(cron) and self.env._(
                "%(often)s, and when it is woken. It runs as %(user)s.",
                often=cron._how_often(),
                user=cron.user_id.name,
            )
            job.does = (
                bool(cron) and f"{cron.model_id.name}: {(cron.code or '').strip()}"
            )

    @api.depends("cron_id.active", "paused")
    def _compute_status(self):
        for job in self:
            job.status = "paused" if job.paused else "on" if job.is_on else "off"

    @api.depends("run_ids", "minutes_saved")
    def _compute_figures(self):
        figures = self._figures()
        for job in self:
            found = figures[job._origin.id]
            job.turns = sum(
                runs for outcome, (runs, *_) in found.items() if outcome != HELD
            )
            job.items = sum(items for _runs, items, *_ in found.values())
            job.failed = found[FAILED][0]
            job.seconds = sum(seconds for *_, seconds, _last in found.values())
            job.saved = job.items * job.minutes_saved
            job.last_run_at = max(
                (last for *_, last in found.values() if last), default=False
            )

    def _figures(self):
        """:return: ``{job id: {outcome: (runs, items, seconds, last)}}`` of the last 90 days, one query"""
        figures = defaultdict(lambda: defaultdict(lambda: (0, 0, 0.0, False)))
        since = fields.Datetime.now() - timedelta(days=FIGURE_DAYS)
        for job, outcome, *amounts in self.env["event_hub.job_run"]._read_group(
            [("job_id", "in", self.ids), ("started_at", ">=", since)],
            ["job_id", "outcome"],
            ["runs:sum", "items:sum", "seconds:sum", "last_at:max"],
        ):
            figures[job.id][outcome] = tuple(amounts)
        return figures

    @api.depends("gaps", "failed", "paused_reason")
    def _compute_attention(self):
        words = self.env["event_hub.governance"]._retire_words()
        figures = self._figures()
        for job in self:
            parts = [
                job.paused
                and self.env._("Paused: %(reason)s", reason=job.paused_reason or "?"),
                job.gaps and job.gaps.replace("\n", " "),
                job.failed and self.env._("%(count)s failed.", count=job.failed),
                words.get(job._retire_code(figures[job._origin.id])),
            ]
            job.attention = " ".join(filter(None, parts))

    def _retire_code(self, found):
        """:return: why it may have had its day; a turn without work counts, for it was looked"""
        now = fields.Datetime.now()
        return governance.retire_reason(
            governance.Figures(
                age_days=(now - self.create_date).days if self.create_date else 0,
                idle_days=(now - self.last_run_at).days if self.last_run_at else None,
                done=found[DONE][0] + found[IDLE][0],
                failed=self.failed,
                overridden=0,
                minutes_saved=0,
                has_estimate=False,
            )
        )

    # --------------------------------------------------------------------- the gate

    @api.model_create_multi
    def create(self, vals_list):
        """A Scheduled Action comes under governance as it is; what its charter lacks is shown."""
        review = fields.Date.context_today(self) + REVIEW_AFTER
        return super().create(
            [
                {"review_at": review, **vals, **dict.fromkeys(PAUSE_FIELDS, False)}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if PAUSE_FIELDS & set(vals):
            raise UserError(
                self.env._(
                    "A Scheduled Action is paused and resumed with Pause and Resume."
                )
            )
        if "cron_id" in vals and any(
            job.sudo().cron_id.id != vals["cron_id"] for job in self
        ):
            raise UserError(self.env._("A charter stays with its Scheduled Action."))
        return super().write(vals)

    def _write_gated(self, vals):
        """The one way past ``write`` for the switches."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_no_gap(self):
        """:raise UserError: if something is missing in the charter of a job that is to be switched on"""
        for job in self:
            if job.gaps:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be switched on while its charter has a gap: %(gaps)s",
                        name=job.name,
                        gaps=job.gaps.replace("\n", " "),
                    )
                )

    @api.model
    def _answer_for(self, charters):
        """For Scheduled Actions that a module ships: give each a whole charter.

        Called by data files at every update, so that databases of yesterday get it too; one
        that has a charter already is left alone.

        :param charters: ``{XML id: values}``; the owner is an administrator of the hub unless given
        :return: whether any was new
        :raise UserError: if a charter has a gap
        """
        crons = {
            xmlid: self.env.ref(xmlid, raise_if_not_found=False) for xmlid in charters
        }
        known = self.sudo().search([("cron_id", "!=", False)]).cron_id
        owner = self._alert_user() or self.env.ref("base.user_admin")
        jobs = self.sudo().create(
            [
                {"cron_id": crons[xmlid].id, "owner_id": owner.id, **values}
                for xmlid, values in charters.items()
                if crons[xmlid] and crons[xmlid] not in known
            ]
        )
        jobs._check_no_gap()
        return bool(jobs)

    # ---------------------------------------------------------------------- actions

    @takes(reason=MAYBE_TEXT)
    def action_pause(self, reason):
        """Let the turns of these pass without work; what is due waits. Hub administrators only.

        :param reason: why, in a sentence
        """
        jobs = self._for_admin()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Give a reason: it stays on record."))
        jobs.filtered(lambda job: not job.paused)._write_gated(
            {
                "paused": True,
                "paused_at": fields.Datetime.now(),
                "paused_by_id": self.env.uid,
                "paused_reason": reason.strip(),
            }
        )
        for job in jobs:
            job.message_post(
                body=self.env._("Paused: %(reason)s", reason=reason.strip())
            )
        return True

    def action_resume(self):
        """Let these work again, beginning with what has waited. Hub administrators only."""
        jobs = self._for_admin().filtered("paused")
        jobs._write_gated(dict.fromkeys(PAUSE_FIELDS, False))
        for job in jobs:
            job.cron_id._trigger()
        return True

    def action_open_runs(self):
        """:return: action that opens the run log of these"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_job_run_action"
        )
        action["domain"] = [("job_id", "in", self.ids)]
        return action

    def _for_admin(self):
        """:return: ``self`` in superuser mode, once it is clear that the caller may"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._(
                    "Only administrators of the event hub may switch Scheduled Actions."
                )
            )
        return self.sudo()

    # ---------------------------------------------------------------------- telling

    def _failed_summary(self):
        return self.env._("A Scheduled Action failed")

    def _tell_failure(self, error):
        """One open activity, as long as it fails."""
        self._tell_owner(
            self._failed_summary(),
            self.env._(
                "%(name)s failed: %(error)s. It is tried again at its next turn; the server's log tells more.",
                name=self.name,
                error=error,
            ),
        )

    def _tell_recovery(self):
        summary = self._failed_summary()
        asked = self.activity_ids.filtered(lambda a: a.summary == summary)
        asked.action_feedback(feedback=self.env._("It works again."))
