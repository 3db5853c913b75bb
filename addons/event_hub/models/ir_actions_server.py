from odoo import models
from odoo.exceptions import UserError

from ..policies.governance import OBSERVE
from ..tools import reaction
from .base_automation import TRIGGER


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _get_eval_context(self, action=None):
        """Code of an event rule sees ``events``, the ledger events of this batch, in order.

        They are readable whatever the actor may read; ``env`` and ``records`` carry the
        actor's rights.
        """
        context = super()._get_eval_context(action)
        running = reaction.current()
        if running and action:
            context["events"] = (
                self.env["event_hub.event"].sudo().browse(running.event_ids)
            )
        return context

    def _can_execute_action_on_records(self, records):
        """An action of an event rule runs on its events only, and by nobody's hand. So of governed rules.

        Inside a run the rule is the authority that code may start: whoever may write rules
        decided so. What the code may do is up to the rights of the user it runs as. Actions
        without code write in superuser mode after this check, so for them it stays as it is.
        """
        rule = self.sudo().base_automation_id
        if rule.trigger == TRIGGER:
            running = reaction.current()
            if not running or running.rule_id != rule.id:
                raise UserError(
                    self.env._(
                        "The action %(action)s belongs to the rule %(rule)s and runs only when one of its events is"
                        " recorded. To try again, open the rule's runs and press Retry.",
                        action=self.name,
                        rule=rule.name,
                    )
                )
            if self.state == "code":
                return None
        elif rule.governed or rule.paused or rule.mode == OBSERVE:
            running = reaction.current()
            if not running or running.rule_id != rule.id:
                raise UserError(
                    self.env._(
                        "The action %(action)s belongs to the governed rule %(rule)s and runs only when that does.",
                        action=self.name,
                        rule=rule.name,
                    )
                )
        return super()._can_execute_action_on_records(records)
