import ast
import logging

from odoo import api, fields, models
from odoo.tools.misc import clean_context

from odoo.addons.event_hub.tools import caches

from ..policies import governed

_logger = logging.getLogger(__name__)

STABLE = "stable"  # the default cache is emptied by writes as common as a currency's
FIELDS = (
    "[('model_id', '=', model_id), ('store', '=', True), ('ttype', 'in', ("
    + ", ".join(repr(kind) for kind in sorted({*governed.VALUES, governed.LINES}))
    + "))]"
)


class ApprovalEngineGoverned(models.Model):
    """What of a model waits for an approval: made by an approval manager, without code."""

    _name = "approval_engine.governed"
    _inherit = ["approval_engine.guarded", "event_hub.remembered"]
    _description = "Governed Records"
    _order = "model, name, id"
    _hub_cache = STABLE
    _check_company_auto = True

    name = fields.Char(required=True, help="Such as: large orders.")
    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    model = fields.Char("Model Name", related="model_id.model", store=True, index=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: in every company."
    )
    type_id = fields.Many2one(
        "approval_engine.type",
        "Approval Asked",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("effect", "=", False)],
    )
    mode = fields.Selection(
        governed.MODES,
        "Without Approval",
        required=True,
        default=governed.BLOCK,
        help="Refuse it: who has an approval does it then, once. Keep it as a change request: the values wait, "
        "are shown as old and new, and are written once approved.",
    )
    hold_create = fields.Boolean("Creating")
    hold_write = fields.Boolean("Changing These Fields", default=True)
    hold_unlink = fields.Boolean("Deleting")
    hold_enter = fields.Boolean(
        "Becoming Such a Record",
        help="Also hold whatever change makes a record match the condition.",
    )
    method_names = fields.Char(
        "Buttons",
        help="Names of the methods behind the buttons, separated by commas, such as action_confirm. Hold the field "
        "that the button changes as well, or a direct change of it goes past the button.",
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        "approval_engine_governed_field_rel",
        string="Fields",
        domain=FIELDS,
        help="What an approval approves. If one of them changes afterwards, the approval is void.",
    )
    line_field_ids = fields.Many2many(
        "ir.model.fields",
        "approval_engine_governed_line_field_rel",
        string="Fields of the Lines",
        help="Empty: those that a person fills in.",
    )
    domain = fields.Char(
        "Condition", default="[]", help="Only records that match. Empty: all."
    )
    amount_field_id = fields.Many2one(
        "ir.model.fields",
        "Amount",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('store', '=', True), ('ttype', 'in', ('float', 'monetary', 'integer'))]",
        help="Decides who is asked.",
    )
    currency_field_id = fields.Many2one(
        "ir.model.fields",
        "Currency",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('relation', '=', 'res.currency')]",
        help="Empty: that of the company.",
    )
    account_field_id = fields.Many2one(
        "ir.model.fields",
        "Account",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('relation', '=', 'res.partner')]",
    )
    sentence = fields.Char("In Words", compute="_compute_sentence")

    @api.depends(
        "model_id.name",
        "type_id.name",
        "mode",
        "hold_create",
        "hold_write",
        "hold_unlink",
        "hold_enter",
        "method_names",
        "field_ids",
        "domain",
    )
    def _compute_sentence(self):
        for governance in self:
            what = ", ".join(governance._held_words())
            governance.sentence = bool(what and governance.model_id) and self.env._(
                "%(model)s%(condition)s: %(what)s needs an approval (%(type)s).",
                model=governance.model_id.name,
                condition=self.env._(", if the condition matches")
                if (governance.domain or "[]").strip() != "[]"
                else "",
                what=what,
                type=governance.type_id.name or "?",
            )

    def _held_words(self):
        names = ", ".join(self.field_ids.mapped("field_description"))
        return [
            words
            for held, words in [
                (self.hold_create, self.env._("creating")),
                (
                    self.hold_write and names,
                    self.env._("changing %(fields)s", fields=names),
                ),
                (self.hold_unlink, self.env._("deleting")),
                (self.hold_enter, self.env._("becoming such a record")),
                (self.method_names, self.method_names),
            ]
            if held
        ]

    @api.model
    def default_get(self, fields):
        plain = self.with_env(self.env(context=clean_context(self.env.context)))
        return super(ApprovalEngineGoverned, plain).default_get(fields)

    # ------------------------------------------------------------------ rules

    def _leaves(self):
        """:return: the condition as a list; no code in it is ever run"""
        return list(ast.literal_eval((self.domain or "").strip() or "[]"))

    def _methods(self):
        return [
            name.strip()
            for name in (self.method_names or "").split(",")
            if name.strip()
        ]

    def _as_rule(self):
        self.ensure_one()
        try:
            leaves = self._leaves()
        except (ValueError, SyntaxError, TypeError, RecursionError):
            _logger.exception("Governance %s: its condition cannot be read", self.id)
            leaves = []  # nobody checked it: every record is held
        return self._rule(
            f"governed:{self.id}",
            self.name,
            self.model,
            self.field_ids.sorted("name").mapped("name"),
            leaves,
            line_names=self.line_field_ids.mapped(lambda f: (f.model, f.name)),
            type_code=self.type_id.code,
            mode=self.mode,
            creates=self.hold_create,
            writes=self.hold_write,
            deletes=self.hold_unlink,
            enters=self.hold_enter,
            methods=frozenset(self._methods()),
            amount_field=self.amount_field_id.name or "",
            currency_field=self.currency_field_id.name or "",
            account_field=self.account_field_id.name or "",
            company_id=self.company_id.id or 0,
            in_force=self._in_force_leaves(),
            in_force_at=self.in_force_at_field_id.name or "",
        )

    @api.model
    def _rule(self, key, name, model, names, leaves, line_names=(), **values):
        known = self.env[model]._fields
        names = [one for one in names if one in known]
        # what brings a record into the condition is part of what is approved
        entering = governed.domain_fields(leaves) if values["enters"] else ()
        judged_only = {
            one
            for one in entering
            if one in known
            and one not in names
            and known[one].store
            and known[one].type in governed.VALUES
        }
        names = (*names, *sorted(judged_only))
        watched = {*names, *governed.domain_fields(leaves)}
        return governed.Rule(
            key=key,
            name=name,
            model=model,
            fields=names,
            judged_only=frozenset(judged_only),
            lines={
                one: self._line_names(known[one], line_names)
                for one in names
                if known[one].type == governed.LINES
            },
            computed=frozenset(
                one
                for one in watched
                if one in known
                and known[one].compute
                and known[one].store
                and known[one].column_type
            ),
            domain=tuple(leaves),
            domain_fields=governed.domain_fields(leaves),
            **values,
        )

    @api.model
    def _line_names(self, field, chosen):
        """:return: fields of the lines that count: those chosen, else those that a person fills in"""
        line = self.env[field.comodel_name]
        named = [name for model, name in chosen if model == line._name]
        return tuple(
            sorted(
                named
                or (
                    name
                    for name, one in line._fields.items()
                    if one.store
                    and one.type in governed.VALUES
                    and not one.readonly
                    and name not in models.LOG_ACCESS_COLUMNS
                    and name not in ("id", field.inverse_name)
                )
            )
        )

    def _fields_used(self):
        """:return: the fields that these governances rest on"""
        return (
            self.field_ids
            | self.line_field_ids
            | self.amount_field_id
            | self.currency_field_id
            | self.account_field_id
        )

    @api.model
    @caches.remembered(cache=STABLE)
    def _gates(self):
        """:return: ``{model: policies.governed.Gate}``; empty as long as nothing is governed

        Asked at every create, write and unlink of every model, so it is one look into memory.
        """
        rules = [
            *(
                one._as_rule()
                for one in self.sudo().search([("active", "=", True)], order="id")
                if one.model in self.env and not governed.is_never(one.model)
            ),
            *self._rules_of_models(),
        ]
        lines = [
            (self.env[rule.model]._fields[name].comodel_name, self._lines(rule, name))
            for rule in rules
            if rule.writes
            for name in rule.lines
        ]
        return governed.gates(rules, lines)

    @api.model
    def _lines(self, rule, name):
        inverse = self.env[rule.model]._fields[name].inverse_name
        return governed.Lines(
            rule, name, inverse, frozenset({*rule.lines[name], inverse})
        )

    @api.model
    def _rules_of_models(self):
        """:return: rules of the models that say themselves what of them waits for an approval"""
        return [
            self.env[name]._approval_rule()
            for name, model in sorted(self.env.registry.items())
            if getattr(model, "_approval_type", None) and not model._abstract
        ]

    @api.model
    def _rule_of(self, key, model):
        """:return: the rule with this key, None if there is none any more"""
        gate = self._gates().get(model)
        return next(
            (rule for rule in (gate.rules if gate else ()) if rule.key == key), None
        )
