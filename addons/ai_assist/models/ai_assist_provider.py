from time import perf_counter

from odoo import fields, models

from ..exceptions import AnswerError
from ..tools.answer import Answer


class AiAssistProvider(models.Model):
    """Where answers come from.

    A further kind is added with ``selection_add`` and a method ``_answers_<kind>(self, task, records)``.
    """

    _name = "ai_assist.provider"
    _description = "AI Provider"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("offline", "Built-in rules")],
        required=True,
        default="offline",
        help="Built-in rules answer the same input always the same way and send nothing anywhere.",
    )
    model = fields.Char(
        required=True,
        default="rules-1",
        help="Which model answers; kept on each suggestion.",
    )
    task_ids = fields.One2many("ai_assist.task", "provider_id")

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "Another provider has this name already."
    )

    def _answers(self, task, records):
        """Ask for an answer about each record, with the rights of the current user.

        :return: list of ``Answer``, one per record, same order
        """
        self.ensure_one()
        return getattr(self, f"_answers_{self.kind}")(task, records)

    def _answers_offline(self, task, records):
        return [self._answer_offline(task, record) for record in records]

    def _answer_offline(self, task, record):
        start = perf_counter()
        facts = task._facts(record)
        try:
            output, error = task._offline(record), ""
        except AnswerError as no_answer:
            output, error = None, str(no_answer)
        return Answer(output, facts, int((perf_counter() - start) * 1000), error)
