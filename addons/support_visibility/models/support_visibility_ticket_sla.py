from odoo import api, fields, models

from odoo.addons.event_hub.tools import history

from ..policies import ticket_state
from ..policies.sla import following, matching
from ..policies.sla.clock import BREACHED, PAUSED, VOID
from ..policies.sla.matching import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    UPDATE,
    Traits,
)
from ..tools.clock import utcnow

AT_BIRTH = (FIRST_RESPONSE, UPDATE, RESOLUTION)
ANSWERED = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE)  # what a public answer keeps
# Fields by which policies choose tickets; the team is a move of its own.
MATCHED = frozenset(
    {
        "priority",
        "impact",
        "urgency",
        "severity",
        "category_id",
        "type_id",
        "tag_ids",
        "partner_id",
    }
)


class SupportVisibilityTicketSla(models.Model):
    """What is promised to the customer of a ticket, and until when."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    tag_ids = fields.Many2many("support_visibility.tag", string="Tags")
    sla_clock_ids = fields.One2many(
        "support_visibility.sla_clock", "ticket_id", "Promises", readonly=True
    )
    sla_due_at = fields.Datetime(
        "Next Deadline",
        compute="_compute_sla",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The nearest deadline of what is not done yet; it may have passed.",
    )
    sla_state = fields.Selection(
        [
            ("on_track", "On Track"),
            ("at_risk", "At Risk"),
            ("breached", "Breached"),
            ("paused", "Paused"),
            ("kept", "Kept"),
        ],
        "SLA",
        compute="_compute_sla",
        store=True,
        index=True,
        copy=False,
        help="At risk: a warning was given. Breached: a promise was broken. Paused: all that is left stands still. "
        "Empty: nothing was promised.",
    )

    @api.depends(
        "sla_clock_ids.state",
        "sla_clock_ids.due_at",
        "sla_clock_ids.stopped_at",
        "sla_clock_ids.told_percent",
    )
    def _compute_sla(self):
        for ticket in self:
            counted = ticket.sudo().sla_clock_ids.filtered(lambda c: c.state != VOID)
            going = counted.filtered(lambda c: not c.stopped_at)
            dues = [clock.due_at for clock in going if clock.due_at]
            ticket.sla_due_at = min(dues, default=False)
            ticket.sla_state = _sla_state(counted, going)

    # ------------------------------------------------------------------ what happens to a ticket

    def _sla_begin(self):
        """The promises to new tickets; tickets of the past are promised nothing."""
        if not history.is_told():
            self._sla_promise()

    def _sla_promise(self):
        """Begin the clocks of tickets that have none, from when each was opened."""
        wanted = self._sla_wanted()
        if any(wanted.values()):
            Clocks = self.env["support_visibility.sla_clock"].sudo()
            promised = (p for found in wanted.values() for p in found.values())
            self._sla_bear(wanted, {}, Clocks._hours_of(promised))

    def _sla_pause_at_birth(self):
        """New tickets that are born in a stage in which clocks stand still."""
        promises = self.env["support_visibility.sla_policy"].sudo()._promises()
        pausing = set().union(*(promise.pausing for promise in promises))
        self.filtered(lambda t: t.stage_id.id in pausing)._sla_follow()

    def _sla_match(self, why):
        """Have the policies of today hold for these open tickets; what changes is kept with the reason.

        A promise that comes to hold later begins now: none is broken before it was made.
        """
        kept, wanted = self._sla_kept(), self._sla_wanted()
        if not kept and not any(wanted.values()):
            return
        Clocks = self.env["support_visibility.sla_clock"].sudo()
        hours = Clocks._hours_of(p for found in wanted.values() for p in found.values())
        self._sla_bear(wanted, kept, hours, utcnow())
        changes = [
            change
            for (ticket_id, kind), clock in kept.items()
            if not clock.stopped_at
            and (change := clock._rematch(wanted[ticket_id].get(kind), hours, why))
        ]
        if changes:
            self.env["support_visibility.sla_change"].sudo().create(changes)
        self._sla_follow()

    def _sla_match_open(self, names):
        """:param names: fields that were changed, which say why"""
        labels = [self._fields[name]._description_string(self.env) for name in names]
        going = self.filtered(lambda ticket: ticket.state in ticket_state.OPEN_STATES)
        going._lock_rows()
        going._sla_match(
            self.env._("changed: %(fields)s", fields=", ".join(sorted(labels)))
        )

    def _sla_wanted(self):
        """:return: ``{ticket id: {kind: the promise that policies make to it}}``"""
        promises = self.env["support_visibility.sla_policy"].sudo()._promises()
        by_id = {promise.rule.id: promise for promise in promises}
        rules = [promise.rule for promise in promises]
        traits = self._sla_traits_for(rules)
        return {
            ticket.id: {
                kind: by_id[policy_id]
                for kind, policy_id in matching.match(rules, traits[ticket.id]).items()
            }
            for ticket in self
        }

    def _sla_traits_for(self, rules):
        """:return: ``{ticket id: Traits}``, as far as these rules ask for them"""
        asked = {
            name for rule in rules for name, values in rule.wanted.items() if values
        }
        more = self._sla_more_traits(asked)
        return {
            ticket.id: ticket._sla_traits(more.get(ticket.id, {})) for ticket in self
        }

    def _sla_more_traits(self, asked):
        """What other addons know of these tickets, for policies to choose by.

        :param asked: names of the traits that a policy asks for; whatever is not in there is not worth a query
        :return: ``{ticket id: {trait: values}}``
        """
        return {}

    def _sla_bear(self, wanted, kept, hours, at=None):
        """Begin the clocks that are missing.

        :param at: by default when each ticket was opened
        """
        self.env["support_visibility.sla_clock"].sudo()._born(
            [
                (ticket, wanted[ticket.id][kind], at or ticket.opened_at)
                for ticket in self
                for kind in AT_BIRTH
                if kind in wanted[ticket.id]
                and (ticket.id, kind) not in kept
                and ticket._sla_can_tell(kind)
            ],
            hours,
        )

    def _sla_can_tell(self, kind):
        """:return: whether we would see this promise kept: the answers to a mirrored ticket are given elsewhere"""
        if kind == FIRST_RESPONSE and self.first_response_at:
            return False
        return kind == RESOLUTION or not self.source_id

    def _sla_kept(self):
        """:return: ``{(ticket id, kind): the clock}``, the latest of each kind, in one query"""
        found = (
            self.env["support_visibility.sla_clock"]
            .sudo()
            .search([("ticket_id", "in", self.ids)], order="started_at, id")
        )
        return {(clock.ticket_id.id, clock.kind): clock for clock in found}

    def _sla_traits(self, more):
        ticket = self.sudo()
        values = {
            "team": ticket.team_id.ids,
            "category": ticket.category_id.ids,
            "type": ticket.type_id.ids,
            "tag": ticket.tag_ids.ids,
            "tier": [ticket.account_tier] if ticket.account_tier else (),
            "priority": [ticket.priority] if ticket.priority else (),
            "severity": [ticket.severity] if ticket.severity else (),
            **more,
        }
        return Traits(
            ticket.company_id.id,
            {name: frozenset(value) for name, value in values.items()},
        )

    def _sla_follow(self, moments=None):
        """The clocks of tickets that were moved: stop, stand still, go on.

        :param dict moments: ticket id -> naive UTC, when it happened; now by default
        """
        promises = {
            promise.rule.id: promise
            for promise in self.env["support_visibility.sla_policy"].sudo()._promises()
        }
        now, moments = utcnow(), moments or {}
        found = self._sla_clocks()
        for clock in found:
            ticket = clock.ticket_id
            promise = promises.get(clock.policy_id.id)
            step = following.next_step(
                clock.kind,
                is_stopped=bool(clock.stopped_at),
                is_done=ticket.state in ticket_state.DONE_STATES,
                is_pausing=bool(promise) and ticket.stage_id.id in promise.pausing,
            )
            why = ticket.stage_id.name if step in following.EXPLAINED else ""
            clock._step(step, moments.get(ticket.id, now), why)
        found._wake()

    def _sla_clocks(self):
        """:return: the promises to these tickets that count; of tickets just made they are in memory"""
        return self.sudo().sla_clock_ids.filtered(lambda clock: clock.state != VOID)

    def _sla_answered(self, at):
        """A person answered in public: what was waiting for it is kept, and the time to the next update begins."""
        self._lock_rows()
        going = self._sla_clocks().filtered(
            lambda clock: clock.kind in ANSWERED and not clock.stopped_at
        )
        for clock in going:
            clock._step(following.STOP, at, "")
        self._sla_again(UPDATE, at)

    def _sla_asked(self, at):
        """The customer wrote again: the time to our next answer begins, unless they wait for one already."""
        self._lock_rows()
        waiting = {
            clock.ticket_id.id
            for clock in self._sla_clocks()
            if clock.kind in (FIRST_RESPONSE, NEXT_RESPONSE) and not clock.stopped_at
        }
        self.filtered(lambda ticket: ticket.id not in waiting)._sla_again(
            NEXT_RESPONSE, at
        )

    def _sla_again(self, kind, at):
        """Begin another clock of a kind that comes again and again."""
        promises = self.env["support_visibility.sla_policy"].sudo()._promises()
        rules = [p.rule for p in promises if p.rule.kind == kind]
        if not rules:
            return
        by_id = {p.rule.id: p for p in promises}
        Clocks = self.env["support_visibility.sla_clock"].sudo()
        going = self.filtered(lambda t: t.state in ticket_state.OPEN_STATES)
        traits = going._sla_traits_for(rules)
        births = [
            (ticket, by_id[found[kind]], at)
            for ticket in going
            if (found := matching.match(rules, traits[ticket.id]))
        ]
        Clocks._born(births, Clocks._hours_of(promise for _t, promise, _at in births))


def _sla_state(counted, going):
    """:param counted: clocks that count
    :param going: those of them not stopped yet"""
    states = set(counted.mapped("state"))
    if BREACHED in states:
        return "breached"
    if not counted:
        return False
    if not going:
        return "kept"
    if set(going.mapped("state")) == {PAUSED}:
        return "paused"
    return "at_risk" if any(going.mapped("told_percent")) else "on_track"
