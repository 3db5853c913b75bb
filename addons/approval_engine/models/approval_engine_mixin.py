from odoo import api, fields, models
from odoo.fields import Domain

from ..policies import governed


class ApprovalEngineMixin(models.AbstractModel):
    """Puts a model under approval: say what is held, and which approval is asked.

    ::

        class Purchase(models.Model):
            _name = "my.purchase"
            _inherit = ["approval_engine.mixin"]
            _approval_type = "procurement"  # code of the type
            _approval_fields = ("vendor_id", "amount", "line_ids")  # what an approval approves
            _approval_methods = ("action_order",)  # buttons held
            _approval_domain = [("amount", ">", 1000)]  # of which records
            _approval_writes = True  # a change of these fields is held, too
            _approval_amount, _approval_account = "amount", "vendor_id"
            _approval_in_force = [("state", "=", "ordered")]  # for the adherence report
    """

    _name = "approval_engine.mixin"
    _description = "Under Approval"

    _approval_type = None
    _approval_mode = governed.BLOCK
    _approval_fields = ()
    _approval_methods = ()
    _approval_domain = ()
    _approval_creates = False
    _approval_writes = False
    _approval_deletes = False
    _approval_enters = False
    _approval_amount = ""
    _approval_currency = ""
    _approval_account = ""
    _approval_in_force = None
    _approval_in_force_at = ""

    approval_request_ids = fields.One2many(
        "approval_engine.request",
        "res_id",
        "Approvals",
        domain=lambda self: [("res_model", "=", self._name)],
        bypass_search_access=True,
    )
    approval_state = fields.Selection(
        lambda self: (
            self.env["approval_engine.request"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        "Approval",
        compute="_compute_approval_state",
        help="Of the request made last.",
    )

    def _compute_approval_state(self):
        latest = dict(
            self.env["approval_engine.request"]
            .sudo()
            ._read_group(
                Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids),
                ["res_id"],
                ["id:max"],
            )
        )
        requests = self.env["approval_engine.request"].sudo().browse(latest.values())
        states = {request.id: request.state for request in requests}
        for record in self:
            record.approval_state = states.get(latest.get(record.id), False)

    @api.model
    def _approval_rule(self):
        """:return: ``policies.governed.Rule``: what this model says of itself"""
        return self.env["approval_engine.governed"]._rule(
            f"model:{self._name}",
            self._description,
            self._name,
            sorted(self._approval_fields),
            list(self._approval_domain),
            type_code=self._approval_type,
            mode=self._approval_mode,
            creates=self._approval_creates,
            writes=self._approval_writes,
            deletes=self._approval_deletes,
            enters=self._approval_enters,
            methods=frozenset(self._approval_methods),
            amount_field=self._approval_amount,
            currency_field=self._approval_currency,
            account_field=self._approval_account,
            in_force=None
            if self._approval_in_force is None
            else tuple(self._approval_in_force),
            in_force_at=self._approval_in_force_at,
        )
