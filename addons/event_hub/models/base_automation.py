from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger, safe_eval

from ..policies import domain_text, event_run, patterns, throttle
from ..tools import caches
from ..tools.attribute_domain import with_attributes

TRIGGER = "on_business_event"
DOMAIN_NAMES = {
    "datetime": safe_eval.datetime,
    "dateutil": safe_eval.dateutil,
    "time": safe_eval.time,
}
TABLE_FIELDS = {
    "active",
    "trigger",
    "model_id",
    "event_pattern",
    "event_delay_minutes",
}  # what `_hub_rules` is made of


class BaseAutomation(models.Model):
    """Automation Rules that react to business events.

    Unlike the stock triggers nothing is patched onto any model and nothing is searched when
    records change: the ledger looks new events up in a cached table, and the reactions run
    in batches in a transaction of their own, see ``event_hub.run``.
    """

    _name = "base.automation"
    _inherit = ["base.automation", "event_hub.owned"]

    trigger = fields.Selection(
        selection_add=[(TRIGGER, "On business event")],
        ondelete={TRIGGER: "cascade"},
    )
    event_pattern = fields.Char(
        "Event Types",
        tracking=True,
        help="Types of events to react to, such as billing.payment_failed or risk.*; several are separated by commas.",
    )
    event_domain = fields.Char(
        "Event Condition",
        tracking=True,
        help="If set, only events that meet it are reacted to. Attributes are written attributes.<name>.",
    )
    event_delay_minutes = fields.Integer(
        "Wait (Minutes)",
        tracking=True,
        help="The actions run this long after the event is recorded. The conditions are looked at then,"
        " so that what has sorted itself out meanwhile is left alone.",
    )
    throttle_hours = fields.Float(
        "At Most Once In (Hours)",
        tracking=True,
        help="For one record, the rule runs once in this time; further events about it are skipped, and the run"
        " says so. 0: every event.",
    )
    owner_id = fields.Many2one(
        "res.users",
        "Rule Owner",
        tracking=True,
        default=lambda self: self.env.user,
        help="Runs the actions when the event itself has no user who may, and is told when a run is given up.",
    )
    event_sentence = fields.Text(
        "What This Rule Does", compute="_compute_event_sentence"
    )
    run_count = fields.Integer("Runs", compute="_compute_run_figures")
    run_failed_count = fields.Integer(
        "Failed or Dead Runs", compute="_compute_run_figures"
    )
    run_pending_count = fields.Integer("Waiting Runs", compute="_compute_run_figures")
    last_run_at = fields.Datetime("Last Event Run", compute="_compute_run_figures")

    # ------------------------------------------------------------ what is shown

    @api.depends(
        "trigger",
        "event_pattern",
        "event_domain",
        "filter_domain",
        "model_id",
        "owner_id",
        "action_server_ids",
        "event_delay_minutes",
        "throttle_hours",
    )
    def _compute_event_sentence(self):
        for rule in self:
            rule.event_sentence = (
                rule._event_sentence() if rule.trigger == TRIGGER else False
            )

    def _event_sentence(self):
        """:return: the rule in one or two plain sentences"""
        parts = patterns.split(self.event_pattern or "")
        about = (
            self.env._("any record")
            if self.model_name == event_run.ANY_MODEL
            else self.env._("a %(model)s", model=self.model_id.name or "…")
        )
        what = self.env._(
            "When an event %(types)s about %(about)s is recorded",
            types=_listed(parts, self.env._(" or ")) or "…",
            about=about,
        )
        if self.event_domain or self.filter_domain:
            what = self.env._("%(what)s and its conditions hold", what=what)
        if self.event_delay_minutes:
            what = self.env._(
                "%(what)s, %(minutes)s minutes later",
                what=what,
                minutes=self.event_delay_minutes,
            )
        actions = _listed(self.action_server_ids.mapped("name"), self.env._(", then "))
        return self.env._(
            "%(what)s: %(actions)s. It runs %(often)s, as the user who caused it, else as %(owner)s.",
            what=what,
            actions=actions or self.env._("nothing yet"),
            often=self.env._(
                "once for each record in %(hours)g hours", hours=self.throttle_hours
            )
            if self.throttle_hours
            else self.env._("once for each event"),
            owner=self.owner_id.name or self.env._("nobody, so that run fails"),
        )

    def _compute_run_figures(self):
        figures = defaultdict(dict)
        latest = {}
        for rule, state, count, last in self.env["event_hub.run"]._read_group(
            [("automation_id", "in", self.ids)],
            ["automation_id", "state"],
            ["__count", "started_at:max"],
        ):
            figures[rule.id][state] = count
            latest[rule.id] = max(
                filter(None, (last, latest.get(rule.id))), default=False
            )
        for rule in self:
            counts = figures[rule._origin.id]
            rule.run_count = sum(counts.values())
            rule.run_failed_count = counts.get(event_run.FAILED, 0) + counts.get(
                event_run.DEAD, 0
            )
            rule.run_pending_count = counts.get(event_run.PENDING, 0)
            rule.last_run_at = latest.get(rule._origin.id, False)

    def action_open_runs(self):
        """:return: action that opens the run log of this rule"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_run_action"
        )
        action["domain"] = [("automation_id", "=", self.id)]
        action["context"] = {}  # all that the button counts
        action["display_name"] = self.env._("Runs of %(name)s", name=self.name)
        return action

    @api.depends("model_id")
    def _compute_trigger(self):
        """Choosing another model clears the trigger; a business event can be about any model."""
        kept = self.filtered(lambda rule: rule.trigger == TRIGGER)
        result = super()._compute_trigger()
        kept.trigger = TRIGGER
        return result

    # ------------------------------------------------------------- what is valid

    @api.constrains("trigger", "event_pattern")
    def _check_event_pattern(self):
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            wrong = patterns.problem(rule.event_pattern or "")
            if wrong is None:
                continue
            if not wrong:
                raise ValidationError(
                    rule.env._(
                        "Rule %(name)s reacts to business events: fill in Event Types, such as billing.*",
                        name=rule.name,
                    )
                )
            raise ValidationError(
                rule.env._(
                    "“%(part)s” in Event Types of rule %(name)s is no event type. Use lower-case letters, digits, dots,"
                    " underscores and *, such as billing.payment_failed or risk.*",
                    part=wrong,
                    name=rule.name,
                )
            )

    @api.constrains("event_delay_minutes", "throttle_hours")
    def _check_event_timing(self):
        for rule in self:
            wrong = throttle.problem(rule.throttle_hours, rule.event_delay_minutes)
            if wrong:
                raise ValidationError(
                    rule.env._(
                        "%(field)s of rule %(name)s must be between zero and a year.",
                        field=rule._fields[
                            "throttle_hours"
                            if wrong == "throttle"
                            else "event_delay_minutes"
                        ]._description_string(self.env),
                        name=rule.name,
                    )
                )

    @api.constrains("trigger", "event_domain", "filter_domain", "model_id")
    def _check_event_domains(self):
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            for model, field in (
                ("event_hub.event", "event_domain"),
                (rule.model_name, "filter_domain"),
            ):
                try:
                    rule._try_domain(field, self.env[model].sudo())
                except (
                    Exception
                ) as error:  # whatever a person may type: named, and refused
                    raise ValidationError(
                        rule.env._(
                            "%(field)s of rule %(name)s cannot be used: %(error)s",
                            field=rule._fields[field]._description_string(self.env),
                            name=rule.name,
                            error=getattr(error, "diag", None)
                            and error.diag.message_primary
                            or error,
                        )
                    ) from error

    def _try_domain(self, field, records):
        """Have PostgreSQL plan the search: that finds values of the wrong kind, too.

        :raise Exception: of any kind, if the condition cannot be used
        """
        if field == "event_domain" and self[field]:
            wrong = domain_text.problem(self[field], {*DOMAIN_NAMES, "uid"})
            if wrong:
                raise ValueError(wrong)
        domain = self._hub_domain(field, self.env.user)
        domain.validate(records)
        records.browse().filtered_domain(domain)
        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            query = records._search(domain, limit=1)
            self.env.cr.execute(SQL("EXPLAIN %s", query.select()))

    def _hub_domain(self, field, user):
        """:return: the ``Domain`` in ``event_domain`` or ``filter_domain`` as ``user`` sees it; true if empty"""
        text = self[field]
        if not text:
            return Domain.TRUE
        names = {**DOMAIN_NAMES, "uid": user.id}
        if field == "filter_domain":  # as for every other trigger
            names.update(user=user, model=self.env[self.model_name].with_user(user))
        return with_attributes(safe_eval.safe_eval(text, names))

    # ---------------------------------------------------------- the table of rules

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        if any(rule.trigger == TRIGGER for rule in rules):
            caches.forget(self.env)
        return rules

    def write(self, vals):
        affected = bool(TABLE_FIELDS & set(vals)) and any(
            rule.trigger == TRIGGER for rule in self
        )
        result = super().write(vals)
        if affected or vals.get("trigger") == TRIGGER:
            caches.forget(self.env)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_runs(self):
        governed = self.filtered("governed").ids
        run = (
            self.env["event_hub.run"]
            .sudo()
            .search(
                [
                    ("automation_id", "in", self.ids),
                    # That it was held while all rules were is nothing a rule did.
                    "|",
                    ("state", "!=", event_run.SKIPPED),
                    ("automation_id", "in", governed),
                ],
                limit=1,
            )
        )
        if run:
            raise UserError(
                self.env._(
                    "%(name)s has run, and its runs stay on record. Archive it instead.",
                    name=run.automation_id.name,
                )
            )

    def unlink(self):
        listening = any(rule.trigger == TRIGGER for rule in self)
        result = super().unlink()
        if listening:
            caches.forget(self.env)
        return result

    @api.model
    @caches.remembered()
    def _hub_rules(self):
        """:return: tuple of ``Rule``: every active rule that reacts to business events"""
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search([("trigger", "=", TRIGGER)], order="id")
        )
        return tuple(
            event_run.Rule(
                rule.id,
                rule.model_name,
                rule.event_pattern or "",
                rule.event_delay_minutes,
            )
            for rule in rules
            if rule.model_name
        )

    # ------------------------------------------------------------------ alerts


def _listed(parts, glue):
    return glue.join(parts) if parts else ""
