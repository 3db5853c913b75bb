from odoo import fields, models
from odoo.exceptions import UserError

from ..policies.governance import OBSERVE
from ..tools import reaction
from .base_automation import TRIGGER


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # Whoever knows it may post there: not for those who only read what rules do.
    webhook_url = fields.Char(groups="base.group_system")

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
        rules = self._rules_above()
        for rule in rules:
            if (
                rule.trigger == TRIGGER
                or rule.governed
                or rule.paused
                or rule.mode == OBSERVE
            ):
                self._check_reacting(rule)
        if self.state == "code" and any(rule.trigger == TRIGGER for rule in rules):
            return None
        return super()._can_execute_action_on_records(records)

    def _rules_above(self):
        """:return: the rules that run this action, also by way of actions that run others

        By each of them it is judged: none may lend its action to another one.
        """
        actions = self.sudo()
        rules = actions.base_automation_id
        while actions := actions.parent_id:  # stock refuses circles
            rules |= actions.base_automation_id
        return rules

    def _check_reacting(self, rule):
        running = reaction.current()
        if running and running.rule_id == rule.id:
            return
        if rule.trigger == TRIGGER:
            raise UserError(
                self.env._(
                    "The action %(action)s belongs to the rule %(rule)s and runs only when one of its events is"
                    " recorded. To try again, open the rule's runs and press Retry.",
                    action=self.name,
                    rule=rule.name,
                )
            )
        raise UserError(
            self.env._(
                "The action %(action)s belongs to the governed rule %(rule)s and runs only when that does.",
                action=self.name,
                rule=rule.name,
            )
        )
