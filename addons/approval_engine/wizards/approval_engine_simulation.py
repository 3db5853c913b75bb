from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..policies import seats, simulation
from ..tools import simulated

PAST = "past"
SHEET = "sheet"
MOST_CASES = 2000  # played through at once; of more, one slice
MOST_DAYS = 731
USUAL_DAYS = 365  # how far back it is looked how long people take


class ApprovalEngineSimulation(models.TransientModel):
    """A policy over cases of the past, or of a sheet: who would have decided what.

    Requests are only read, with the rights of whoever asks; the routes are planned in memory.
    """

    _name = "approval_engine.simulation"
    _description = "Policy Tried Out"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        "approval_engine.policy", required=True, readonly=True, ondelete="cascade"
    )
    policy_sentence = fields.Char(related="policy_id.sentence", related_sudo=False)
    source = fields.Selection(
        [(PAST, "Requests of the last days"), (SHEET, "Cases of a sheet")],
        "Cases",
        required=True,
        default=PAST,
    )
    days = fields.Integer("Days Back", required=True, default=90)
    sheet = fields.Binary("Sheet (CSV)", attachment=False)
    sheet_name = fields.Char()
    example = fields.Binary(compute="_compute_example")
    example_name = fields.Char(compute="_compute_example")
    line_ids = fields.One2many("approval_engine.simulation_line", "simulation_id")
    seat_ids = fields.One2many("approval_engine.simulation_seat", "simulation_id")
    figures = fields.Json(readonly=True)
    words = fields.Text("Result", readonly=True)
    changed_count = fields.Integer(compute="_compute_counts")
    stuck_count = fields.Integer(compute="_compute_counts")
    case_count = fields.Integer(compute="_compute_counts")

    @api.depends("figures")
    def _compute_counts(self):
        for run in self:
            found = run.figures or {}
            run.case_count = found.get("cases", 0)
            run.changed_count = found.get("other_steps", 0)
            run.stuck_count = found.get("stuck", 0)

    # ------------------------------------------------------------------ running

    def action_run(self):
        """Play it through anew, with the days or the sheet as they are now."""
        for run in self:
            run._run()
        return True

    def _run(self):
        self.ensure_one()
        self.policy_id.check_access("read")
        self._refuse_unready()
        if self.source == PAST and self._begin():
            return
        cases, left_out = self._cases()
        outcomes = self._play(cases)
        self._clear()
        self._keep(cases, outcomes)
        tally = simulation.Tally().plus(outcomes, (case.real or () for case in cases))
        self._tell(tally, left_out, self._period(cases))

    def _most_cases(self):
        return MOST_CASES

    def _refuse_unready(self):
        if not self.policy_id.step_ids:
            raise UserError(
                self.env._(
                    "Policy %(policy)s has no step yet: nobody would be asked. Add one, then try it out.",
                    policy=self.policy_id.display_name,
                )
            )
        if self.source == PAST and not 1 <= self.days <= MOST_DAYS:
            raise UserError(
                self.env._(
                    "Days Back (days): %(days)s is not from 1 to %(most)s.",
                    days=self.days,
                    most=MOST_DAYS,
                )
            )

    def _play(self, cases, given=None, before=()):
        """:return: a ``simulation.Outcome`` per case, in order

        :param given: ``simulated.Given``: seats of earlier slices
        :param before: cases of earlier slices, which count with these
        """
        usual = self._usual_seconds()
        plans = self._plans(cases, given, before)
        found = []
        for case in cases:
            route, _note, case.stake = plans[case.record]
            case.policy_currency_id = self.policy_id.currency_id.id
            steps = case.record._planned_steps(route)
            auto = not route.problem and not steps
            real = case.real
            found.append(
                simulation.Outcome(
                    case.record.submitted_at,
                    simulation.outcome_of(steps, problem=route.problem, auto=auto),
                    steps,
                    simulation.compare(steps, real),
                    None if route.problem else simulation.waiting(steps, usual),
                    None if real is None else simulation.waiting(real, usual),
                )
            )
        return found

    def _plans(self, cases, given, before):
        """:return: {case in memory: (route, note, amount at stake)}"""
        policy = self.policy_id.sudo()
        records = self.env["approval_engine.request"].sudo()
        records = records.concat(*(case.record for case in cases))
        with simulated.counting(self._counted(cases, before), given):
            return records._plan_routes(policy)

    def _counted(self, cases, before):
        """:return: {id of the case: what the cases before add to it, in the currency of its company}"""
        policy = self.policy_id
        series = [*before, *cases]
        parts = [case.part(key, policy.window_by) for key, case in enumerate(series)]
        found = simulation.counted_before(parts, policy.window_days)
        first = len(before)
        return {case.record.id: found[key] for key, case in enumerate(cases, first)}

    def _usual_seconds(self):
        """:return: {user id: median of the seconds from a step's opening to their decision}, from what we may read"""
        rows = self.env["approval_engine.assignment"]._search(
            [
                ("state", "in", tuple(seats.DECIDED)),
                ("decided_at", ">=", f"today -{USUAL_DAYS}d"),
            ]
        )
        self.env["approval_engine.request_step"].flush_model(["opened_at"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT seat.user_id, percentile_cont(0.5) WITHIN GROUP (
                               ORDER BY EXTRACT(EPOCH FROM seat.decided_at - step.opened_at))
                      FROM approval_engine_assignment seat
                      JOIN approval_engine_request_step step ON step.id = seat.step_id
                     WHERE seat.id IN %s AND step.opened_at <= seat.decided_at
                     GROUP BY seat.user_id
                    """,
                    rows.subselect(),
                )
            )
        )

    # ------------------------------------------------------------------ keeping

    def _clear(self):
        self.line_ids.unlink()
        self.seat_ids.unlink()

    def _keep(self, cases, outcomes):
        lines = self.env["approval_engine.simulation_line"]
        names = lines._names_of(outcomes)
        lines.create(
            [
                {"simulation_id": self.id, **lines._values(case, outcome, names)}
                for case, outcome in zip(cases, outcomes, strict=True)
            ]
        )
        self._keep_seats(cases, outcomes)

    def _keep_seats(self, cases, outcomes):
        """One row per person, step and week: what they are asked, and what they really were."""
        planned, real = Counter(), Counter()
        for case, outcome in zip(cases, outcomes, strict=True):
            week = fields.Date.start_of(outcome.at.date(), "week")
            planned.update(_seats_of(outcome.steps, week))
            real.update(_seats_of(case.real or (), week))
        self.env["approval_engine.simulation_seat"].create(
            [
                {
                    "simulation_id": self.id,
                    "week": week,
                    "step": step,
                    "user_id": user_id,
                    "cases": planned[week, step, user_id],
                    "real_cases": real[week, step, user_id],
                }
                for week, step, user_id in sorted({*planned, *real})
            ]
        )

    def _period(self, cases):
        if self.source == PAST:
            return timedelta(days=self.days)
        moments = [case.record.submitted_at for case in cases]
        return max(moments) - min(moments) if moments else timedelta()

    def _tell(self, tally, left_out, period=None):
        """:param period: over which the cases are spread, if not the days back"""
        figures = simulation.figures(tally)
        if period is None:
            period = timedelta(days=self.days)
        load = simulation.load(tally, period)
        self.write(
            {
                "figures": self._as_json(figures, load, left_out),
                "words": "\n".join(self._sentences(figures, load, left_out)),
            }
        )

    # ------------------------------------------------------------------ showing

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try It Out: %s", self.policy_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _open_rows(self, xmlid, **search):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"approval_engine.{xmlid}"
        )
        context = {f"search_default_{name}": 1 for name in search}
        return action | {
            "domain": [("simulation_id", "=", self.id)],
            "context": context,
        }

    def open_cases(self):
        """:return: action that lists the cases"""
        return self._open_rows("approval_engine_simulation_line_action")

    def open_changed(self):
        """:return: action that lists the cases that would have met other steps"""
        return self._open_rows("approval_engine_simulation_line_action", changed=1)

    def open_stuck(self):
        """:return: action that lists the cases nobody could have decided"""
        return self._open_rows("approval_engine_simulation_line_action", stuck=1)

    def open_load(self):
        """:return: action that shows who is asked how often"""
        return self._open_rows("approval_engine_simulation_seat_action")


def _seats_of(steps, week):
    """:return: (week, step, user id) for each seat of one case"""
    return {(week, step.name, user_id) for step in steps for user_id in step.users}
