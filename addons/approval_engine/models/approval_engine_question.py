from odoo import api, fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..fields import FrozenJson
from ..policies import ask


class ApprovalEngineQuestion(models.Model):
    """What an approver asked before deciding, and what was answered. Never changed once said."""

    _name = "approval_engine.question"
    _inherit = ["approval_engine.born", "event_hub.append_only"]
    _description = "Question About an Approval"
    _order = "id"
    _rec_name = "text"
    _log_access = False

    request_id = LooseMany2one(
        "approval_engine.request", "Request", required=True, readonly=True, index=True
    )
    company_id = LooseMany2one(
        "res.company", "Company", required=True, readonly=True, index=True
    )
    round = fields.Integer(required=True, readonly=True)
    step_id = LooseMany2one("approval_engine.request_step", "Step", readonly=True)
    step_name = fields.Char(readonly=True)
    question_id = LooseMany2one(
        "approval_engine.question",
        "Answer To",
        readonly=True,
        help="The question this answers; empty: it is a question.",
    )
    user_id = LooseMany2one("res.users", "By", required=True, readonly=True)
    user_login = fields.Char("Login", required=True, readonly=True)
    user_name = fields.Char("Name", required=True, readonly=True)
    text = fields.Text(required=True, readonly=True)
    said_at = fields.Datetime("When", required=True, readonly=True)
    attachments = FrozenJson(
        readonly=True, help="What came with it: [{“id”, “name”, “checksum”}]."
    )

    # one answer to a question, also when two people answer at the same moment
    _answer_uniq = models.UniqueIndex(
        "(question_id) WHERE question_id IS NOT NULL",
        "This question was answered already.",
    )

    def _birth_words(self):
        return self.env._(
            "Questions and answers cannot be created directly. Ask or answer on the request."
        )

    @api.model
    def _say(self, request, text, step=None, question_id=False, attachments=None):
        """Write down what ``env.user`` asks or answers."""
        user = self.env.user
        values = {
            "request_id": request.id,
            "company_id": request.company_id.id,
            "round": request.round,
            "step_id": step.id if step else False,
            "step_name": step.name if step else False,
            "question_id": question_id,
            "user_id": user.id,
            "user_login": user.login,
            "user_name": user.name,
            "text": text,
            "said_at": fields.Datetime.now(),
            "attachments": attachments or False,
        }
        return self._bear([values])

    def _as_entries(self):
        """:return: the rows as ``policies.ask`` sees them"""
        return [
            ask.Entry(row.id, row.round, row.step_id.id, row.question_id.id or 0)
            for row in self
        ]

    def _shown(self):
        """:return: {"id", "by", "login", "at" (ISO 8601, UTC), "text", "files"}"""
        self.ensure_one()
        return {
            "id": self.id,
            "by": self.user_name,
            "login": self.user_login,
            "at": self.said_at.isoformat() + "Z",
            "text": self.text,
            "files": self.attachments or [],
        }
