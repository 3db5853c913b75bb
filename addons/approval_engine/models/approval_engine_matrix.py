from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..policies import matrix


class ApprovalEngineMatrix(models.Model):
    """Who has a role, for which type, amount, tier and company. The most specific line that fits wins."""

    _name = "approval_engine.matrix"
    _inherit = ["approval_engine.guarded", "mail.thread"]
    _description = "Role Matrix"
    _order = "role_id, type_id, company_id, tier, amount_from, id"

    role_id = fields.Many2one(
        "approval_engine.role",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    type_id = fields.Many2one(
        "approval_engine.type",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Empty: requests of every type.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        tracking=True,
        help="Empty: every company.",
    )
    tier = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]
            ._fields["account_tier"]
            ._description_selection(self.env)
        ),
        string="Account Tier",
        tracking=True,
        help="Empty: every tier.",
    )
    amount_from = fields.Monetary(
        "Above", tracking=True, help="Only above this amount. 0: from the first cent."
    )
    amount_to = fields.Monetary(
        "Up To",
        tracking=True,
        help="Only up to and including this amount. 0: no upper bound.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    user_ids = fields.Many2many(
        "res.users",
        "approval_engine_matrix_user_rel",
        string="People",
        domain=[("share", "=", False)],
        tracking=True,
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict", tracking=True)

    @api.depends("role_id.name", "type_id.name", "tier", "amount_from", "amount_to")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._words() if line.role_id else ""

    def _words(self):
        """:return: such as “Controller for Refund, strategic, above 1,000 €”; empty for no line"""
        if not self:
            return ""
        tiers = dict(self._fields["tier"]._description_selection(self.env))
        said = [
            self.type_id.name,
            self.company_id.name,
            tiers.get(self.tier),
            self.amount_from
            and self.env._(
                "above %(amount)s", amount=self.currency_id.format(self.amount_from)
            ),
            self.amount_to
            and self.env._(
                "up to %(amount)s", amount=self.currency_id.format(self.amount_to)
            ),
        ]
        wanted = ", ".join(filter(None, said)) or self.env._("everything")
        return self.env._("%(role)s for %(what)s", role=self.role_id.name, what=wanted)

    @api.constrains("user_ids", "group_id")
    def _check_somebody(self):
        for line in self:
            if not line.user_ids and not line.group_id:
                raise ValidationError(
                    self.env._(
                        "Role matrix, %(line)s: nobody has it. Give people (user_ids) or a group (group_id).",
                        line=line.display_name,
                    )
                )

    @api.constrains("amount_from", "amount_to")
    def _check_amounts(self):
        for line in self:
            bounded = line.amount_to and line.amount_from >= line.amount_to
            if line.amount_from < 0 or line.amount_to < 0 or bounded:
                raise ValidationError(
                    self.env._(
                        "Role matrix, %(line)s: “Above” (amount_from) must be less than “Up To” (amount_to), and "
                        "neither negative.",
                        line=line.display_name,
                    )
                )

    @api.constrains(
        "role_id",
        "type_id",
        "company_id",
        "tier",
        "amount_from",
        "amount_to",
        "currency_id",
    )
    def _check_overlap(self):
        """Of two lines that say as much neither would win; all of one role in one query."""
        lines = self.sudo().search(Domain("role_id", "in", self.role_id.ids))
        for line, other in combinations(lines, 2):
            if self & (line | other) and line._overlaps(other):
                raise ValidationError(
                    self.env._(
                        "Role matrix: “%(line)s” and “%(other)s” fit the same requests, so neither would win. Give "
                        "them bands that do not overlap, in one currency, or make one line of them.",
                        line=line.display_name,
                        other=other.display_name,
                    )
                )

    def _overlaps(self, other):
        if self.role_id != other.role_id:
            return False
        mine, theirs = self._as_policy(), other._as_policy()
        banded = mine.is_banded and theirs.is_banded
        if banded and self.currency_id != other.currency_id:
            # rates move: bands of two currencies cannot be kept apart
            mine, theirs = mine.without_band(), theirs.without_band()
        return matrix.overlap(mine, theirs)

    def _people(self):
        """:return: whom these lines name; of their groups, those on whom two people agreed"""
        authority = self.env["approval_engine.authority"]
        members = [authority._confirmed(group) for group in self.group_id]
        return self.user_ids.union(*members)

    def _as_policy(self):
        return matrix.Line(
            self.id,
            self.type_id.id or 0,
            self.company_id.id or 0,
            self.tier or "",
            self.amount_from,
            self.amount_to,
        )
