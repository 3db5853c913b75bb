from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..policies import deadlines, integrity, request_state, seats

VERDICT_WORDS = {  # how the state of a step looks on the screen: icon, colour
    seats.WAITING: ("fa-circle-o", "muted"),
    seats.PENDING: ("fa-hourglass-half", "info"),
    seats.APPROVED: ("fa-check-circle", "success"),
    seats.REJECTED: ("fa-times-circle", "danger"),
    seats.SKIPPED: ("fa-minus-circle", "muted"),
}


class ApprovalEngineRequest(models.Model):
    """What the screens show of a request."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    sentence = fields.Char("In One Sentence", compute="_compute_sentence")
    needs_me = fields.Boolean(compute="_compute_needs_me", search="_search_needs_me")
    can_decide = fields.Boolean(compute="_compute_needs_me")
    can_ask = fields.Boolean(
        compute="_compute_can_ask",
        help="The caller asked this, and may recall or resubmit it.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    urgency = fields.Char("Time Left", compute="_compute_urgency")
    subject_name = fields.Char("About", compute="_compute_subject_name")
    waiting_for = fields.Char("Waits For", compute="_compute_waiting_for")
    option_name = fields.Char("Chosen Option", compute="_compute_option_name")
    options_data = fields.Json(compute="_compute_options_data")
    route_data = fields.Json(compute="_compute_route_data")
    evidence_data = fields.Json(compute="_compute_evidence_data")

    @api.depends(
        "type_id.name",
        "amount",
        "currency_id",
        "partner_id.name",
        "requester_id.name",
        "reason",
    )
    def _compute_sentence(self):
        for request in self:
            request.sentence = request._sentence()

    def _sentence(self):
        """:return: who asks what, for whom, why; one sentence"""
        request = self.sudo()
        what = request.type_id.name or self.env._("a decision")
        if request.amount:
            what = self.env._(
                "%(what)s of %(amount)s",
                what=what,
                amount=request.currency_id.format(request.amount),
            )
        if request.partner_id:
            what = self.env._(
                "%(what)s for %(account)s",
                what=what,
                account=request.partner_id.display_name,
            )
        text = self.env._(
            "%(requester)s asks: %(what)s",
            requester=request.requester_id.name,
            what=what,
        )
        reason = " ".join((request.reason or "").split())
        return f"{text}. {reason}" if reason else f"{text}."

    @api.depends("state", "assignment_ids.state", "requester_id")
    @api.depends_context("uid")
    def _compute_needs_me(self):
        waiting = self.sudo().search(Domain("id", "in", self.ids) & self._mine_domain())
        mine = self.env.user._all_logins()
        for request in self:
            request.needs_me = request.can_decide = (
                request._origin.sudo() in waiting and request.requester_id not in mine
            )

    @api.model
    def _mine_domain(self):
        """What waits for the caller: for themselves, or for somebody in whose place they decide."""
        return self._any_of(self._own_domain(), self._lent_domain())

    @api.model
    def _any_of(self, *domains):
        """:return: what is in any of these, each looked up by itself: with OR the database would walk over all"""
        found = [
            self.sudo()._search(d) for d in map(Domain, domains) if not d.is_false()
        ]
        if len(found) < 2:
            return Domain.OR(domains)
        union = SQL(" UNION ").join(query.subselect() for query in found)
        return Domain("id", "any!", union)

    def _search_needs_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return _either(self._looked_up(self._mine_domain()), value)

    @api.model
    def _looked_up(self, domain):
        """The same, found first: then just those rows are read, whatever the database knows of its tables."""
        found = self.sudo()._search(domain).subselect()
        return Domain("id", "any!", SQL("SELECT unnest(ARRAY(%s))", found))

    @api.depends("requester_id")
    @api.depends_context("uid")
    def _compute_can_ask(self):
        for request in self:
            request.can_ask = request.requester_id == self.env.user

    @api.depends("state", "due_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_overdue = bool(
                request.state == request_state.PENDING
                and request.due_at
                and request.due_at < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", request_state.PENDING) & Domain(
            "due_at", "<", fields.Datetime.now()
        )
        return _either(late, value)

    @api.depends("state", "due_at")
    def _compute_urgency(self):
        """Word and shape, so that it does not hang on a colour."""
        now = fields.Datetime.now()
        for request in self:
            if request.state != request_state.PENDING or not request.due_at:
                request.urgency = False
                continue
            level, span = deadlines.urgency(now, request.due_at)
            words = request._span_words(span)
            request.urgency = {
                deadlines.OVERDUE: self.env._("▲ overdue %(span)s", span=words),
                deadlines.SOON: self.env._("◐ due in %(span)s", span=words),
                deadlines.LATER: self.env._("● due in %(span)s", span=words),
            }[level]

    def _span_words(self, span):
        days, hours, minutes = deadlines.span_parts(span)
        parts = [
            self.env._("%(count)s d", count=days) if days else "",
            self.env._("%(count)s h", count=hours) if hours else "",
            self.env._("%(count)s min", count=minutes)
            if minutes or not (days or hours)
            else "",
        ]
        return " ".join(filter(None, parts))

    @api.depends("res_model", "res_id")
    def _compute_subject_name(self):
        for request in self:
            subject = request._subject()
            seen = subject and (
                request.submitted_at or request._may_requester_see_subject()
            )
            request.subject_name = subject.display_name if seen else False

    @api.depends("step_ids.state", "step_ids.name", "state")
    def _compute_waiting_for(self):
        for request in self:
            steps = request.sudo().step_ids.filtered(lambda s: s.state == seats.PENDING)
            request.waiting_for = (
                ", ".join(steps.mapped("name"))
                if request.state == request_state.PENDING
                else False
            )

    @api.depends("option", "type_id")
    def _compute_option_name(self):
        for request in self:
            names = request.sudo().type_id._option_names()
            request.option_name = names.get(request.option, request.option)

    @api.depends("type_id")
    def _compute_options_data(self):
        for request in self:
            request.options_data = [
                {"code": o.code, "name": o.name, "description": o.description or ""}
                for o in request.sudo().type_id.option_ids
            ]

    @api.depends("step_ids.state", "assignment_ids.state", "due_at")
    def _compute_route_data(self):
        """Shape: [{"id", "name", "sequence", "state", "label", "icon", "color", "mode", "people": […]}]"""
        labels = dict(
            self.env["approval_engine.request_step"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        for request in self:
            request.route_data = [
                {
                    "id": step.id,
                    "name": step.name,
                    "sequence": step.sequence,
                    "state": step.state,
                    "label": labels[step.state],
                    "icon": VERDICT_WORDS[step.state][0],
                    "color": VERDICT_WORDS[step.state][1],
                    "mode": request._mode_words(step),
                    "people": [
                        {
                            "id": seat.id,
                            "user_id": seat.user_id.id,
                            "name": seat.user_id.name,
                            "state": seat.state,
                            "label": labels[seat.state],
                            "why": seat._why_words(),
                            "by": seat.decided_by_id.name or "",
                            "icon": VERDICT_WORDS[seat.state][0],
                            "color": VERDICT_WORDS[seat.state][1],
                        }
                        for seat in step.assignment_ids
                    ],
                }
                for step in request.sudo().step_ids
            ]

    @api.depends(
        "evidence_packet", "brief", "state", "partner_id", "amount", "reason", "res_id"
    )
    @api.depends_context("uid")
    def _compute_evidence_data(self):
        """Shape: the answer of ``evidence()`` plus "brief" and "frozen"."""
        for request in self:
            live = request.state == request_state.DRAFT
            if not request._origin or (
                live and not request.sudo()._may_requester_see_subject()
            ):
                request.evidence_data = False
                continue
            packet = request._origin.evidence()
            brief = request._origin._shown_brief(live)
            request.evidence_data = packet | {
                "brief": brief,
                "frozen": not live,
                "freshness": request._origin.evidence_now(),
            }

    def _shown_brief(self, live):
        """:return: the brief if the user may read it; it quotes the evidence"""
        if not self._may_read_section("brief"):
            return []
        request = self.sudo()
        brief = request._brief() if live else request.brief
        return integrity.without_null(brief) or []

    def open_subject(self):
        """:return: action that shows the record this is about"""
        self.ensure_one()
        self.check_access("read")
        subject = self._subject()
        if not subject:
            raise AccessError(
                self.env._(
                    "%(request)s is not about a record.", request=self.display_name
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


def _either(domain, values):
    """The domain of a boolean search: for True, for False, or for both."""
    wanted = set(map(bool, values))
    if wanted == {True}:
        return domain
    return ~domain if wanted == {False} else Domain(bool(wanted))
