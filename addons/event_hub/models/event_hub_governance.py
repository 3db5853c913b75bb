from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..policies import governance
from .base_automation import TRIGGER
from .base_automation_governance import LIVE

FIGURE_DAYS = 90
STATUSES = [
    ("off", "Off"),
    ("paused", "Paused"),
    ("observe", "Observing"),
    ("act", "Acting"),
]


class EventHubGovernance(models.Model):
    """Each automation rule with what it is worth and what it lacks; one row per rule, with its id.

    Figures count the last 90 days, and the runs in the reader's companies only. Runs are
    counted of rules on business events, and of all that are governed.
    """

    _name = "event_hub.governance"
    _description = "Rule Governance"
    _inherit = ["event_hub.loose"]
    _auto = False
    _order = "minutes_saved desc, id"
    _rec_name = "automation_id"

    automation_id = LooseMany2one(
        "base.automation", "Rule", readonly=True, context={"active_test": False}
    )
    charter_id = LooseMany2one("event_hub.charter", "Charter", readonly=True)
    owner_id = LooseMany2one(
        "res.users", "Answers For It", readonly=True, context={"active_test": False}
    )
    ownerless = fields.Boolean(readonly=True)
    is_on = fields.Boolean("On", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    governed = fields.Boolean(readonly=True)
    trigger = fields.Selection(
        lambda self: (
            self.env["base.automation"]
            ._fields["trigger"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    model_id = LooseMany2one("ir.model", "Model", readonly=True)
    counted = fields.Boolean(
        readonly=True, help="Whether its runs are on record: of every governed rule."
    )
    mode = fields.Selection(governance.MODES, readonly=True)
    paused = fields.Boolean(readonly=True)
    runs = fields.Integer(readonly=True, help="In the last 90 days.")
    done = fields.Integer(readonly=True)
    observed = fields.Integer(readonly=True)
    waiting = fields.Integer(readonly=True)
    failed = fields.Integer("Failed or Dead", readonly=True)
    overridden = fields.Integer(readonly=True)
    minutes_per_run = fields.Float(readonly=True, aggregator="avg")
    minutes_saved = fields.Float(
        readonly=True,
        help="Runs that were done and not overridden, times the minutes that the charter states for one.",
    )
    last_run_at = fields.Datetime("Last Run", readonly=True)
    born_at = fields.Datetime("Made", readonly=True)
    review_at = fields.Date("Review On", readonly=True)
    attention = fields.Char("Needs Attention", compute="_compute_attention")
    gaps = fields.Text("Missing", compute="_compute_gaps")
    has_gap = fields.Boolean(
        "Charter Gap", compute="_compute_gaps", search="_search_has_gap"
    )
    retire_why = fields.Text("Retire?", compute="_compute_retire")
    retire = fields.Boolean(
        "Retire Candidate", compute="_compute_retire", search="_search_retire"
    )

    # --------------------------------------------------------------------- the view

    @property
    def _table_query(self):
        for model in ("base.automation", "event_hub.charter", "event_hub.run"):
            self.env[model].flush_model()
        self.env["res.users"].flush_model(["active"])
        companies = self._of_readers_companies()
        return SQL(
            """
            SELECT %(columns)s
              FROM base_automation rule
         LEFT JOIN event_hub_charter charter ON charter.automation_id = rule.id
         LEFT JOIN res_users owner ON owner.id = CASE WHEN rule.governed THEN charter.owner_id ELSE rule.owner_id END
         LEFT JOIN (%(figures)s) f ON f.automation_id = rule.id
 LEFT JOIN LATERAL (SELECT max(planned_at) AS last_run_at FROM event_hub_run
                     WHERE automation_id = rule.id AND f.runs IS NULL AND %(companies)s) earlier ON TRUE
             WHERE rule.id IN %(readable)s
            """,
            columns=self._columns(),
            figures=self._run_figures(companies),
            companies=companies,
            readable=self.env["base.automation"]
            .with_context(active_test=False)
            ._search([("trigger", "!=", LIVE)])
            .subselect(),
        )

    def _of_readers_companies(self):
        """:return: ``SQL`` condition on runs"""
        if self.env.su:
            return SQL("TRUE")
        return SQL(
            "(company_id IS NULL OR company_id = ANY(%s))", self.env.companies.ids
        )

    def _columns(self):
        """:return: ``SQL`` of what the view tells of a ``rule``, its ``charter``, ``owner`` and figures ``f``"""
        return SQL(
            """
                   rule.id AS id, rule.id AS automation_id, charter.id AS charter_id, owner.id AS owner_id,
                   coalesce(NOT owner.active, TRUE) AS ownerless, rule.active AS is_on,
                   CASE WHEN rule.active IS NOT TRUE THEN 'off' WHEN rule.paused OR %(held)s THEN 'paused'
                        ELSE rule.mode END AS status,
                   coalesce(rule.governed, FALSE) AS governed, rule.mode AS mode, rule.trigger AS trigger,
                   rule.model_id AS model_id, (rule.governed OR rule.trigger = %(trigger)s) IS TRUE AS counted,
                   coalesce(rule.paused, FALSE) AS paused, rule.create_date AS born_at,
                   charter.review_at AS review_at, coalesce(charter.minutes_saved, 0) AS minutes_per_run,
                   coalesce(f.runs, 0) AS runs, coalesce(f.done, 0) AS done, coalesce(f.observed, 0) AS observed,
                   coalesce(f.waiting, 0) AS waiting, coalesce(f.failed, 0) AS failed,
                   coalesce(f.overridden, 0) AS overridden,
                   greatest(coalesce(f.done - f.overridden, 0), 0) * coalesce(charter.minutes_saved, 0)
                        AS minutes_saved,
                   coalesce(f.last_run_at, earlier.last_run_at) AS last_run_at
            """,
            trigger=TRIGGER,
            held=bool(self.env["base.automation"]._pause_all_state()),
        )

    def _run_figures(self, companies):
        """:return: ``SQL`` of how often each rule ran in the last 90 days, and how that ended"""
        return SQL(
            """SELECT automation_id, count(*) AS runs,
                           count(*) FILTER (WHERE state = 'done') AS done,
                           count(*) FILTER (WHERE state = 'observed') AS observed,
                           count(*) FILTER (WHERE state = 'pending') AS waiting,
                           count(*) FILTER (WHERE state IN ('failed', 'dead')) AS failed,
                           count(*) FILTER (WHERE overridden_at IS NOT NULL) AS overridden,
                           max(planned_at) AS last_run_at
                      FROM event_hub_run
                     WHERE planned_at >= (now() AT TIME ZONE 'UTC') - make_interval(days => %(days)s) AND %(companies)s
                  GROUP BY automation_id""",
            days=FIGURE_DAYS,
            companies=companies,
        )

    # --------------------------------------------------------------------- computes

    def _compute_gaps(self):
        for row in self:
            rule = row.automation_id
            row.gaps = rule.charter_gaps or False
            row.has_gap = bool(row.gaps)

    def _compute_attention(self):
        """What is missing, what failed and was undone, and why it may have had its day, on one line."""
        for row in self:
            parts = [
                row.gaps and row.gaps.replace("\n", " "),
                row.failed
                and self.env._("%(count)s failed or given up.", count=row.failed),
                row.overridden
                and self.env._("%(count)s overridden.", count=row.overridden),
                row.retire_why,
            ]
            row.attention = " ".join(filter(None, parts))

    @api.model
    def _search_has_gap(self, operator, value):
        if operator != "in":
            return NotImplemented
        rules = (
            self.env["base.automation"]
            .with_context(active_test=False)
            .search([("trigger", "!=", LIVE)])
        )
        return [("id", "in", [r.id for r in rules if bool(r.charter_gaps) in value])]

    def _compute_retire(self):
        words = self._retire_words()
        for row in self:
            why = row._retire_code()
            row.retire = bool(why)
            row.retire_why = words.get(why, False)

    def _retire_code(self):
        if not self.counted:
            return None  # nobody knows how often it runs
        now = fields.Datetime.now()
        return governance.retire_reason(
            governance.Figures(
                age_days=(now - self.born_at).days if self.born_at else 0,
                idle_days=(now - self.last_run_at).days if self.last_run_at else None,
                done=self.done,
                failed=self.failed,
                overridden=self.overridden,
                minutes_saved=self.minutes_saved,
                has_estimate=self.minutes_per_run > 0,
            )
        )

    def _retire_words(self):
        return {
            "overridden": self.env._("People undo at least half of what it does."),
            "failing": self.env._("It fails more often than it works."),
            "never_ran": self.env._("It has never run in 90 days or more."),
            "idle": self.env._("It has not run for 90 days."),
            "low_value": self.env._("It saves less than an hour in 90 days."),
        }

    @api.model
    def _search_retire(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self.search([("id", ">", 0)])
        return [("id", "in", [r.id for r in rows if bool(r._retire_code()) in value])]

    # ---------------------------------------------------------------------- actions

    def action_open_rule(self):
        """:return: action that opens the rule"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "base.automation",
            "res_id": self.automation_id.id,
            "views": [
                (self.env.ref("base_automation.view_base_automation_form").id, "form")
            ],
        }

    def action_open_runs(self):
        """:return: action that opens the runs that make the figures"""
        return self.automation_id.action_open_runs()

    def action_open_charter(self):
        """:return: action that opens the charter"""
        return self.automation_id.action_open_charter()

    def action_switch_to_act(self):
        """Switch the chosen rules to act."""
        return self.automation_id.action_switch_to_act()

    def action_switch_to_observe(self):
        """Switch the chosen rules to observe."""
        return self.automation_id.action_switch_to_observe()

    def action_resume(self):
        """Resume the chosen rules."""
        return self.automation_id.action_resume()

    def action_govern(self):
        """Give the chosen rules a charter to fill."""
        return self.automation_id.action_govern()
