# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import models

from .base_automation import TRIGGER


class BaseAutomation(models.Model):
    """What a charter says about its rule without anybody writing it."""

    _inherit = "base.automation"

    def _charter_starts(self):
        """:return: what starts the rule, in words"""
        if not self:
            return False
        if self.trigger != TRIGGER:
            return self._stock_sentence() + "."
        return self._event_sentence().split(":", 1)[0] + "."

    def _charter_data(self):
        """:return: models and fields that the rule reads to decide, and the models its actions change"""
        if not self:
            return False
        lines = [
            self.env._(
                "Works on: %(model)s (%(name)s).",
                model=self.model_id.name,
                name=self.model_name,
            )
        ]
        if self.event_domain:
            lines.append(
                self.env._("Looks at the event: %(domain)s", domain=self.event_domain)
            )
        if self.filter_domain:
            lines.append(
                self.env._("Looks at the record: %(domain)s", domain=self.filter_domain)
            )
        others = self.action_server_ids.crud_model_id - self.model_id
        if others:
            lines.append(
                self.env._(
                    "Makes: %(models)s.", models=", ".join(others.mapped("name"))
                )
            )
        return "\n".join(lines)
