from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.tools import gate, trace

from ..const import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from ..policies.incidents import life
from ..tools.bounds import check_texts
from ..tools.clock import utcnow

MANAGER_GROUP = "support_visibility.group_support_manager"
NUMBERS = "support_visibility.incident"
# Moved by methods only.
GUARDED = {
    "number": False,
    "state": life.OPEN,
    "severity_by_id": False,
    "severity_confirmed_by_id": False,
    "detected_at": False,
    "acknowledged_at": False,
    "mitigated_at": False,
    "resolved_at": False,
    "reviewed_at": False,
    "told_at": False,
    "source_id": False,
    "external_ref": False,
    "correlation": False,
}
FIXED = frozenset(
    {"severity", "company_id", "started_at", "is_maintenance"}
)  # free at birth; methods after
DERIVED = frozenset({"next_update_at", "mtta_minutes", "mttr_minutes"})
MOST_CHARS = {
    "name": MAX_TITLE_CHARS,
    "release": 100,
    "cause": MAX_TEXT_CHARS,
    "learnt": MAX_TEXT_CHARS,
}


class SupportVisibilityIncident(models.Model):
    """Something is broken for several customers at once: who leads, what is known, who was told what and when."""

    _name = "support_visibility.incident"
    _description = "Incident"
    _inherit = [
        "event_hub.guarded",
        "mail.thread",
        "mail.activity.mixin",
        "event_hub.emitter",
    ]
    _order = "started_at desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _hub_case_type = "incident"

    name = fields.Char("What Is Broken", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        life.STATES,
        required=True,
        readonly=True,
        default=life.OPEN,
        copy=False,
        index=True,
        tracking=True,
    )
    severity = fields.Selection(
        life.SEVERITIES, required=True, default="3", tracking=True
    )
    severity_by_id = fields.Many2one(
        "res.users", "Severity Said by", readonly=True, copy=False
    )
    severity_confirmed_by_id = fields.Many2one(
        "res.users", "Severity Confirmed by", readonly=True, copy=False
    )
    is_unconfirmed = fields.Boolean(
        "Severity to Be Confirmed", compute="_compute_is_unconfirmed"
    )
    is_maintenance = fields.Boolean(
        "Announced Maintenance",
        help="Planned work that customers were told about: it counts in no downtime.",
    )
    component_ids = fields.Many2many(
        "support_visibility.component", string="Components", check_company=True
    )
    commander_id = fields.Many2one(
        "res.users",
        "Leads",
        domain="[('share', '=', False)]",
        tracking=True,
        index="btree_not_null",
    )
    stakeholder_ids = fields.Many2many(
        "res.users",
        "support_visibility_incident_stakeholder_rel",
        string="Stakeholders",
        domain="[('share', '=', False)]",
        help="Colleagues who hear of every step.",
    )
    # when
    started_at = fields.Datetime(
        "Started", help="When customers began to feel it.", index=True
    )
    detected_at = fields.Datetime("Noticed", readonly=True, copy=False)
    acknowledged_at = fields.Datetime("Acknowledged", readonly=True, copy=False)
    mitigated_at = fields.Datetime("Mitigated", readonly=True, copy=False)
    resolved_at = fields.Datetime("Resolved", readonly=True, copy=False)
    reviewed_at = fields.Datetime("Reviewed", readonly=True, copy=False)
    mtta_minutes = fields.Float(
        "Minutes to Acknowledge",
        compute="_compute_figures",
        store=True,
        aggregator="avg",
        help="From noticed to acknowledged.",
    )
    mttr_minutes = fields.Float(
        "Minutes to Resolve",
        compute="_compute_figures",
        store=True,
        aggregator="avg",
        help="From the start to resolved.",
    )
    # who is hit
    ticket_ids = fields.One2many("support_visibility.ticket", "incident_id", "Tickets")
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    hit_ids = fields.One2many(
        "support_visibility.incident_hit", "incident_id", "Accounts Hit"
    )
    # who was told what
    told_at = fields.Datetime("Customers Told", readonly=True, copy=False)
    next_update_at = fields.Datetime(
        "Next Word to Customers",
        compute="_compute_next_update_at",
        store=True,
        index="btree_not_null",
    )
    is_update_due = fields.Boolean("Word Overdue", compute="_compute_is_update_due")
    entry_ids = fields.One2many(
        "support_visibility.incident_entry", "incident_id", "Timeline", readonly=True
    )
    # afterwards
    release = fields.Char("Suspected Release", help="Such as 2.4.0.")
    cause = fields.Text("Root Cause")
    learnt = fields.Text("What We Learnt and Change")
    problem_id = fields.Many2one(
        "support_visibility.problem", index="btree_not_null", check_company=True
    )
    workaround = fields.Text(related="problem_id.workaround")
    # where it comes from
    source_id = fields.Many2one("event_hub.source", readonly=True, copy=False)
    external_ref = fields.Char("Incident There", readonly=True, copy=False)
    correlation = fields.Char(readonly=True, copy=False, index=True)

    _number_uniq = models.Constraint(
        "UNIQUE(company_id, number)", "Another incident has this number."
    )
    _external_uniq = models.UniqueIndex(
        "(source_id, external_ref) WHERE external_ref IS NOT NULL",
        "This incident of monitoring is known.",
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for incident in self:
            incident.display_name = " ".join(
                filter(None, (incident.number, incident.name))
            )

    @api.depends("severity", "severity_by_id", "severity_confirmed_by_id")
    def _compute_is_unconfirmed(self):
        for incident in self:
            incident.is_unconfirmed = life.needs_confirmation(
                incident.severity,
                incident.severity_by_id.id or None,
                incident.severity_confirmed_by_id.id or None,
            )

    @api.depends("detected_at", "acknowledged_at", "started_at", "resolved_at")
    def _compute_figures(self):
        for incident in self:
            noticed, started = incident.detected_at, incident.started_at
            incident.mtta_minutes = life.minutes_between(
                noticed or None, incident.acknowledged_at or None
            )
            incident.mttr_minutes = life.minutes_between(
                started or None, incident.resolved_at or None
            )

    @api.depends("state", "severity", "told_at", "detected_at", "is_maintenance")
    def _compute_next_update_at(self):
        for incident in self:
            since = incident.told_at or incident.detected_at
            due = since and life.next_update(incident.severity, incident.state, since)
            incident.next_update_at = not incident.is_maintenance and due or False

    def _compute_is_update_due(self):
        now = utcnow()
        for incident in self:
            due = incident.next_update_at
            incident.is_update_due = bool(due) and due < now

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["support_visibility.ticket"]._read_group(
                [("incident_id", "in", self.ids)], ["incident_id"], ["__count"]
            )
        )
        for incident in self:
            incident.ticket_count = counts.get(incident._origin, 0)

    @api.constrains(*MOST_CHARS)
    def _check_texts(self):
        check_texts(self, MOST_CHARS, needed=["name"])

    # ------------------------------------------------------------------ the gate

    @api.model
    def _follows(self, field):
        return super()._follows(field) or field.name in {*GUARDED, *DERIVED}

    @api.model_create_multi
    def create(self, vals_list):
        admitted = gate.are_births_admitted(self, vals_list)
        if not admitted:
            for vals in vals_list:
                self._raise_if_guarded(
                    {
                        k: v
                        for k, v in vals.items()
                        if (v or False) != GUARDED.get(k, False)
                    },
                    {*GUARDED, *DERIVED},
                )
        if any(vals.get("is_maintenance") for vals in vals_list):
            self._check_may_announce()
        births = [self._completed(vals, admitted) for vals in vals_list]
        incidents = super().create(births)
        for incident in incidents:
            incident._note("opened", incident.name)
            incident._tell("support.incident_opened", "Incident opened")
        incidents._bring_stakeholders()
        return incidents

    def _check_may_announce(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "A support manager announces maintenance, since it counts in no downtime."
                )
            )

    def _completed(self, vals, admitted):
        now = utcnow()
        cause = trace.current()
        born = {} if admitted else {name: value for name, value in GUARDED.items()}
        said = {} if admitted else {"severity_by_id": self.env.uid}
        kept = {
            name: value
            for name, value in vals.items()
            if admitted or name not in GUARDED
        }
        numbers = self.env["ir.sequence"].sudo()
        return {
            **born,
            **said,
            "started_at": now,
            **kept,
            "number": numbers.next_by_code(NUMBERS),
            "detected_at": now,
            "correlation": (cause and cause.correlation) or trace.new_correlation(),
        }

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            self._raise_if_guarded(vals, {*GUARDED, *DERIVED, *FIXED})
        res = super().write(vals)
        if "stakeholder_ids" in vals or "commander_id" in vals:
            self._bring_stakeholders()
        return res

    def _write_guarded(self, vals):
        return gate.admit(self, vals).write(vals)

    def _raise_if_guarded(self, vals, names):
        refused = sorted(set(vals) & names)
        if refused:
            raise UserError(
                self.env._(
                    "%(fields)s of an incident cannot be set directly. Use Acknowledge, Mitigated, Resolve "
                    "or Change Severity.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in refused
                    ),
                )
            )

    def _bring_stakeholders(self):
        for incident in self:
            people = incident.stakeholder_ids | incident.commander_id
            incident.message_subscribe(people.partner_id.ids)

    # ------------------------------------------------------------------ telling

    def _note(self, kind, text, at=None):
        """Write lines of the timeline; the one place."""
        return (
            self.env["support_visibility.incident_entry"]
            .sudo()
            .create(
                [
                    {
                        "incident_id": incident.id,
                        "company_id": incident.company_id.id,
                        "at": at or utcnow(),
                        "by_user_id": self.env.uid,
                        "kind": kind,
                        "text": text,
                    }
                    for incident in self
                ]
            )
        )

    def _tell(self, event_type, activity, **attributes):
        for incident in self:
            incident._emit(
                event_type,
                activity=activity,
                number=incident.number,
                severity=incident.severity,
                state=incident.state,
                components=incident.component_ids.mapped("code"),
                **attributes,
            )

    def _maintenance_windows(self):
        """:return: ``{incident: [(from, until)]}`` of announced work on the same parts, or on any"""
        planned = self.sudo().search(
            [("is_maintenance", "=", True), ("company_id", "in", self.company_id.ids)]
        )
        now = utcnow()
        return {
            incident: [
                (window.started_at, window.resolved_at or now)
                for window in planned
                if window.company_id == incident.company_id
                and window.started_at
                and incident._is_same_part(window)
            ]
            for incident in self
        }

    def _is_same_part(self, window):
        ours = self.component_ids
        return not window.component_ids or bool(window.component_ids & ours)
