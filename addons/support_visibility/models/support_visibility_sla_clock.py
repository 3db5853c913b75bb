from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.event_hub.tools import gate

from ..policies.sla import clock as clocks
from ..policies.sla.clock import STATES, Clock, Segment
from ..policies.sla.matching import KINDS


class SupportVisibilitySlaClock(models.Model):
    """A promise that holds for one ticket, and how its time was spent, to the second.

    Written by what happens to the ticket and by time alone: nobody sets, stops or mends a clock.
    """

    _name = "support_visibility.sla_clock"
    _description = "SLA Clock"
    _inherit = ["event_hub.guarded"]
    _order = "ticket_id desc, started_at, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    policy_id = fields.Many2one(
        "support_visibility.sla_policy",
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    kind = fields.Selection(KINDS, "Promise", required=True, readonly=True, index=True)
    target_seconds = fields.Integer(
        required=True, readonly=True, help="Working time given."
    )
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Hours", readonly=True, ondelete="restrict"
    )
    hours_id = fields.Many2one(
        "support_visibility.sla_hours",
        "Hours as They Were",
        readonly=True,
        ondelete="restrict",
        help="The working hours that the clock was read by last; empty: day and night.",
    )
    # what happened
    started_at = fields.Datetime("Started", required=True, readonly=True)
    segments = fields.Json(
        readonly=True,
        help="[from, to, running / paused / closed, why], without gaps from the start to the last look.",
    )
    seen_until = fields.Datetime("Last Look", required=True, readonly=True)
    pause_reason = fields.Char("Stands Still For", readonly=True)
    stopped_at = fields.Datetime("Done", readonly=True)
    breached_at = fields.Datetime("Broken", readonly=True)
    told_percent = fields.Integer(
        "Warned At",
        readonly=True,
        help="The highest share of the time told, in percent.",
    )
    void_reason = fields.Char(
        "Why It Does Not Count", readonly=True, help="Such as spam."
    )
    # what follows from it
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    due_at = fields.Datetime(
        "Due",
        readonly=True,
        index="btree_not_null",
        help="Empty while it stands still, and where no working hours are to come.",
    )
    next_at = fields.Datetime(
        "Next Look", readonly=True, help="When a warning or the deadline is due."
    )
    running_seconds = fields.Integer("Seconds Run", readonly=True)
    paused_seconds = fields.Integer("Seconds Paused", readonly=True)
    closed_seconds = fields.Integer("Seconds Outside Hours", readonly=True)
    # whose it was, for figures
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Agent")
    account_id = fields.Many2one(related="ticket_id.account_id", string="Account")
    category_id = fields.Many2one(related="ticket_id.category_id", string="Category")
    tier = fields.Selection(related="ticket_id.account_tier", string="Tier")

    _next_idx = models.Index("(next_at) WHERE next_at IS NOT NULL")
    _going_due_idx = models.Index("(due_at) WHERE stopped_at IS NULL")
    _stopped_idx = models.Index("(stopped_at) WHERE stopped_at IS NOT NULL")
    _breached_idx = models.Index("(breached_at) WHERE breached_at IS NOT NULL")
    _once_uniq = models.UniqueIndex(
        "(ticket_id, kind) WHERE kind IN ('first_response', 'resolution') OR stopped_at IS NULL",
        "A ticket has one clock of a kind at a time.",
    )
    _time_adds_up = models.Constraint(
        "CHECK(running_seconds + paused_seconds + closed_seconds"
        " = EXTRACT(EPOCH FROM seen_until - started_at)::int)",
        "Running, paused and closed time are all the time there was.",
    )

    # ------------------------------------------------------------------ the gate

    @api.model_create_multi
    def create(self, vals_list):
        if not gate.are_births_admitted(self, vals_list):
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "SLA clocks are written by what happens to their ticket, and cannot be set, corrected or deleted. "
                "Change the policy or the working hours: open clocks are read again."
            )
        )

    # ------------------------------------------------------------------ between rows and values

    def _reading(self):
        """:return: the clock as a plain value"""
        return Clock(
            self.started_at,
            self.target_seconds,
            tuple(_read(row) for row in self.segments or ()),
            self.pause_reason or None if not self.stopped_at else None,
            self.stopped_at or None,
            self.breached_at or None,
        )

    @api.model
    def _values(self, clock, working, warnings):
        """:param warnings: shares still to be told
        :return: the stored fields of a clock"""
        state = clock.state
        return {
            "target_seconds": clock.target,
            "started_at": clock.started_at,
            "segments": [_row(segment) for segment in clock.segments],
            "seen_until": clock.seen_until,
            "pause_reason": clock.pause or False,
            "stopped_at": clock.stopped_at or False,
            "breached_at": clock.breached_at or False,
            "state": state,
            "due_at": self._due(clock, working) or False,
            "next_at": clocks.next_look(clock, working, warnings) or False,
            "running_seconds": clock.seconds(clocks.RUNNING),
            "paused_seconds": clock.seconds(clocks.PAUSED),
            "closed_seconds": clock.seconds(clocks.CLOSED),
        }

    @api.model
    def _due(self, clock, working):
        return clock.breached_at or clocks.due_at(clock, working)

    def _keep(self, clock, working, warnings, **more):
        """Write what a clock has become, if it has become anything else. The only write."""
        self.ensure_one()
        vals = {**self._values(clock, working, warnings), **more}
        changed = {
            name: value
            for name, value in vals.items()
            if (self._plain(name) or False) != (value or False)
        }
        if changed:
            gate.admit(self, changed).write(changed)

    def _plain(self, name):
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    # ------------------------------------------------------------------ looking

    @api.model
    def _calendars_in_use(self, calendars):
        """:return: those of ``calendars`` by which an open clock counts"""
        groups = self._read_group(
            [("calendar_id", "in", calendars.ids), ("stopped_at", "=", False)],
            ["calendar_id"],
        )
        return calendars.browse(calendar.id for (calendar,) in groups)


def _row(segment):
    row = [segment.begin.isoformat(), segment.end.isoformat(), segment.kind]
    return [*row, segment.why] if segment.why else row


def _read(row):
    begin, end, kind, *why = row
    return Segment(
        datetime.fromisoformat(begin), datetime.fromisoformat(end), kind, *why
    )
