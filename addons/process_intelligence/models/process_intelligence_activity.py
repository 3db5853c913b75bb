from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST_COST = 10**9  # more is a slip of the hand, in any currency


class ProcessIntelligenceActivity(models.Model):
    """A name that steps of a process carry, and what it means there.

    Names are noted as they appear; a person may give several the same meaning, or leave one out.
    """

    _name = "process_intelligence.activity"
    _inherit = ["process_intelligence.kept"]
    _description = "Activity"
    _order = "definition_id, name, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, readonly=True, help="As the events of the process say it."
    )
    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Process",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="definition_id.company_id", store=True)
    shown_as_id = fields.Many2one(
        "process_intelligence.activity",
        "Counts As",
        domain="[('definition_id', '=', definition_id), ('shown_as_id', '=', False), ('id', '!=', id)]",
        ondelete="set null",
        index="btree_not_null",
        help="Several names for one activity count as one. Empty: it stands for itself.",
    )
    counted_ids = fields.One2many(
        "process_intelligence.activity", "shown_as_id", "Counted with It", readonly=True
    )
    ignored = fields.Boolean(
        "Left Out", help="Events with this name are no steps of the process."
    )
    kind = fields.Selection(
        [("work", "Work"), ("wait", "Wait")],
        help="Whether people work or wait after this step. Empty: not known, so it is only called time between steps.",
    )

    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    cost_per_step = fields.Monetary(
        help="Each step costs this much, however long it takes."
    )
    cost_per_hour = fields.Monetary(
        help="Each hour from this step to the one after it costs this much: working hours where the process has a "
        "calendar."
    )

    _name_uniq = models.Constraint(
        "UNIQUE(definition_id, name)", "The process knows this activity already."
    )

    _costs_not_negative = models.Constraint(
        "CHECK(coalesce(cost_per_step, 0) >= 0 AND coalesce(cost_per_hour, 0) >= 0)",
        "A cost cannot be negative. Use 0 for what costs nothing.",
    )

    @api.depends_context("company")
    @api.depends("definition_id.company_id")
    def _compute_currency_id(self):
        for activity in self:
            company = activity.definition_id.company_id or self.env.company
            activity.currency_id = company.currency_id

    @api.constrains("cost_per_step", "cost_per_hour")
    def _check_costs(self):
        for activity in self:
            for name in ("cost_per_step", "cost_per_hour"):
                if not activity[name] <= MOST_COST:  # what is no number neither
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(activity)s: write an amount from 0 to %(most)s.",
                            field=self._fields[name]._description_string(self.env),
                            activity=activity.name,
                            most=MOST_COST,
                        )
                    )

    @api.constrains("shown_as_id", "definition_id")
    def _check_shown_as(self):
        for activity in self.filtered("shown_as_id"):
            target = activity.shown_as_id
            if target.definition_id != activity.definition_id:
                raise ValidationError(
                    self.env._(
                        "%(activity)s can only count as an activity of the same process.",
                        activity=activity.name,
                    )
                )
            if target == activity or target.shown_as_id:
                raise ValidationError(
                    self.env._(
                        "%(activity)s cannot count as %(target)s, which counts as another one itself.",
                        activity=activity.name,
                        target=target.name,
                    )
                )
        if self.search_count([("shown_as_id", "in", self.filtered("shown_as_id").ids)]):
            raise ValidationError(
                self.env._(
                    "Other activities count as this one. Let them count as something else first."
                )
            )

    def write(self, vals):
        if not {"shown_as_id", "ignored"} & vals.keys():
            return super().write(vals)
        self.definition_id._mark_stale()
        with self.definition_id._every_rule()._beginning_anew():
            return super().write(vals)
