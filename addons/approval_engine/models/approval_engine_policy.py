from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.tools import gate

from ..const import WORKING_TIME_HORIZON_DAYS
from ..policies import deadlines, policy_state, sentence
from .approval_engine_policy_step import READ_ALOUD

AFTERMATH = [
    ("none", "Nothing more"),
    ("activity", "The policy owner gets an activity"),
]
GUARDED = frozenset(
    {
        "state",
        "version",
        "previous_id",
        "proposed_by_id",
        "proposed_at",
        "activated_by_id",
        "activated_at",
    }
)
# beside the steps and the clock: what the sentence says
EXCEPTIONS = ("window_days", "window_by", "bar_beneficiary", "bar_lift_reason")


class ApprovalEnginePolicy(models.Model):
    """The rule that says who decides. Once active it is frozen; a new version replaces it."""

    _name = "approval_engine.policy"
    _inherit = [
        "approval_engine.guarded",
        "approval_engine.two_people",
        "mail.thread",
        "event_hub.emitter",
    ]
    _description = "Approval Policy"
    _order = "type_id, sequence, version desc, id desc"
    _check_company_auto = True
    _hub_case_type = "approval_policy"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(
        default=10,
        help="Of several policies with a condition, the one with the lowest number is asked first.",
    )
    type_id = fields.Many2one(
        "approval_engine.type", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Empty: for every company without a policy of its own.",
    )
    condition = fields.Char(
        "Only If",
        help="Only for requests of this kind, such as those of strategic accounts. Empty: for all that no other policy "
        "is for.",
    )
    date_from = fields.Date(
        "In Force From", copy=False, help="Empty: from its activation on."
    )
    date_to = fields.Date(
        "In Force Until",
        copy=False,
        help="Its last day. Empty: until another version replaces it.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="In which the bounds of the steps are read. Requests in other currencies are converted.",
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        help="Answers for the policy, and is asked where nobody else is left to decide a step.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "approval_engine.policy",
        "Previous Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    state = fields.Selection(
        policy_state.STATES,
        required=True,
        default=policy_state.DRAFT,
        readonly=True,
        copy=False,
        tracking=True,
    )
    activated_by_id = fields.Many2one(
        "res.users", "Put in Force By", readonly=True, copy=False, ondelete="restrict"
    )
    activated_at = fields.Datetime("In Force Since", readonly=True, copy=False)
    deadline_hours = fields.Float(default=24, help="Hours to decide. 0: no deadline.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Time",
        check_company=True,
        help="Count the hours in this working time. Empty: the clock never stops.",
    )
    timeout_action = fields.Selection(
        deadlines.TIMEOUT_ACTIONS,
        "After the Deadline",
        required=True,
        default=deadlines.EXPIRE,
    )
    on_reject = fields.Selection(
        AFTERMATH, "When Rejected", required=True, default="none"
    )
    on_expire = fields.Selection(
        AFTERMATH, "When Expired", required=True, default="activity"
    )
    step_ids = fields.One2many(
        "approval_engine.policy_step", "policy_id", "Steps", copy=True
    )
    sentence = fields.Char("In Words", compute="_compute_sentence")
    request_count = fields.Integer("Requests", compute="_compute_request_count")

    _active_uniq = models.UniqueIndex(
        "(type_id, COALESCE(company_id, 0), COALESCE(condition, '')) WHERE state = 'active' AND date_to IS NULL",
        "This type has an active policy with this condition in this company already.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | GUARDED

    @api.depends(
        "type_id.name",
        "deadline_hours",
        "calendar_id",
        "timeout_action",
        "owner_id.name",
        *(f"step_ids.{name}" for name in READ_ALOUD),
        *EXCEPTIONS,
    )
    def _compute_sentence(self):
        for policy in self:
            policy.sentence = sentence.policy_sentence(
                policy.type_id.name or policy.name or "",
                policy.step_ids._words(),
                deadline_hours=policy.deadline_hours,
                working_time=bool(policy.calendar_id),
                timeout_action=policy.timeout_action,
                owner=policy.owner_id.name or "",
                window=policy._window_words(),
                exceptions=policy._exception_words(),
            )

    def _compute_request_count(self):
        counts = dict(
            self.env["approval_engine.request"]._read_group(
                [("policy_id", "in", self.ids)],
                ["policy_id"],
                ["__count"],
            )
        )
        for policy in self:
            policy.request_count = counts.get(policy, 0)

    @api.depends("name", "version", "company_id.name")
    def _compute_display_name(self):
        """With the company where another policy has the same name and version."""
        twins = self._twins()
        for policy in self:
            name = f"{policy.name} v{policy.version}" if policy.name else ""
            if (policy.name, policy.version) in twins:
                company = policy.company_id.sudo().name
                name = f"{name} ({company or self.env._('every company')})"
            policy.display_name = name

    def _twins(self):
        """:return: (name, version) that several policies have"""
        groups = self.sudo()._read_group(
            [("name", "in", self.mapped("name"))],
            ["name", "version"],
            having=[("__count", ">", 1)],
        )
        return set(groups)

    @api.model_create_multi
    def create(self, vals_list):
        """Always a draft that nobody proposed, whatever the values say."""
        born = dict.fromkeys(self._guarded_fields(), False)
        born |= {"state": policy_state.DRAFT, "version": 1}
        return super().create([{**vals, **born} for vals in vals_list])

    def write(self, vals):
        content = set(vals).intersection(self._content_fields())
        frozen = self.filtered(lambda policy: policy.state != policy_state.DRAFT)
        if content and frozen and not gate.is_admitted(self, vals, content):
            raise UserError(frozen[0]._frozen_message())
        return super().write(vals)

    @api.model
    def _content_fields(self):
        """:return: fields that decide who decides; frozen once the policy is active"""
        return {
            "type_id",
            "company_id",
            "condition",
            "date_from",
            "date_to",
            "sequence",
            "currency_id",
            "deadline_hours",
            "calendar_id",
            "timeout_action",
            "on_reject",
            "on_expire",
            "step_ids",
            "owner_id",
        }

    def _frozen_message(self):
        return self.env._(
            "Policy %(policy)s is %(state)s and cannot be changed any more. Make a new version and change that.",
            policy=self.display_name,
            state=dict(policy_state.STATES)[self.state].lower(),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for policy in self:
            if policy.state != policy_state.DRAFT:
                raise UserError(
                    self.env._(
                        "Policy %(policy)s was in force and cannot be deleted. Retire it.",
                        policy=policy.display_name,
                    )
                )

    # ------------------------------------------------------------------ use

    def _able_owner(self, company):
        """:return: the owner, if they can open requests of this company; else nobody"""
        return self.owner_id._able_to_approve(company)

    def _due_at(self, start):
        """When a request submitted at ``start`` must be decided; naive UTC, False without deadline."""
        self.ensure_one()
        working = self._working_time(start) if self.calendar_id else None
        due = deadlines.due_at(start, self.deadline_hours, working)
        if self.deadline_hours > 0 and due is None:
            raise UserError(
                self.env._(
                    "Policy %(policy)s: its working time %(calendar)s has not %(hours)s hours within a year. "
                    "Mend the working time or the deadline.",
                    policy=self.display_name,
                    calendar=self.calendar_id.name,
                    hours=self.deadline_hours,
                )
            )
        return due or False

    def _working_time(self, start):
        begin = pytz.utc.localize(start)
        end = begin + timedelta(days=WORKING_TIME_HORIZON_DAYS)
        intervals = self.calendar_id._work_intervals_batch(begin, end)[False]
        return [
            (
                one.astimezone(pytz.utc).replace(tzinfo=None),
                other.astimezone(pytz.utc).replace(tzinfo=None),
            )
            for one, other, _records in intervals
        ]

    def _snapshot(self):
        """:return: JSON of the policy as it was when a request was submitted under it"""
        self.ensure_one()
        return {
            "policy": self.name,
            "version": self.version,
            "condition": self.condition or "",
            "sentence": self.sentence,
            "deadline_hours": self.deadline_hours,
            "timeout_action": self.timeout_action,
            "owner": self.owner_id.login or "",
            "window_days": self.window_days,
            "window_by": self.window_by,
            "steps": self.step_ids._snapshot(),
        }
