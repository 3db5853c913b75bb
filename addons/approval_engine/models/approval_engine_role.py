from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import matrix


class ApprovalEngineRole(models.Model):
    """A part that somebody plays in decisions, such as Controller; the matrix says who for what."""

    _name = "approval_engine.role"
    _description = "Approval Role"
    _order = "name, id"

    name = fields.Char(required=True)
    description = fields.Text(help="What this role answers for.")
    line_ids = fields.One2many("approval_engine.matrix", "role_id", "Who Has It")
    line_count = fields.Integer("Lines", compute="_compute_line_count")

    _name_uniq = models.UniqueIndex(
        "(lower(name))", "There is a role of this name already."
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for role in self:
            role.line_count = len(role.line_ids)

    @api.constrains("name")
    def _check_name(self):
        for role in self:
            if not role.name.strip():
                raise ValidationError(self.env._("Give the role a name."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_lines(self):
        for role in self.filtered("line_ids"):
            raise ValidationError(
                self.env._(
                    "Role %(role)s has %(count)s lines in the matrix. Delete those first.",
                    role=role.name,
                    count=len(role.line_ids),
                )
            )

    def _people(self):
        """:return: everybody who has this role for something, or is about to; enough to keep a seat"""
        return self.sudo().line_ids._people()

    def _lines_for(self, company, kind):
        """:return: the agreed lines of the matrix that can fit requests of this company and type"""
        self.ensure_one()
        return (
            self.env["approval_engine.matrix"]
            .sudo()
            .search(
                [
                    ("role_id", "=", self.id),
                    ("state", "=", "agreed"),
                    ("company_id", "in", (company.id, False)),
                    ("type_id", "in", (kind.id, False)),
                ]
            )
        )

    def _line_for(self, request, amount, currency, lines=None):
        """:return: the most specific line of the matrix that fits; may be empty

        :param amount: at stake, in ``currency``
        :param lines: as ``_lines_for``, if known
        """
        if lines is None:
            lines = self._lines_for(request.company_id, request.type_id)
        account = request.partner_id.commercial_partner_id
        case = matrix.Case(
            request.type_id.id,
            request.company_id.id,
            account.account_tier or "",
            {
                line.id: request._converted(amount, currency, line.currency_id)
                for line in lines
            },
        )
        found = matrix.find([line._as_policy() for line in lines], case)
        return lines.browse(found.key if found else ())
