from dataclasses import asdict

from odoo import models

from odoo.addons.ai_assist.exceptions import AnswerError

ACCOUNT_BRIEF = "account_brief"


class AiAssistTask(models.Model):
    """The built-in rules of *Account brief*."""

    _inherit = "ai_assist.task"

    def _facts(self, record):
        facts = super()._facts(record)
        if self.code == ACCOUNT_BRIEF:
            facts["sentences"] = [
                asdict(sentence) for sentence in record._account_brief()
            ]
        return facts

    def _offline(self, record):
        if self.code != ACCOUNT_BRIEF:
            return super()._offline(record)
        sentences = [asdict(sentence) for sentence in record._account_brief()]
        if not sentences:
            raise AnswerError(
                self.env._(
                    "%(request)s is about no account.", request=record.display_name
                )
            )
        return {"sentences": sentences}
