from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..policies import governed, request_state

OPEN = (request_state.DRAFT, *request_state.LIVE)


class ApprovalEngineDocument(models.AbstractModel):
    """What the form of a document of another app shows of its approval. What is held says a governed record.

    ::

        class SaleOrder(models.Model):
            _name = "sale.order"
            _inherit = ["sale.order", "approval_engine.document"]
            _approval_confirms = {"state": ("sale",)}  # the values it has once it is confirmed; the first is asked for
    """

    _name = "approval_engine.document"
    _inherit = ["approval_engine.mixin"]
    _description = "Document Under Approval"

    _approval_confirms = {}

    approval_request_id = fields.Many2one(
        "approval_engine.request", "Approval Asked", compute="_compute_approval_request"
    )
    approval_words = fields.Char("How It Stands", compute="_compute_approval_request")
    approval_needed = fields.Boolean(compute="_compute_approval_request")

    def _compute_approval_request(self):
        """For those that are not confirmed yet, and what confirming would be held for."""
        held = self._would_be_held()
        latest = self._latest_requests() if held else {}
        for record in self:
            request = latest.get(record.id) if record in held else None
            record.approval_request_id = request
            record.approval_needed = record in held and not request
            record.approval_words = record in held and record._words_of(request)

    def _would_be_held(self):
        """:return: those whose confirmation waits for an approval, as they are now"""
        rules = self._confirming_rules()
        if not rules:
            return self.browse()
        found = self.browse()
        for rule in rules:
            domain = Domain(list(rule.domain)).map_conditions(self._as_confirmed)
            plain = self.env["approval_engine.governed"]._plain(self._origin)
            if rule.company_id:
                domain &= Domain("company_id", "=", rule.company_id)
            found |= plain.search(
                domain & Domain("id", "in", self.ids) & ~self._confirmed_domain()
            )
        return self.filtered(lambda record: record._origin.id in found.ids)

    def _confirming_rules(self):
        gate = self.env["approval_engine.governed"]._gates().get(self._name)
        return [
            rule
            for rule in (gate.rules if gate else ())
            if rule.enters and rule.mode == governed.BLOCK
        ]

    @api.model
    def _confirmed_domain(self):
        return Domain.AND(
            Domain(name, "in", list(values))
            for name, values in self._approval_confirms.items()
        )

    @api.model
    def _as_confirmed(self, condition):
        """:return: a condition about what confirming sets is judged by that; others stay"""
        values = self._approval_confirms.get(condition.field_expr)
        if not values:
            return condition
        wanted = condition.value
        wanted = {wanted} if isinstance(wanted, str) else set(wanted)
        hits = bool(wanted.intersection(values))
        positive = condition.operator in ("=", "in")
        return Domain.TRUE if hits == positive else Domain.FALSE

    def _latest_requests(self):
        """:return: {record id: the open request made last}, as far as it is about confirming"""
        found = (
            self.env["approval_engine.request"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & Domain(
                    "governed_key", "in", [r.key for r in self._confirming_rules()]
                )
                & Domain("operation", "=", governed.WRITE)
                & Domain("state", "in", OPEN),
                order="id",
            )
        )
        return {request.res_id: request for request in found}

    def _words_of(self, request):
        if not request:
            return self.env._("▲ Before this can be confirmed it needs an approval.")
        if request.state == request_state.DRAFT:
            return self.env._("○ The approval is prepared, but not submitted yet.")
        if request.state == request_state.PENDING:
            return self.env._(
                "▶ Waits for %(who)s.", who=request.waiting_for or request.name
            )
        if request.state == request_state.FAILED:
            return self.env._("✖ What was approved could not be done: open it.")
        return self.env._(
            "✔ Approved as it is: it can be confirmed now, once. If it is changed first, it has to be approved again."
        )

    def action_ask_approval(self):
        """Ask for the approval that confirming these needs.

        :return: action that shows the request
        :raises UserError: (422) none of them needs one
        """
        self.check_access("read")
        held = self._would_be_held()
        if self - held:
            raise UserError(
                self.env._(
                    "%(record)s needs no approval to be confirmed.",
                    record=(self - held)[0].display_name,
                )
            )
        values = {name: wanted[0] for name, wanted in self._approval_confirms.items()}
        return self.action_request_approval(governed.WRITE, values, "")

    def open_approval(self):
        """:return: action that shows the approval asked for this"""
        self.ensure_one()
        self.check_access("read")
        if not self.approval_request_id:
            raise UserError(
                self.env._("No approval was asked for %s.", self.display_name)
            )
        return self.approval_request_id.sudo(False).get_formview_action()
