from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_TEXT, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import ask, progress, request_state, seats, standing


class ApprovalEngineRequest(models.Model):
    """The conversation around a decision: an approver asks, who asked for it answers."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    open_questions = fields.Integer(
        readonly=True, copy=False, help="How many questions wait for an answer."
    )
    needs_answer = fields.Boolean(
        "Waits for My Answer",
        compute="_compute_needs_answer",
        search="_search_needs_answer",
    )
    questions_data = fields.Json(compute="_compute_questions_data")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"open_questions"}

    def _blank_values(self):
        return super()._blank_values() | {"open_questions": False}

    # ------------------------------------------------------------------ doors

    @takes(question=MAYBE_TEXT)
    def action_ask(self, question):
        """Ask the requester something before deciding; for whoever could decide now.

        The request stays as it is. Where the policy says so, its clock stands still until the answer.
        """
        question = self._said("question", question)
        for request in self._readable():
            request._ask(question)
        return True

    @takes(answer=MAYBE_TEXT, question_id=WHOLE, attachment_ids=ANY)
    def action_answer(self, answer, question_id, attachment_ids=None):
        """Answer a question: whoever asked for the decision, or is asked to take it.

        :param attachment_ids: files that the caller uploaded
        :raises ConflictError: (409) somebody was first, or its step was decided meanwhile
        """
        answer = self._said("answer", answer)
        self._readable_one()._answer(answer, question_id, attachment_ids or [])
        return True

    def _said(self, name, text):
        """:raises UserError: (422) nothing, or more than fits"""
        text = self._text(name, text)
        if not text or len(text) > ask.MOST_TEXT:
            raise UserError(
                self.env._(
                    "%(name)s: write something, at most %(most)s characters.",
                    name=name,
                    most=ask.MOST_TEXT,
                )
            )
        return text

    # ------------------------------------------------------------------ asking

    def _ask(self, question):
        self.ensure_one()
        self._refuse_unless_decidable()
        self._lock()
        self._refuse_unless_open()
        if self.open_questions >= ask.MOST_OPEN:
            raise UserError(
                self.env._(
                    "%(request)s: %(count)s questions wait for an answer already.",
                    request=self.display_name,
                    count=self.open_questions,
                )
            )
        step = self._my_seat()[0]
        self.env["approval_engine.question"]._say(self, question, step)
        if self.policy_id.pause_on_question:
            self._pause_clock()
        self._count_questions()
        self._tell("approval.question_asked", by=self.env.user.login, step=step.name)
        self._post_to(
            self._answerers(),
            self.env._(
                "%(user)s asks: %(question)s",
                user=self.env.user.name,
                question=question,
            ),
        )

    def _answerers(self):
        """:return: who is asked for the answer: the requester; for a program, who answers for its rule"""
        requester = self.requester_id
        if requester.has_group("event_hub.group_hub_service"):
            return self.rule_id.owner_id.filtered("active")
        return requester

    def _post_to(self, users, body, attachments=None):
        """A line in the conversation that reaches these people, here and by mail as they prefer."""
        self.message_post(
            body=body,
            partner_ids=users.partner_id.ids,
            attachment_ids=attachments.ids if attachments else [],
        )
        self._notify_inbox(self._asked_now() | users)

    # ------------------------------------------------------------------ answering

    def _answer(self, answer, question_id, attachment_ids):
        self.ensure_one()
        refusal = self._refusal_to_answer()
        if refusal in (progress.BARRED, standing.LOST):
            self._refuse(refusal)
        if refusal:
            self._log_denied("not_asked")
            raise AccessError(
                self.env._(
                    "Questions about %(request)s are for %(requester)s, and for those asked to decide it.",
                    request=self.display_name,
                    requester=self.requester_id.name,
                )
            )
        self._lock()
        if self.state != request_state.PENDING:
            raise self._wrong_state()
        question = self._open_question(question_id)
        files = self._own_files(attachment_ids)
        self.env["approval_engine.question"]._say(
            self,
            answer,
            question.step_id,
            question.id,
            [
                {"id": file.id, "name": file.name, "checksum": file.checksum}
                for file in files
            ],
        )
        self._count_questions()
        self._tell("approval.question_answered", by=self.env.user.login)
        self._post_to(
            question.user_id.exists(),
            self.env._(
                "%(user)s answers: %(answer)s", user=self.env.user.name, answer=answer
            ),
            files,
        )

    def _refusal_to_answer(self):
        """:return: why the caller may not answer, None for who asked for the decision"""
        if self.requester_id == self.env.user or self._may_recall_for_service():
            return None
        return self._refusal_at(standing.ANSWER)

    def _open_question(self, question_id):
        """:raises MissingError: (404) no question of this request

        :raises ConflictError: (409) answered, or no longer needed
        """
        rows = self._questions()
        refusal = ask.refuse_answer(
            rows._as_entries(),
            question_id,
            round_=self.round,
            open_steps=self._open_step_ids(),
        )
        if refusal == ask.UNKNOWN:
            raise MissingError(
                self.env._(
                    "%(request)s has no question %(id)s.",
                    request=self.display_name,
                    id=question_id,
                )
            )
        if refusal == ask.ANSWERED:
            first = rows.filtered(lambda row: row.question_id.id == question_id)
            raise ConflictError(
                self.env._("%(user)s answered this already.", user=first.user_name)
            )
        if refusal:
            raise ConflictError(
                self.env._("The step was decided meanwhile: no answer is needed.")
            )
        return rows.browse(question_id)

    def _own_files(self, attachment_ids):
        """:return: the attachments, which the caller has uploaded and nobody else uses

        :raises AccessError: (403) another's
        """
        if not isinstance(attachment_ids, list) or not all(
            isinstance(id_, int) and not isinstance(id_, bool) for id_ in attachment_ids
        ):
            raise UserError(self.env._("attachment_ids has to be a list of ids."))
        files = self.env["ir.attachment"].browse(attachment_ids).exists()
        free = ("mail.compose.message", False)
        for file in files:
            here = file.res_model == self._name and file.res_id == self.id
            if file.create_uid != self.env.user or not (here or file.res_model in free):
                raise AccessError(
                    self.env._(
                        "File %(name)s is not yours to send. Upload it anew.",
                        name=file.id,
                    )
                )
        if len(files) != len(set(attachment_ids)):
            raise MissingError(self.env._("A file does not exist (any more)."))
        files.write({"res_model": self._name, "res_id": self.id})
        return files

    # ------------------------------------------------------------------ what is open

    def _questions(self):
        return (
            self.env["approval_engine.question"]
            .sudo()
            .search([("request_id", "in", self.ids)])
        )

    def _open_step_ids(self):
        return set(self.step_ids.filtered(lambda s: s.state == seats.PENDING).ids)

    def _count_questions(self):
        """Keep the number of open questions; with the last one answered the clock runs again."""
        count = len(
            ask.open_questions(
                self._questions()._as_entries(),
                round_=self.round,
                open_steps=self._open_step_ids(),
            )
        )
        if count != self.open_questions:
            self._write_guarded({"open_questions": count})
        if not count and self.state == request_state.PENDING:
            self._resume_clock()

    def _write_steps(self, steps, lent=None):
        result = super()._write_steps(steps, lent)
        if self.open_questions:  # that of a step decided meanwhile needs no answer
            self._count_questions()
        return result

    # ------------------------------------------------------------------ showing it

    _questions_idx = models.Index("(company_id) WHERE open_questions > 0")

    @api.model
    def _answer_domain(self):
        return (
            Domain("state", "=", request_state.PENDING)
            & Domain("open_questions", ">", 0)
            & (
                Domain("requester_id", "=", self.env.uid)
                | Domain("rule_id", "any!", [("owner_id", "=", self.env.uid)])
            )
        )

    @api.depends("open_questions", "state")
    @api.depends_context("uid")
    def _compute_needs_answer(self):
        mine = self.sudo().search(Domain("id", "in", self.ids) & self._answer_domain())
        for request in self:
            request.needs_answer = request._origin.sudo() in mine

    def _search_needs_answer(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain, wanted = self._answer_domain(), set(map(bool, value))
        if wanted == {True}:
            return domain
        return ~domain if wanted == {False} else Domain(bool(wanted))

    @api.depends("open_questions", "state")
    @api.depends_context("uid")
    def _compute_questions_data(self):
        """Shape: {"items": as ``_question_items``, each with "can_answer"}"""
        for request in self:
            origin = request._origin.sudo()
            items = origin._question_items() if origin else []
            answers = bool(items) and not origin._refusal_to_answer()
            login = self.env.user.login
            request.questions_data = items and {
                "items": [
                    # whoever asked waits for the answer
                    item | {"can_answer": answers and item["login"] != login}
                    for item in items
                ],
            }

    def _question_items(self):
        """:return: [{"id", "by", "at" (UTC), "text", "step", "open", "answer": {…} or False}], as they were asked"""
        rows = self._questions()
        answers = {row.question_id.id: row for row in rows if row.question_id}
        open_ids = ask.open_questions(
            rows._as_entries(), round_=self.round, open_steps=self._open_step_ids()
        )
        return [
            row._shown()
            | {
                "step": row.step_name or "",
                "open": row.id in open_ids,
                "answer": answers[row.id]._shown() if row.id in answers else False,
            }
            for row in rows
            if not row.question_id
        ]

    def dossier(self):
        """See the first one; and {"questions": [{"id", "by", "at", "text", "step", "open", "answer"}]}."""
        return super().dossier() | {"questions": self._readable_one()._question_items()}
