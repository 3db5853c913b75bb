from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..policies import request_state, routing
from .approval_engine_policy_limits import BY_ACCOUNT, BY_REQUESTER

# what was asked and is, or may still be, given
COUNTS = (
    request_state.PENDING,
    request_state.APPROVED,
    request_state.FAILED,
    request_state.EXECUTED,
)


class ApprovalEngineRequest(models.Model):
    """What was asked shortly before counts too, where the policy says so."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _stake_under(self, policy):
        """:return: (amount that chooses the steps, how much of it was asked before), in the policy's currency"""
        counted = self._counted_before(policy)
        return routing.at_stake(self._amount_for(policy), counted), counted

    def _stake_when_asked(self):
        """:return: the amount that chose the steps, in the policy's currency"""
        told = (self.policy_snapshot or {}).get("at_stake")
        return self._amount_for(self.policy_id) if told is None else told

    def _counted_before(self, policy):
        if not policy.window_days:
            return 0.0
        self.flush_model(["company_amount", "state", "submitted_at", "partner_id"])
        ((total,),) = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(ABS(company_amount)), 0)
                  FROM approval_engine_request
                 WHERE type_id = %s AND company_id = %s AND state IN %s
                   AND submitted_at > %s AND id != %s AND %s
                """,
                self.type_id.id,
                self.company_id.id,
                COUNTS,
                fields.Datetime.now() - timedelta(days=policy.window_days),
                self.id or 0,
                self._same_window(policy),
            )
        )
        own = self.company_id.currency_id
        return self._converted(float(total), own, policy.currency_id)

    def _same_window(self, policy):
        """:return: SQL: which requests count together with this one

        Contacts of one account count as the account; what names no account counts with all that name none.
        """
        if policy.window_by == BY_REQUESTER:
            return SQL("requester_id = %s", self.requester_id.id)
        if policy.window_by != BY_ACCOUNT:
            return SQL("TRUE")
        account = self.partner_id.commercial_partner_id
        if not account:
            return SQL("partner_id IS NULL")
        return SQL(
            "partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = %s)",
            account.id,
        )

    def _take_turns(self, policy):
        """Let nobody count at the same moment: of two parts submitted at once the second sees the first.

        Both write the same row, so that the database sends the later transaction back to the start.
        """
        if not policy.window_days:
            return
        row = self.type_id
        if policy.window_by == BY_REQUESTER:
            row = self.requester_id
        elif policy.window_by == BY_ACCOUNT and self.partner_id:
            row = self.partner_id.commercial_partner_id
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id = %s",
                SQL.identifier(row._table),
                row.id,
            )
        )

    def _window_note(self, policy, counted):
        """:return: such as “5,000 € of the last 30 days for the same account count too.”, may be empty"""
        if not counted:
            return ""
        return self.env._(
            "%(amount)s of %(window)s count too.",
            amount=policy.currency_id.format(counted),
            window=policy._window_words(),
        )

    def _converted(self, amount, source, target):
        """:return: ``amount`` in ``target``, at the rate of the day of submission; for a draft of today"""
        if source == target:
            return amount
        moment = fields.Datetime.context_timestamp(
            self, self.submitted_at or fields.Datetime.now()
        )
        return source._convert(amount, target, self.company_id, moment.date())

    def _limit_of(self, user, currency):
        """:return: the approval limit of ``user`` in ``currency``"""
        held = user.sudo()
        return self._converted(
            held.approval_limit, held.company_id.currency_id, currency
        )
