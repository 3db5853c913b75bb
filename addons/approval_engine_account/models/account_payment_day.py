from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

READ = [
    "amount",
    "amount_company_currency_signed",
    "company_id",
    "currency_id",
    "date",
    "partner_id",
    "payment_type",
    "state",
]
OPERATORS = {">": SQL(">"), ">=": SQL(">="), "<": SQL("<"), "<=": SQL("<=")}


class AccountPayment(models.Model):
    """What goes out to one partner in a day counts together, so that paying in parts is no way round an approval."""

    _inherit = "account.payment"  # pylint: disable=consider-merging-classes-inherited

    approval_day_total = fields.Monetary(
        "Paid That Day",
        compute="_compute_approval_day_total",
        search="_search_approval_day_total",
        currency_field="company_currency_id",
        help="What goes out to this partner on the date of the payment, this one and drafts too, without what was "
        "canceled or rejected; in the currency of the company, at the rate of that day.",
    )

    # what a total is added up from
    _approval_day_idx = models.Index(
        "(company_id, date) WHERE payment_type = 'outbound'"
    )

    @api.depends("amount", "currency_id", "date", "partner_id", "payment_type", "state")
    def _compute_approval_day_total(self):
        rows = self._day_totals(SQL("pay.id = ANY(%s)", self._origin.ids))
        totals = dict(self.env.execute_query(rows)) if self._origin else {}
        for payment in self:
            payment.approval_day_total = totals.get(payment._origin.id, 0)

    def _search_approval_day_total(self, operator, value):
        """Compared with a number; whatever the rows of other people, as ``amount_company_currency_signed``."""
        if operator not in OPERATORS:
            return NotImplemented
        rows = self._day_totals(SQL("TRUE"))
        found = SQL(
            "(SELECT id FROM (%s) day WHERE total %s %s)",
            rows,
            OPERATORS[operator],
            value,
        )
        return Domain("id", "any!", found)

    @api.model
    def _day_totals(self, where):
        """:return: query of (id, total) of the payments ``pay`` that go out"""
        self._flush_day()
        return SQL(
            """
            SELECT pay.id, round(sum(%(size)s), 6) AS total
              FROM account_payment pay
              LEFT JOIN res_partner payee ON payee.id = pay.partner_id
              JOIN account_payment one
                ON one.company_id = pay.company_id AND one.date = pay.date AND one.payment_type = 'outbound'
              LEFT JOIN res_partner other ON other.id = one.partner_id
              JOIN res_company ours ON ours.id = pay.company_id
             WHERE pay.payment_type = 'outbound'
               AND (one.id = pay.id OR (one.state NOT IN ('canceled', 'rejected')
                                        AND other.commercial_partner_id = payee.commercial_partner_id))
               AND %(where)s
             GROUP BY pay.id
            """,
            size=_size(),
            where=where,
        )

    def _paid_besides(self, partner, company):
        """:return: what else goes out to ``partner`` on the day of this payment; of none: today; as the total"""
        self._flush_day()
        ((total,),) = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(sum(%(size)s), 0)
                  FROM account_payment one
                  JOIN res_partner other ON other.id = one.partner_id
                  JOIN res_company ours ON ours.id = one.company_id
                 WHERE one.id != %(id)s AND one.company_id = %(company)s AND one.date = %(date)s
                   AND one.payment_type = 'outbound' AND one.state NOT IN ('canceled', 'rejected')
                   AND other.commercial_partner_id = %(payee)s
                """,
                size=_size(),
                id=self.id or 0,
                company=company.id,
                date=self.date or fields.Date.context_today(self),
                payee=partner.commercial_partner_id.id or 0,
            )
        )
        return float(total)

    def _flush_day(self):
        self.flush_model(READ)
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["res.currency.rate"].flush_model()


class ApprovalEngineRequest(models.Model):
    """A payment is asked for with what else goes out to the same partner that day: parts meet the step of the sum."""

    _inherit = "approval_engine.request"

    def _at_stake(self, rule, plain, company, tried, kind):
        found = super()._at_stake(rule, plain, company, tried, kind)
        if rule.model != "account.payment" or rule.amount_field != "amount":
            return found
        payment = self.env["account.payment"].sudo().browse(plain.ids)
        partner = self.env["res.partner"].sudo().browse(found["partner_id"])
        besides = payment._paid_besides(partner, payment.company_id or company)
        currency = self.env["res.currency"].browse(found["currency_id"])
        date = payment.date or fields.Date.context_today(payment)
        more = company.currency_id._convert(besides, currency, company, date)
        return {**found, "amount": found["amount"] + more}


def _size():
    """:return: of the payment ``one`` of the company ``ours``; it may say another amount than its entry: the larger"""
    return SQL(
        """
        greatest(abs(coalesce(one.amount_company_currency_signed, 0)),
                 coalesce(one.amount, 0) * %s / nullif(%s, 0))
        """,
        _rate(SQL("ours.currency_id")),
        _rate(SQL("one.currency_id")),
    )


def _rate(currency):
    """:return: as ``res.currency`` finds it: the last one up to the day, else the first"""
    rates = SQL(
        """
        SELECT rate.rate FROM res_currency_rate rate
         WHERE rate.currency_id = %s
           AND (rate.company_id IS NULL OR rate.company_id = split_part(ours.parent_path, '/', 1)::int)
        """,
        currency,
    )
    return SQL(
        """
        coalesce((%(rates)s AND rate.name <= one.date ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                 (%(rates)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)
        """,
        rates=rates,
    )
