from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..policies import request_state, seats
from .approval_engine_request_view import VERDICT_WORDS

SIGNS = {  # a shape for each state of a step, so that it does not hang on a colour
    seats.WAITING: "○",
    seats.PENDING: "▶",
    seats.APPROVED: "✔",
    seats.REJECTED: "✖",
    seats.SKIPPED: "–",
}


class ApprovalEngineRequest(models.Model):
    """How far a request is, and how far it will have to go: who, since when, until when."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    tracker = fields.Char("How Far", compute="_compute_tracker")
    waits_since = fields.Char("Waits", compute="_compute_waits_since")
    preview_data = fields.Json(compute="_compute_preview_data")
    can_add = fields.Boolean(compute="_compute_can_add")
    can_let_watch = fields.Boolean(compute="_compute_can_add")
    pauses = fields.Boolean(
        compute="_compute_pauses", help="A question stops the clock."
    )

    @api.depends("step_ids.state", "step_ids.name", "open_questions", "state")
    def _compute_tracker(self):
        """Such as "✔ Finance → ▶ Manager (2 h) → ○ CFO"; empty for a draft."""
        for request in self:
            steps = request.sudo().step_ids.sorted(lambda s: (s.sequence, s.id))
            groups = steps.grouped("sequence").values()
            words = " → ".join(
                " + ".join(request._step_words(step) for step in group)
                for group in groups
            )
            asked = request.state == request_state.PENDING and request.open_questions
            question = self.env._("? waits for an answer") if asked else ""
            request.tracker = " · ".join(filter(None, (words, question)))

    def _step_words(self, step):
        since = ""
        if step.state == seats.PENDING and step.opened_at:
            span = self._span_words(fields.Datetime.now() - step.opened_at)
            since = self.env._(" (for %(span)s)", span=span)
        return f"{SIGNS[step.state]} {step.name}{since}"

    @api.depends("urgent", "paused_at")
    def _compute_urgency(self):
        """What is urgent says so, and what waits for an answer, too."""
        result = super()._compute_urgency()
        for request in self.filtered(lambda r: r.state == request_state.PENDING):
            words = request.urgency
            if request.paused_at:
                words = self.env._("◴ waits for an answer")
            if request.urgent:
                words = self.env._("‼ urgent · %(when)s", when=words or "")
            request.urgency = words
        return result

    @api.depends("submitted_at", "state")
    def _compute_waits_since(self):
        now = fields.Datetime.now()
        for request in self:
            waits = request.state == request_state.PENDING and request.submitted_at
            request.waits_since = (
                request._span_words(now - request.submitted_at) if waits else False
            )

    @api.depends("state", "assignment_ids.state")
    @api.depends_context("uid")
    def _compute_can_add(self):
        for request in self:
            sudo = request.sudo()
            owner = sudo.policy_id.owner_id == self.env.user
            involved = sudo.requester_id | sudo.asked_user_ids
            request.can_let_watch = owner or self.env.user in involved
            request.can_add = request.can_decide or (
                owner
                and request.state == request_state.PENDING
                and request.requester_id not in self.env.user._all_logins()
            )

    @api.depends("policy_id")
    def _compute_pauses(self):
        for request in self:
            request.pauses = request.sudo().policy_id.pause_on_question

    # ------------------------------------------------------------------ the route, with times

    @api.depends("step_ids.opened_at")
    def _compute_route_data(self):
        """Each step also says {"since", "until"}, in words; empty where there is nothing to say."""
        result = super()._compute_route_data()
        for request in self:
            rows = {row.id: row for row in request.sudo().step_ids}
            late = request.sudo().assignment_ids.filtered(
                lambda seat: seat.why in seats.LATE
            )
            request.route_data = [
                step
                | request._times_of(rows[step["id"]])
                | {
                    "people": [
                        person | {"late": person["id"] in late.ids}
                        for person in step["people"]
                    ]
                }
                for step in request.route_data or []
            ]
        return result

    def _times_of(self, step):
        if step.state == seats.PENDING:
            since = self._moment_words(step.opened_at)
            until = self._moment_words(self.due_at)
            return {"since": since, "until": until}
        if step.state in seats.DECIDED:
            return {"since": self._moment_words(step.closed_at), "until": ""}
        return {"since": "", "until": ""}

    def _moment_words(self, moment):
        """:return: a moment in the reader's zone, short"""
        if not moment:
            return ""
        return format_datetime(self.env, moment, dt_format="EEE d MMM HH:mm")

    # ------------------------------------------------------------------ before it is submitted

    @api.depends(
        "type_id", "amount", "currency_id", "company_id", "option", "urgent", "state"
    )
    def _compute_preview_data(self):
        """Shape: {"problem": text, "steps": as ``preview_route`` with "icon", "color", "until"}"""
        for request in self:
            origin = request._origin
            if request.state != request_state.DRAFT or not origin:
                request.preview_data = False
                continue
            try:
                steps = origin.preview_route()
            except UserError as error:  # what submitting would say
                request.preview_data = {"problem": str(error), "steps": []}
                continue
            request.preview_data = {
                "problem": "",
                "steps": [request._preview_step(step) for step in steps],
            }

    def _preview_step(self, step):
        icon, color = VERDICT_WORDS[
            seats.WAITING if step["approvers"] else seats.APPROVED
        ]
        due = step["due_at"] and fields.Datetime.to_datetime(
            step["due_at"].replace("T", " ").rstrip("Z")
        )
        until = self._moment_words(due)
        return step | {"icon": icon, "color": color, "until": until}
