from odoo import api, models
from odoo.exceptions import UserError

from ..policies import policy_state


class ApprovalEnginePolicyPart(models.AbstractModel):
    """A line of a policy (``policy_id``): it changes only while the policy is being written."""

    _name = "approval_engine.policy_part"
    _description = "Part of a Policy"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._refuse_unless_draft()
        return parts

    def write(self, vals):
        self._refuse_unless_draft()
        result = super().write(vals)
        self._refuse_unless_draft()  # it must not move into another policy either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_draft(self):
        self._refuse_unless_draft()

    def _refuse_unless_draft(self):
        frozen = self.policy_id.filtered(
            lambda policy: policy.state != policy_state.DRAFT
        )
        if frozen:
            raise UserError(frozen[0]._frozen_message())
