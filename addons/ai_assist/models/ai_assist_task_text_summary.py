from odoo import models
from odoo.tools import html2plaintext

from ..const import TEXT_SUMMARY
from ..exceptions import AnswerError
from ..policies.summary import Text, summarise

DESCRIPTION_FIELDS = (
    "description",
    "comment",
    "note",
)  # the first that the model has and the record fills
CONVERSATION_TYPES = (
    "comment",
    "email",
    "email_outgoing",
)  # not: tracking, notifications, automatic notes


class AiAssistTaskTextSummary(models.Model):
    """The built-in rules of *Summarise a conversation*."""

    _inherit = "ai_assist.task"

    def _facts(self, record):
        facts = super()._facts(record)
        if self.code == TEXT_SUMMARY:
            facts["texts"] = [
                [text.model, text.id, text.text] for text in self._conversation(record)
            ]
        return facts

    def _offline(self, record):
        if self.code != TEXT_SUMMARY:
            return super()._offline(record)
        sentences = summarise(self._conversation(record))
        if not sentences:
            raise AnswerError(
                self.env._(
                    "%(record)s holds no text to summarise.", record=record.display_name
                )
            )
        return {"sentences": [sentence.__dict__ for sentence in sentences]}

    def _conversation(self, record):
        """:return: list of ``Text``: what the record says of itself, then its messages, oldest first"""
        texts = []
        for name in DESCRIPTION_FIELDS:
            field = record._fields.get(name)
            if (
                field is not None
                and field.type in ("text", "html", "char")
                and record[name]
            ):
                body = (
                    html2plaintext(record[name])
                    if field.type == "html"
                    else record[name]
                )
                texts.append(Text(record._name, record.id, body))
                break
        if "message_ids" in record._fields:
            said = record.message_ids.filtered(
                lambda message: message.message_type in CONVERSATION_TYPES
            )
            texts += [
                Text(message._name, message.id, html2plaintext(message.body))
                for message in said.sorted("id")
            ]
        return texts
