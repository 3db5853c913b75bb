import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.event_hub.tools.arguments import takes

#: Shares of activities and of paths, as the sliders of the map stand; empty where one stands by itself.
SHOWN = re.compile(r"(100|[0-9]{1,2})?-(100|[0-9]{1,2})?")
#: What is counted, which time, by which clock; as ``static/src/process_map/measure.js`` reads it.
MEASURE = re.compile(
    r"(count|cases|max_repetition)-(median|mean|p90|p95|min|max|sum)-(business_)?seconds"
)
TAB = re.compile(r"[a-z][a-z_]{0,39}")  # other add-ons may bring more tabs
MAX_TILES = 24  # favourites on the overview
MAX_SAVED = 20_000  # characters of filters: more is no question that a person asked


class ProcessIntelligenceAnalysis(models.Model):
    """A look at a process that somebody keeps: filters, measure and tab of the map screen, never its figures.

    Whoever opens it sees what is counted for himself.
    """

    _name = "process_intelligence.analysis"
    _inherit = ["process_intelligence.kept"]
    _description = "Saved Analysis"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Process",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="definition_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        "Kept By",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        copy=False,
        default=lambda self: self.env.user,
    )
    shared = fields.Boolean(
        help="Everyone of the company who may see the process sees this analysis. Else only you do."
    )
    filters = fields.Json(help="Which cases count, as every question takes it.")
    other = fields.Json(
        "Compared With", help="Filters of the slice to compare with, if any."
    )
    measure = fields.Char(help="What widths and colours of the map mean.")
    shown = fields.Char(
        help="Percent of activities and paths that the sliders of the map show, such as 40-75."
    )
    tab = fields.Char(help="Code of the tab below the map.")
    fan_ids = fields.Many2many(
        "res.users",
        "process_intelligence_analysis_fan_rel",
        "analysis_id",
        "user_id",
        "Favourite Of",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    is_favourite = fields.Boolean(compute="_compute_is_favourite")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends_context("uid")
    @api.depends("fan_ids")
    def _compute_is_favourite(self):
        for analysis in self:
            analysis.is_favourite = self.env.user in analysis.sudo().fan_ids

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for analysis in self:
            analysis.is_mine = analysis.user_id == self.env.user

    @api.constrains("filters", "other", "definition_id")
    def _check_filters(self):
        for analysis in self:
            for name in ("filters", "other"):
                value = analysis[name]
                if len(json.dumps(value)) > MAX_SAVED:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(analysis)s are longer than %(most)s characters. Choose fewer values.",
                            field=name,
                            analysis=analysis.name,
                            most=MAX_SAVED,
                        )
                    )
                analysis.definition_id._parsed(value or None)

    @api.constrains("shown", "measure", "tab")
    def _check_written(self):
        expected = {
            "shown": (
                SHOWN,
                self.env._(
                    "two shares in percent, of activities and of paths, such as 50-80"
                ),
            ),
            "measure": (
                MEASURE,
                self.env._(
                    "what is counted, which time and by which clock, such as cases-max-seconds"
                ),
            ),
            "tab": (TAB, self.env._("the code of a tab, such as rework")),
        }
        for analysis in self:
            for name, (pattern, words) in expected.items():
                value = analysis[name]
                if value and not pattern.fullmatch(value):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: write %(expected)s, not %(value)s.",
                            field=name,
                            expected=words,
                            value=value[:80],
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_keeper(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_keeper([vals])
        if not vals.get("shared", True):
            self._check_hiding()
        if any(
            a.definition_id.id != vals.get("definition_id", a.definition_id.id)
            for a in self
        ):
            raise ValidationError(
                self.env._(
                    "An analysis stays with its process. Save a new one for the other process."
                )
            )
        return super().write(vals)

    def _refuse_following(self, vals):
        """``_check_keeper`` looks after the keeper. Favourites are taken out by who keeps them, never emptied."""
        others = {name: value for name, value in vals.items() if name != "user_id"}
        if "fan_ids" in others:
            others["fan_ids"] = others["fan_ids"] or True
        return super()._refuse_following(others)

    def _check_hiding(self):
        """Who takes back what somebody else shared could not see it any more."""
        if not self.env.su and any(not analysis.is_mine for analysis in self):
            raise AccessError(
                self.env._(
                    "Only who keeps it takes back what is shared. Ask %(keeper)s, or delete it.",
                    keeper=", ".join(sorted(set(self.user_id.mapped("name")))),
                )
            )

    def _check_keeper(self, vals_list):
        others = [
            vals
            for vals in vals_list
            if vals.get("user_id", self.env.uid) != self.env.uid
        ]
        if others and not self.env.su:
            raise AccessError(
                self.env._(
                    "An analysis is kept by whoever saves it. Leave Kept By empty."
                )
            )

    @api.model
    @takes()
    def tiles(self):
        """The reader's favourites with their newest figures, for the overview.

        What one may not read is left out; a question that cannot be asked any more says why, and the others stand.

        :return: ``[{"id", "name", "definition_id": (id, name), "filters", "other", "measure", "shown", "tab",
            "shared", "headline": see ``definition.headline``, or false, "problem": in words, or false}]``, by name
        """
        starred = self.sudo().search([("fan_ids", "=", self.env.uid)]).ids
        found = self.search([("id", "in", starred)], limit=MAX_TILES)
        return [analysis._tile() for analysis in found._of_readable()]

    def _of_readable(self):
        """:return: those of ``self`` whose process the user may read"""
        definitions = self.sudo().definition_id.sudo(False)._filtered_access("read")
        return self.filtered(
            lambda a: a.sudo().definition_id.sudo(False) in definitions
        )

    def _tile(self):
        definition, headline, problem = self.definition_id, False, False
        try:
            headline = definition.headline(self.filters or {})
        except ValidationError as error:  # a filter that nobody can ask any more
            problem = error.args[0]
        return {
            "id": self.id,
            "name": self.name,
            "definition_id": (definition.id, definition.name),
            **{
                name: self[name]
                for name in ("filters", "other", "measure", "shown", "tab")
            },
            "shared": self.shared,
            "headline": headline,
            "problem": problem,
        }

    @takes()
    def toggle_favourite(self):
        """Put it among the reader's own favourites, or take it out.

        :return: whether it is one now
        """
        self.ensure_one()
        self.check_access("read")
        is_fan = self.env.user in self.sudo().fan_ids
        command = fields.Command.unlink if is_fan else fields.Command.link
        self.sudo().fan_ids = [command(self.env.uid)]
        return not is_fan
