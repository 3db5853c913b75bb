from odoo import api, fields, models
from odoo.exceptions import ValidationError

BY_ACCOUNT = "account"
BY_REQUESTER = "requester"
BY_TYPE = "type"
WINDOWS = [
    (BY_ACCOUNT, "For the same account"),
    (BY_REQUESTER, "By the same requester"),
    (BY_TYPE, "All of this type"),
]
MOST_DAYS = 366


class ApprovalEnginePolicy(models.Model):
    """What counts towards the amount, and who never decides."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    window_days = fields.Integer(
        "Days That Count",
        help="What was asked in so many days before counts towards the amount that chooses the steps, so that a split "
        "request meets the same people as the whole. 0: each request by itself.",
    )
    window_by = fields.Selection(
        WINDOWS, "What Counts", required=True, default=BY_ACCOUNT
    )
    bar_beneficiary = fields.Boolean(
        "Not the Beneficiary",
        default=True,
        help="Whoever gains by it does not decide: the beneficiary that the request names, and users who belong to "
        "the account.",
    )
    bar_lift_reason = fields.Char(
        "Why the Beneficiary May Decide",
        help="Stands in the sentence of the policy and with each request made under it.",
    )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | {
            "window_days",
            "window_by",
            "bar_beneficiary",
            "bar_lift_reason",
        }

    @api.constrains("window_days")
    def _check_window(self):
        for policy in self:
            if not 0 <= policy.window_days <= MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s, Days That Count (window_days): %(days)s cannot be. Give 0 to %(most)s.",
                        policy=policy.display_name,
                        days=policy.window_days,
                        most=MOST_DAYS,
                    )
                )

    @api.constrains("bar_beneficiary", "bar_lift_reason")
    def _check_lift_reason(self):
        for policy in self:
            if (
                not policy.bar_beneficiary
                and not (policy.bar_lift_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s lets the beneficiary decide: say why (bar_lift_reason).",
                        policy=policy.display_name,
                    )
                )

    def _window_words(self):
        """:return: such as “the last 30 days for the same account”; empty without a window"""
        if not self.window_days:
            return ""
        by = {
            BY_ACCOUNT: self.env._("for the same account"),
            BY_REQUESTER: self.env._("by the same requester"),
            BY_TYPE: self.env._("for this type"),
        }[self.window_by]
        return self.env._("the last %(days)s days %(by)s", days=self.window_days, by=by)

    def _exception_words(self):
        """:return: sentences about what this policy does differently"""
        if self.bar_beneficiary:
            return [self.env._("The beneficiary never decides either.")]
        return [
            self.env._(
                "The beneficiary may decide: %(reason)s.",
                reason=(self.bar_lift_reason or "?").strip().rstrip("."),
            )
        ]
