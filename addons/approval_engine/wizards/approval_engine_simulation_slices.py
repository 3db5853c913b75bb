import logging
from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..const import SIMULATION_CRON
from ..policies import simulation
from ..tools import simulated
from .approval_engine_simulation_cases import LeftOut

_logger = logging.getLogger(__name__)

DONE, RUNNING, CANCELLED, FAILED = "done", "running", "cancelled", "failed"
STATES = [
    (RUNNING, "Running"),
    (DONE, "Done"),
    (CANCELLED, "Cancelled"),
    (FAILED, "Failed"),
]
KEPT_HOURS = 30 * 24.0  # how long a result is there


class ApprovalEngineSimulation(models.TransientModel):
    """More cases than can be waited for are played through in slices, the oldest first, by a Scheduled Action."""

    _inherit = "approval_engine.simulation"  # pylint: disable=consider-merging-classes-inherited
    _transient_max_hours = KEPT_HOURS

    state = fields.Selection(STATES, readonly=True, required=True, default=DONE)
    total = fields.Integer("Cases in All", readonly=True)
    looked_at = fields.Integer(readonly=True)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    began_at = fields.Datetime("Began", readonly=True)
    kept = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Between two slices: where it is, what was counted, and who was asked in turn.",
    )

    @api.depends("looked_at", "total")
    def _compute_progress(self):
        for run in self:
            run.progress = 100.0 * run.looked_at / run.total if run.total else 0.0

    # ------------------------------------------------------------------ doors

    def action_cancel(self):
        """Stop after the slice that is being played through; what was found so far stays."""
        for run in self:
            if run.state != RUNNING:
                raise UserError(self.env._("This does not run: nothing to cancel."))
            run._end(CANCELLED)
        return True

    def action_look(self):
        """Show how far it is by now."""
        return True

    # ------------------------------------------------------------------ slices

    def _begin(self):
        """Leave it to the Scheduled Action.

        :return: whether there are more cases than can be waited for
        """
        now = fields.Datetime.now()
        self.began_at = now
        total = self.env["approval_engine.request"].search_count(self._past_domain())
        self.write({"total": total, "looked_at": 0})
        self._end(DONE)
        if total <= self._most_cases():
            return False
        self._clear()
        self.sudo().kept = {"companies": self.env.companies.ids}
        self.state = RUNNING
        self._show_so_far(simulation.Tally(), 0, now)
        self.env["event_hub.waker"]._wake(SIMULATION_CRON)
        return True

    @api.model
    def _cron_simulate(self):
        """One slice of each run that waits, then the next, until none is left or the time is over."""
        cron = self.env["ir.cron"]
        some = True
        while some:
            running = self.sudo().search([("state", "=", RUNNING)], order="id")
            some = False
            for run in running:
                some |= run._one_slice()
                if not cron._commit_progress(1, remaining=len(running)):
                    return

    def _one_slice(self):
        """With the rights of whoever asked, and in their companies; a run that fails says so and is over.

        :return: whether there was something to do
        """
        locked = self.try_lock_for_update()
        self.invalidate_recordset(["state"])
        if not locked or self.state != RUNNING:
            return False
        try:
            with self.env.cr.savepoint():
                self._as_asked()._play_slice()
        except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            self.env.invalidate_all()  # somebody cancels, or works on these cases: next time
            return False
        except Exception as error:
            # whatever a condition or a route of an addon ran into: told where people look, and the others go on
            self.env.invalidate_all()
            _logger.exception("Simulation %s failed", self.id)
            self._end(FAILED)
            self.words = self.env._(
                "It failed after %(count)s cases (%(why)s). The server log has the details.",
                count=self.looked_at,
                why=str(error)
                if isinstance(error, UserError)
                else type(error).__name__,
            )
        return True

    def _as_asked(self):
        mine = self.with_user(self.create_uid).sudo(False)
        return mine.with_context(
            allowed_company_ids=self.kept["companies"], lang=self.create_uid.lang
        )

    def _play_slice(self):
        self.policy_id.check_access("read")
        kept = dict(self.sudo().kept)
        found = self._slice_after(kept.get("at"), kept.get("id"))
        given = simulated.Given(kept.get("given"))
        tally = _tally(kept.get("tally"))
        if found:
            tally = self._play_more(found, tally, given)
            kept["other_policy"] = kept.get("other_policy", 0) + self._unfit(found)
            last = found[-1]
            kept |= {"at": fields.Datetime.to_string(last.submitted_at), "id": last.id}
            kept |= {"given": given.as_json(), "tally": asdict(tally)}
            self.looked_at += len(found)
        self.sudo().kept = kept
        whole = len(found) < self._most_cases()
        until = self.began_at if whole else found[-1].submitted_at
        self._show_so_far(tally, kept.get("other_policy", 0), until)
        if whole:
            self._end(DONE)

    def _slice_after(self, at, id_):
        domain = self._past_domain()
        if at:
            later = Domain("submitted_at", ">", at)
            domain &= later | (Domain("submitted_at", "=", at) & Domain("id", ">", id_))
        requests = self.env["approval_engine.request"]
        return requests.search(
            domain, order="submitted_at, id", limit=self._most_cases()
        )

    def _play_more(self, found, tally, given):
        cases = self._fitting(found)
        outcomes = self._play(cases, given, self._cases_before(found[0]))
        self._keep(cases, outcomes)
        return tally.plus(outcomes, (case.real or () for case in cases))

    def _unfit(self, found):
        return len(found) - len(found.sudo().filtered_domain(self._own_domain()))

    def _fitting(self, found):
        real = found._real_steps()
        mine = found.sudo().filtered_domain(self._own_domain())
        return [self._past_case(request, real[request.id]) for request in mine]

    def _cases_before(self, first):
        """:return: cases of earlier slices that count with those of this one; never played through again"""
        days = self.policy_id.window_days
        if not days:
            return []
        earliest = fields.Datetime.subtract(first.submitted_at, days=days)
        before = Domain("submitted_at", "<", first.submitted_at) | (
            Domain("submitted_at", "=", first.submitted_at)
            & Domain("id", "<", first.id)
        )
        found = self.env["approval_engine.request"].search(
            self._past_domain() & Domain("submitted_at", ">", earliest) & before,
            order="submitted_at, id",
        )
        mine = found.sudo().filtered_domain(self._own_domain())
        return [self._counted_case(request) for request in mine]

    def _show_so_far(self, tally, other_policy, until):
        """:param until: up to when cases were looked at, so that what is asked a week is right at any time"""
        first = fields.Datetime.subtract(self.began_at, days=self.days)
        left_out = LeftOut(self.total - self.looked_at, other_policy)
        self._tell(tally, left_out, until - first)

    def _end(self, state):
        self.sudo().write({"state": state, "kept": False})


class ApprovalEngineSimulationLine(models.TransientModel):
    _inherit = "approval_engine.simulation_line"  # pylint: disable=consider-merging-classes-inherited
    _transient_max_hours = KEPT_HOURS


class ApprovalEngineSimulationSeat(models.TransientModel):
    _inherit = "approval_engine.simulation_seat"  # pylint: disable=consider-merging-classes-inherited
    _transient_max_hours = KEPT_HOURS


def _tally(told):
    """:return: ``simulation.Tally`` from JSON, where numbers as keys became texts"""
    if not told:
        return simulation.Tally()
    ids = {
        name: {int(key): count for key, count in told[name].items()}
        for name in ("load", "real_load")
    }
    return simulation.Tally(**{**told, **ids})
