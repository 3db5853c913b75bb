from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import ANY
from odoo.addons.event_hub.tools import caches
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_TARGET_MINUTES, MAX_TITLE_CHARS
from ..policies.durations import hours_words
from ..policies.sla import simulation
from ..policies.sla.attainment import Attainment
from ..policies.sla.clock import BREACHED, MET
from ..policies.sla.matching import FIRST_RESPONSE, KINDS, Promise, Rule
from ..policies.sla.warnings import OFFERED
from ..tools.bounds import check_texts

# What a policy asks of a ticket -> the policy's field that lists the values.
WANTED = {
    "team": "team_ids",
    "category": "category_ids",
    "type": "type_ids",
    "tag": "tag_ids",
    "tier": "tier_ids",
    "priority": "priority_ids",
    "severity": "severity_ids",
    "level": "level_ids",
}
OF_TRAIT = frozenset({"tier", "priority", "severity"})  # values are codes, not records
MOST_CHARS = {"name": MAX_TITLE_CHARS, "note": MAX_TITLE_CHARS}
TELLING = {  # changes that people's clocks do not notice
    "name",
    "note",
    "escalation_step_ids",
}


class SupportVisibilitySlaPolicy(models.Model):
    """What customers are promised: so much working time until something happens.

    Policies are ordered; of each kind of promise the first one that fits a ticket holds for it.
    """

    _name = "support_visibility.sla_policy"
    _description = "SLA Policy"
    _inherit = ["mail.thread", "event_hub.remembered"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first policy that fits holds.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, tracking=True, help="Empty: for every company."
    )
    kind = fields.Selection(
        KINDS,
        "Promise",
        required=True,
        default=FIRST_RESPONSE,
        tracking=True,
        help="First response: until a person answers in public. Next response: from a customer's message to our "
        "answer. Update: between two public answers. Resolution: until the ticket is solved.",
    )
    target_minutes = fields.Integer(
        required=True, default=480, tracking=True, help="Minutes of working time."
    )
    target_hours = fields.Float(
        "Within",
        compute="_compute_target_hours",
        inverse="_inverse_target_hours",
        help="Hours of working time.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Only these hours count. Empty: the clock runs day and night.",
    )
    note = fields.Char("Says Internally")
    # whom it is for: each list left empty asks nothing
    team_ids = fields.Many2many("support_visibility.team", string="Teams")
    category_ids = fields.Many2many(
        "support_visibility.category",
        string="Categories",
        help="With the categories below them.",
    )
    type_ids = fields.Many2many(
        "support_visibility.ticket_type",
        "support_visibility_sla_policy_type_rel",
        string="Types",
    )
    tag_ids = fields.Many2many("support_visibility.tag", string="Tags")
    tier_ids = fields.Many2many(
        "support_visibility.trait",
        "support_visibility_sla_policy_tier_rel",
        string="Tiers",
        domain="[('kind', '=', 'tier')]",
    )
    priority_ids = fields.Many2many(
        "support_visibility.trait",
        "support_visibility_sla_policy_priority_rel",
        string="Priorities",
        domain="[('kind', '=', 'priority')]",
    )
    severity_ids = fields.Many2many(
        "support_visibility.trait",
        "support_visibility_sla_policy_severity_rel",
        string="Severities",
        domain="[('kind', '=', 'severity')]",
    )
    level_ids = fields.Many2many(
        "support_visibility.entitlement_level",
        "support_visibility_sla_policy_level_rel",
        string="Support Levels",
        help="Accounts that are entitled to one of these on the day the ticket is opened.",
    )
    pause_stage_ids = fields.Many2many(
        "support_visibility.stage",
        string="Stands Still In",
        default=lambda self: self._default_pause_stages(),
        help="While a ticket is in one of these stages, the clock does not run. A first response is never paused.",
    )
    warn_50 = fields.Boolean("At 50 %", tracking=True)
    warn_75 = fields.Boolean("At 75 %", default=True, tracking=True)
    warn_90 = fields.Boolean("At 90 %", tracking=True)
    escalation_step_ids = fields.One2many(
        "support_visibility.escalation_step", "policy_id", "Escalation Chain"
    )

    sentence = fields.Char("In Words", compute="_compute_sentence")
    open_count = fields.Integer("Running Now", compute="_compute_figures")
    judged_count = fields.Integer(
        "Judged", compute="_compute_figures", help="Kept and broken promises together."
    )
    attainment = fields.Float(
        "Kept",
        compute="_compute_figures",
        help="Kept / (kept + broken), of all promises this policy made. Promises still within their time and those "
        "that do not count are left out.",
    )
    attainment_text = fields.Char("Attainment", compute="_compute_figures")

    _target_positive = models.Constraint(
        "CHECK(target_minutes > 0)", "A promise needs at least a minute."
    )

    @api.constrains("name", "note", "target_minutes")
    def _check_promise(self):
        check_texts(self, MOST_CHARS, needed=["name"])
        for policy in self:
            if policy.target_minutes > MAX_TARGET_MINUTES:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: Within is at most %(most)s minutes of working time, which is five years.",
                        policy=policy.name,
                        most=MAX_TARGET_MINUTES,
                    )
                )

    @api.model
    def _wanted_fields(self):
        """:return: ``{trait of a ticket: the field that lists its values}``; other addons add theirs"""
        return WANTED

    @api.model
    def _default_pause_stages(self):
        return self.env["support_visibility.stage"].search([("state", "=", "waiting")])

    @api.depends("target_minutes")
    def _compute_target_hours(self):
        for policy in self:
            policy.target_hours = policy.target_minutes / 60

    def _inverse_target_hours(self):
        for policy in self:
            policy.target_minutes = round(policy.target_hours * 60)

    @api.depends(
        lambda self: (
            *("kind", "target_minutes", "calendar_id", "pause_stage_ids"),
            *self._wanted_fields().values(),
        )
    )
    def _compute_sentence(self):
        for policy in self:
            policy.sentence = policy._sentence()

    def _sentence(self):
        told = self.sudo()  # the sentence is for all who read the policy
        asked = [
            ", ".join(told[name].mapped("name"))
            for name in self._wanted_fields().values()
        ]
        hours = self.calendar_id.name
        stages = ", ".join(self.pause_stage_ids.mapped("name"))
        stands = self.kind != FIRST_RESPONSE and stages
        return self.env._(
            "%(who)s: %(what)s within %(target)s %(hours)s%(pause)s.",
            who=" · ".join(filter(None, asked)) or self.env._("All tickets"),
            what=dict(self._fields["kind"]._description_selection(self.env)).get(
                self.kind, ""
            ),
            target=hours_words(self.target_minutes),
            hours=self.env._("of %(calendar)s", calendar=hours)
            if hours
            else self.env._("day and night"),
            pause=self.env._(", standing still in %(stages)s", stages=stages)
            if stands
            else "",
        )

    def _compute_figures(self):
        """One query for all policies of a page."""
        late = Domain("state", "=", "running") & Domain(
            "due_at", "<", fields.Datetime.now()
        )
        clocks = self.env["support_visibility.sla_clock"]
        counts = {policy.id: {} for policy in self}
        for policy, state, stopped, count in clocks._read_group(
            [("policy_id", "in", self.ids)],
            ["policy_id", "state", "stopped_at:year"],
            ["__count"],
        ):
            found = counts[policy.id]
            found[state] = found.get(state, 0) + count
            if not stopped:
                found["open"] = found.get("open", 0) + count
        overdue = dict(
            clocks._read_group(
                Domain("policy_id", "in", self.ids) & late, ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            found = counts.get(policy.id, {})
            policy._show(found, overdue.get(policy, 0))

    def _show(self, found, overdue):
        figure = Attainment(found.get(MET, 0), found.get(BREACHED, 0) + overdue)
        self.open_count = found.get("open", 0)
        self.judged_count = figure.judged
        self.attainment = (figure.share or 0) / 100
        self.attainment_text = (
            self.env._(
                "%(share).1f %% of %(judged)s", share=figure.share, judged=figure.judged
            )
            if figure.judged
            else self.env._("none yet")
        )

    @api.constrains("tier_ids", "priority_ids", "severity_ids")
    def _check_traits(self):
        for policy in self:
            for kind in OF_TRAIT:
                strange = policy[WANTED[kind]].filtered(lambda t, k=kind: t.kind != k)
                if strange:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s: %(value)s is not one of the values of %(field)s.",
                            policy=policy.name,
                            value=strange[0].name,
                            field=policy._fields[WANTED[kind]].string,
                        )
                    )

    @api.constrains("calendar_id", "company_id")
    def _check_calendar(self):
        for policy in self:
            ours, theirs = policy.company_id, policy.calendar_id.company_id
            if ours and theirs and ours != theirs:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: the working hours %(calendar)s belong to %(company)s. Choose hours of %(ours)s.",
                        policy=policy.name,
                        calendar=policy.calendar_id.name,
                        company=theirs.name,
                        ours=ours.name,
                    )
                )
            if policy.calendar_id.flexible_hours:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: the working hours %(calendar)s are flexible, so nobody could say when they are. "
                        "Choose working hours with fixed times, or none.",
                        policy=policy.name,
                        calendar=policy.calendar_id.name,
                    )
                )

    # ------------------------------------------------------------------ changes

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._raise_if_no_minutes(vals)
        policies = super().create(vals_list)
        policies._ask_to_read_again(self.env._("a new policy"))
        return policies

    def write(self, vals):
        self._raise_if_no_minutes(vals)
        result = super().write(vals)
        if not TELLING.issuperset(vals):
            self._ask_to_read_again(self.env._("the policy was changed"))
        return result

    @api.model
    def _raise_if_no_minutes(self, vals):
        """A part of a minute would be cut off silently."""
        minutes = vals.get("target_minutes", 0)
        if isinstance(minutes, float) and not minutes.is_integer():
            raise ValidationError(
                self.env._(
                    "target_minutes: %(value)s is no whole number of minutes.",
                    value=minutes,
                )
            )

    def action_open_clocks(self):
        """:return: action that opens the promises that this policy made"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_visibility.support_visibility_sla_clock_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)], "context": {}}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["support_visibility.sla_clock"]
            .sudo()
            .search([("policy_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "%(policy)s made promises that are on record. Archive it instead.",
                    policy=used.policy_id.name,
                )
            )

    def _ask_to_read_again(self, why):
        """Open tickets are matched anew: what held until now and what holds from now on is kept with each."""
        for policy in self:
            self.env["support_visibility.sla_reread"]._ask(
                self.env._("%(policy)s: %(why)s", policy=policy.name, why=why)
            )

    # ------------------------------------------------------------------ use

    @caches.remembered()
    def _promises(self):
        """:return: the promises in force, in their order, as plain values"""
        policies = self.sudo().with_context(active_test=True).search(Domain.TRUE)
        return tuple(policy._promise() for policy in policies)

    def _promise(self):
        wanted = {name: self._wanted(name) for name in self._wanted_fields()}
        return Promise(
            Rule(self.id, self.kind, self.company_id.id or None, wanted),
            self.target_minutes * 60,
            self.calendar_id.id or None,
            frozenset(self.pause_stage_ids.ids if self.kind != FIRST_RESPONSE else ()),
            tuple(share for share in OFFERED if self[f"warn_{share}"]),
        )

    def _wanted(self, name):
        records = self[self._wanted_fields()[name]]
        if name == "category":
            records = records.search([("id", "child_of", records.ids)])
        return frozenset(records.mapped("code") if name in OF_TRAIT else records.ids)

    @api.model
    @takes(  # the policy itself says which argument cannot be used
        start=ANY, target_minutes=ANY, tz=ANY, attendances=ANY, leaves=ANY, pauses=ANY
    )
    def simulate(self, start, target_minutes, tz, attendances, leaves=(), pauses=()):
        """When a promise of so many minutes would run out, for made-up working hours.

        :param str start: ISO 8601, UTC unless it says otherwise
        :param int target_minutes: of working time
        :param str tz: zone of the attendances, such as Europe/Berlin
        :param list attendances: ``[[weekday 0 = Monday, "HH:MM", "HH:MM"]]``; an end at or before the begin is on the
            next day; None: always open
        :param list leaves: ``[[from, to]]`` when it is closed nevertheless
        :param list pauses: ``[[from, to]]`` when the clock stands still
        :return: ``{"due_at": ISO 8601 UTC}``; False if there is not so much working time in the next five years
        :raises ValidationError: names the argument that cannot be used
        """
        try:
            due = simulation.simulate(
                start, target_minutes, tz, attendances, leaves, pauses
            )
        except simulation.BadInput as error:
            raise ValidationError(str(error)) from error
        return {"due_at": f"{due.isoformat()}Z" if due else False}
