from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies import entitlement as policy


class SupportVisibilityEntitlement(models.Model):
    """What support an account may ask for, from when to when, and how much of it.

    It is shown on tickets and policies of promises can ask for its level. It never keeps a ticket out.
    """

    _name = "support_visibility.entitlement"
    _description = "Entitlement"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "level_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    level_id = fields.Many2one(
        "support_visibility.entitlement_level",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    date_from = fields.Date(
        "First Day", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date("Last Day", tracking=True, help="Empty: open.")
    included_tickets = fields.Integer(
        tracking=True, help="Within the period. 0: as many as they like."
    )
    included_hours = fields.Float(
        tracking=True, help="Of our time, within the period. 0: as many as they like."
    )
    note = fields.Char(
        "Where It Is Written", help="Such as contract 2026-14, clause 3."
    )
    used_tickets = fields.Integer("Tickets Used", compute="_compute_use")
    used_hours = fields.Float("Hours Used", compute="_compute_use")
    state = fields.Selection(policy.STATES, compute="_compute_use")
    text = fields.Char("In Words", compute="_compute_use")

    _tickets_positive = models.Constraint(
        "CHECK(included_tickets >= 0)", "Included Tickets cannot be negative."
    )
    _hours_positive = models.Constraint(
        "CHECK(included_hours >= 0)", "Included Hours cannot be negative."
    )

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for each in self:
            if each.date_to and each.date_to < each.date_from:
                raise ValidationError(
                    self.env._(
                        "%(account)s: the Last Day lies before the First Day.",
                        account=each.account_id.display_name,
                    )
                )

    # ------------------------------------------------------------------ what follows from a change

    @api.model_create_multi
    def create(self, vals_list):
        granted = super().create(vals_list)
        granted._level_changed()
        return granted

    def write(self, vals):
        before = self.account_id
        res = super().write(vals)
        self._level_changed(before)
        return res

    def unlink(self):
        accounts = self.account_id
        res = super().unlink()
        self._level_changed(accounts)
        return res

    def _level_changed(self, accounts=None):
        """Policies may choose by level: open tickets of these accounts are matched anew, in the background."""
        promises = self.env["support_visibility.sla_policy"]._promises()
        if not any(promise.rule.wanted.get("level") for promise in promises):
            return
        of = self.exists().account_id | (accounts or self.env["res.partner"])
        for account in of:
            self.env["support_visibility.sla_reread"]._ask(
                self.env._("what the account is entitled to was changed"),
                account=account,
            )

    # ------------------------------------------------------------------ how much is used

    def _granted(self):
        return policy.Entitlement(
            self.date_from,
            self.date_to or None,
            self.included_tickets,
            self.included_hours,
        )

    @api.depends(
        *("date_from", "date_to", "included_tickets", "included_hours", "account_id")
    )
    def _compute_use(self):
        today = fields.Date.context_today(self)
        used = self._use()
        for each in self:
            tickets, hours = used.get(each.id, (0, 0.0))
            each.used_tickets, each.used_hours = tickets, hours
            begun = bool(each.date_from)
            each.state = begun and policy.state(each._granted(), today, tickets, hours)
            each.text = begun and each._words()

    def _use(self):
        """:return: ``{id: (tickets opened in the period, hours noted on them)}``, in one query for all"""
        kept = self.filtered(lambda e: isinstance(e.id, int))
        if not kept:
            return {}
        kept.flush_recordset()
        self.env["support_visibility.ticket"].flush_model()
        self.env["support_visibility.time_line"].flush_model()
        self.env.cr.execute(
            """
            SELECT e.id, count(DISTINCT t.id), coalesce(sum(line.minutes), 0) / 60.0
              FROM support_visibility_entitlement e
              JOIN support_visibility_ticket t
                ON t.account_id = e.account_id AND t.company_id = e.company_id
               AND t.opened_at >= e.date_from
               AND (e.date_to IS NULL OR t.opened_at < e.date_to + 1)
               AND t.is_spam IS NOT TRUE AND t.merged_into_id IS NULL
              LEFT JOIN support_visibility_time_line line ON line.ticket_id = t.id
             WHERE e.id = ANY(%s)
             GROUP BY e.id
            """,
            [kept.ids],
        )
        return {id_: (count, float(h)) for id_, count, h in self.env.cr.fetchall()}

    def _words(self):
        """:return: such as *Gold until 31 Dec 2026: 12 of 20 tickets, 3.5 of 10 h*"""
        until = self.date_to and self.env["ir.qweb.field.date"].value_to_html(
            self.date_to, {}
        )
        level = self.level_id.sudo().name or ""
        head = self.env._("%(level)s until %(day)s", level=level, day=until)
        counted = []
        if self.included_tickets:
            counted.append(
                self.env._(
                    "%(used)s of %(all)s tickets",
                    used=self.used_tickets,
                    all=self.included_tickets,
                )
            )
        if self.included_hours:
            counted.append(
                self.env._(
                    "%(used)s of %(all)s h",
                    used=f"{self.used_hours:g}",
                    all=f"{self.included_hours:g}",
                )
            )
        return ": ".join(filter(None, (head if until else level, ", ".join(counted))))

    @api.model
    def _holding(self, accounts, companies, day=None):
        """:return: ``{(account id, company id): entitlement}``: the best that holds on a day, in one query"""
        day = day or fields.Date.context_today(self)
        found = self.sudo().search(
            Domain("account_id", "in", accounts.ids)
            & Domain("company_id", "in", companies.ids)
            & Domain("date_from", "<=", day)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
        )
        holding = {}
        for key, group in found.grouped(
            lambda e: (e.account_id.id, e.company_id.id)
        ).items():
            ranked = [
                (e.id, e.level_id.sequence * 10**6 + e.level_id.id, e._granted())
                for e in group
            ]
            holding[key] = self.browse(policy.best(ranked, day))
        return holding
