import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import clean_context

from odoo.addons.event_hub.tools import gate, trace

from ..fields import FrozenJson
from ..policies import integrity, request_state, seats

# what is asked: the content of an approval, frozen outside draft
CONTENT = (
    "name",
    "type_id",
    "company_id",
    "partner_id",
    "amount",
    "currency_id",
    "reason",
    "res_model",
    "res_id",
    "option",
)
# groups that read every request of the company whole
READS_ALL = (
    "approval_engine.group_approval_manager,approval_engine.group_approval_auditor"
)
# written by the engine alone
GUARDED = frozenset(
    {
        "state",
        "requester_id",
        "policy_id",
        "policy_snapshot",
        "correlation",
        "content_hash",
        "evidence_packet",
        "evidence_hash",
        "brief",
        "due_at",
        "remind_at",
        "submitted_at",
        "decided_at",
        "executed_at",
        "outcome",
        "attempts",
        "next_try_at",
        "idempotency_key",
        "idempotency_digest",
        "step_ids",
        "decision_ids",
        "assignment_ids",
        "asked_user_ids",
        "round",
        "decision_count",
        "decision_head",
        "decision_last_id",
    }
)


class ApprovalEngineRequest(models.Model):
    """Something that one person asks and others decide."""

    _name = "approval_engine.request"
    _inherit = [
        "approval_engine.guarded",
        "mail.thread",
        "mail.activity.mixin",
        "event_hub.emitter",
    ]
    _description = "Approval Request"
    _order = "due_at, id desc"
    _check_company_auto = True
    _mail_post_access = (
        "read"  # approvers discuss without being able to change the request
    )
    _hub_case_type = "approval"

    name = fields.Char("What is Asked", required=True, tracking=True)
    type_id = fields.Many2one(
        "approval_engine.type", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Account",
        index=True,
        check_company=True,
        help="The customer or vendor this is about.",
    )
    amount = fields.Monetary(tracking=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    reason = fields.Text("Why", help="What the approvers need to know to decide.")
    res_model = fields.Char("Subject Model", index="btree_not_null")
    res_id = fields.Many2oneReference(
        "Subject", model_field="res_model", index="btree_not_null"
    )
    option = fields.Char(
        help="Code of the option that is asked, later the one that was chosen.",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )

    state = fields.Selection(
        request_state.STATES,
        required=True,
        readonly=True,
        default=request_state.DRAFT,
        copy=False,
        index=True,
        tracking=True,
    )
    requester_id = fields.Many2one(
        "res.users",
        "Requested By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    policy_id = fields.Many2one(
        "approval_engine.policy",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    policy_snapshot = FrozenJson(readonly=True, copy=False)
    correlation = fields.Char(readonly=True, copy=False, index=True)
    content_hash = fields.Char(
        readonly=True, copy=False, help="SHA-256 of what is asked, the option included."
    )
    # whole, so not for everybody who sees the request: evidence() shows each reader their part
    evidence_packet = FrozenJson(
        "Evidence",
        readonly=True,
        copy=False,
        groups=READS_ALL,
        help="Frozen when submitted.",
    )
    evidence_hash = fields.Char(readonly=True, copy=False)
    brief = FrozenJson(readonly=True, copy=False, groups=READS_ALL)
    due_at = fields.Datetime("Due", readonly=True, copy=False, index="btree_not_null")
    remind_at = fields.Datetime(readonly=True, copy=False)
    submitted_at = fields.Datetime("Submitted", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided", readonly=True, copy=False)
    executed_at = fields.Datetime("Carried Out", readonly=True, copy=False)
    outcome = fields.Char(
        readonly=True, copy=False, help="What came of it, in one sentence."
    )
    attempts = fields.Integer(readonly=True, copy=False)
    next_try_at = fields.Datetime("Next Attempt", readonly=True, copy=False)
    idempotency_key = fields.Char(readonly=True, copy=False)
    idempotency_digest = fields.Char(
        readonly=True, copy=False, help="Of the values the key was used for."
    )
    round = fields.Integer(
        readonly=True,
        copy=False,
        help="Decisions count for one round; a change of the content opens a new one.",
    )
    step_ids = fields.One2many(
        "approval_engine.request_step", "request_id", "Route", readonly=True, copy=False
    )
    assignment_ids = fields.One2many(
        "approval_engine.assignment",
        "request_id",
        "Approvers",
        readonly=True,
        copy=False,
    )
    decision_ids = fields.One2many(
        "approval_engine.decision", "request_id", "Decisions", readonly=True, copy=False
    )
    decision_count = fields.Integer(readonly=True, copy=False)
    decision_head = fields.Char(readonly=True, copy=False, default=integrity.GENESIS)
    decision_last_id = fields.Integer(readonly=True, copy=False)
    asked_user_ids = fields.Many2many(
        "res.users",
        "approval_engine_request_asked_rel",
        string="Asked",
        readonly=True,
        copy=False,
    )

    _idempotency_uniq = models.UniqueIndex(
        "(requester_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
        "This request was made before.",
    )
    _live_idx = models.Index(
        "(state, next_try_at) WHERE state IN ('approved', 'failed')"
    )
    _pending_idx = models.Index("(due_at) WHERE state = 'pending'")

    # ------------------------------------------------------------------ doors

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | GUARDED

    @api.model
    def _content_fields(self):
        """:return: names of the fields that make up what is asked"""
        return CONTENT

    @api.model_create_multi
    def create(self, vals_list):
        """Always a draft, asked by the user who calls, whatever the values or the context say."""
        model = self._without_defaults()
        born = self._born_values() | dict(gate.born_with(self))
        guarded = self._guarded_fields()
        for vals in vals_list:
            self._refuse_bad_amount(vals)
        requests = super(ApprovalEngineRequest, model).create(
            [
                {name: value for name, value in vals.items() if name not in guarded}
                | born
                for vals in vals_list
            ]
        )
        requests._check_option()
        requests._check_amount_sign()
        return requests.with_env(self.env)

    def _without_defaults(self):
        """:return: ``self`` without the ``default_*`` a client may have sent"""
        context = clean_context(self.env.context)
        return self.with_env(self.env(context=context))

    @api.model
    def _born_values(self):
        cause = trace.current()
        empty = {
            name: False
            for name in self._guarded_fields()
            if not self._fields[name].type.endswith("2many")
            and self._has_field_access(self._fields[name], "write")
        }
        lines = {
            name: []
            for name in self._guarded_fields()
            if self._fields[name].type.endswith("2many")
        }
        return (
            empty
            | lines
            | {
                "state": request_state.DRAFT,
                "requester_id": self.env.uid,
                "correlation": cause.correlation if cause else trace.new_correlation(),
                "decision_head": integrity.GENESIS,
            }
        )

    def write(self, vals):
        self.check_access("write")  # who may not write at all learns nothing else
        self._refuse_bad_amount(vals)
        content = [name for name in self._content_fields() if name in vals]
        if content and not gate.is_admitted(self, vals, content):
            self._refuse_unless_editable(content)
        result = super().write(vals)
        if "option" in vals or "type_id" in vals:
            self._check_option()
        if "amount" in vals or "type_id" in vals:
            self._check_amount_sign()
        return result

    def _refuse_unless_editable(self, names):
        for request in self:
            if not request_state.is_editable(request.state):
                raise UserError(
                    self.env._(
                        "%(request)s is %(state)s: %(fields)s cannot be changed any more. Recall it, or reject it, "
                        "then resubmit it with the change.",
                        request=request.display_name,
                        state=request._state_label(),
                        fields=", ".join(
                            f"{self._fields[name].string} ({name})" for name in names
                        ),
                    )
                )

    @api.model
    def _refuse_bad_amount(self, vals):
        """Before the ORM rounds it, which infinity and text do not survive."""
        amount = vals.get("amount") or 0
        if not isinstance(amount, int | float) or not math.isfinite(amount):
            raise ValidationError(
                self.env._(
                    "Amount (amount): %(amount)s is not a number.", amount=amount
                )
            )

    def _check_amount_sign(self):
        for request in self:
            if request.amount < 0 and not request.type_id.allow_negative:
                raise ValidationError(
                    self.env._(
                        "Amount (amount): %(amount)s is negative. Requests of type %(type)s state how much is at "
                        "stake, without a sign.",
                        amount=request.amount,
                        type=request.type_id.name,
                    )
                )

    def _check_option(self):
        for request in self.filtered("option"):
            request._refuse_unknown_option(request.option)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_untouched_draft(self):
        for request in self:
            if request.state != request_state.DRAFT or request.decision_count:
                raise UserError(
                    self.env._(
                        "%(request)s is %(state)s and cannot be deleted: people were asked "
                        "to decide it. Recall it instead.",
                        request=request.display_name,
                        state=request._state_label(),
                    )
                )

    # ------------------------------------------------------------------ state

    def _set_state(self, target, event, values=None, **attributes):
        """The one gate of ``state``.

        :param event: type of the event that tells it
        :param values: further guarded fields written with it
        """
        for request in self:
            if not request_state.is_allowed(request.state, target):
                raise UserError(
                    self.env._(
                        "%(request)s is %(state)s; it cannot become %(target)s.",
                        request=request.display_name,
                        state=request._state_label(),
                        target=dict(request_state.STATES)[target].lower(),
                    )
                )
            if target == request_state.APPROVED and not request._is_fully_approved():
                raise AccessError(
                    self.env._(
                        "%(request)s is not approved: not every step of its route is.",
                        request=request.display_name,
                    )
                )
        self._write_guarded({**(values or {}), "state": target})
        for request in self:
            request._tell(event, **attributes)
        return True

    def _is_fully_approved(self):
        return bool(self.step_ids) and all(
            step.state == seats.APPROVED for step in self.step_ids
        )

    def _tell(self, event, **attributes):
        subject = self._subject()
        objects = [("subject", subject)] if subject else ()
        self._emit(event, objects=objects, **(self._event_attributes() | attributes))

    def _event_attributes(self):
        """:return: JSON that every event of this request carries"""
        return {
            "request": self.name,
            "approval_type": self.type_id.code,
            "amount": self.amount,
            "currency": self.currency_id.name,
            "option": self.option or None,
            "state": self.state,
            "requester": self.requester_id.login,
        }

    def _state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[
            self.state
        ].lower()
