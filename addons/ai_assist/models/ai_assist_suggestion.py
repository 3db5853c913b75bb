from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, OBJECT
from odoo.addons.event_hub.tools import gate, trace
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_REASON_CHARS
from ..policies import verdict as verdicts
from ..policies.digest import input_digest
from ..policies.present import readable
from ..policies.validation import citations_of, output_problems

VERDICT_FIELDS = frozenset(
    {"verdict", "verdict_user_id", "verdict_at", "verdict_reason", "edited_output"}
)


class AiAssistSuggestion(models.Model):
    """What an engine answered about one record, and what a person thought of it.

    Append-only except for the verdict, which is given once.
    """

    _name = "ai_assist.suggestion"
    _description = "AI Suggestion"
    _inherit = ["event_hub.guarded", "event_hub.emitter"]
    _order = "id desc"
    _hub_case_type = "ai_suggestion"

    task_id = fields.Many2one(
        "ai_assist.task", required=True, index=True, readonly=True, ondelete="cascade"
    )
    task_version = fields.Integer(readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(
        "Record", readonly=True, help="Its name when the question was asked."
    )
    account_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    create_uid = fields.Many2one("res.users", "Asked by", readonly=True)
    create_date = fields.Datetime("Asked on", readonly=True)
    input_digest = fields.Char(
        readonly=True, index=True, help="SHA-256 of what the engine was given."
    )
    engine = fields.Char(readonly=True)
    model = fields.Char("Engine Model", readonly=True)
    output = fields.Json(readonly=True)
    output_text = fields.Text("Suggestion", compute="_compute_output_text")
    citations = fields.Json(
        readonly=True,
        help="Records that the suggestion rests on; the asking user could read each.",
    )
    state = fields.Selection(
        verdicts.STATES, required=True, readonly=True, default=verdicts.READY
    )
    error = fields.Text("Why Refused", readonly=True)
    latency_ms = fields.Integer("Milliseconds", readonly=True, aggregator="avg")
    correlation = fields.Char(readonly=True, index=True)
    verdict = fields.Selection(
        verdicts.VERDICTS,
        required=True,
        readonly=True,
        default=verdicts.PENDING,
        index=True,
    )
    verdict_user_id = fields.Many2one("res.users", "Judged by", readonly=True)
    verdict_at = fields.Datetime("Judged on", readonly=True)
    verdict_reason = fields.Char(readonly=True)
    edited_output = fields.Json(readonly=True)
    edited_text = fields.Text("Used Instead", compute="_compute_output_text")

    _subject_idx = models.Index("(res_model, res_id)")

    @api.depends("output", "edited_output")
    def _compute_output_text(self):
        for suggestion in self:
            suggestion.output_text = readable(suggestion.output)
            suggestion.edited_text = readable(suggestion.edited_output)

    @api.depends("task_id", "record_name")
    def _compute_display_name(self):
        for suggestion in self:
            suggestion.display_name = f"{suggestion.task_id.name}: {suggestion.record_name or suggestion.res_model}"

    # ------------------------------------------------------------------
    # Guards: append-only
    # ------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if not gate.are_births_admitted(self, vals_list):
            raise AccessError(
                self.env._(
                    "Suggestions come from AI tasks only: call suggest of ai_assist.task."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if not gate.is_admitted(self, vals, vals):
            raise AccessError(
                self.env._(
                    "A suggestion is a record of what was said and cannot be changed: %(names)s. "
                    "Judge it with Accept, Correct or Reject.",
                    names=", ".join(sorted(vals)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AccessError(
            self.env._(
                "A suggestion is a record of what was said and cannot be deleted."
            )
        )

    # ------------------------------------------------------------------
    # Keeping answers
    # ------------------------------------------------------------------
    @api.model
    def _keep(self, task, records, answers):
        """Check answers and keep each as a suggestion, refused ones with the reason.

        :param records: what the task was asked about, readable by the current user
        :param answers: list of ``Answer``, same order and length
        """
        readable_citations = self._readable_citations(
            [answer.output for answer in answers]
        )
        vals_list = [
            self._prepare_vals(task, record, answer, readable_citations)
            for record, answer in zip(records, answers, strict=True)
        ]
        # Nobody may create suggestions by hand; the facts were read without sudo before.
        kept_sudo = gate.admit_births(self.sudo(), vals_list).create(vals_list)
        kept = self.browse(kept_sudo.ids)
        for suggestion, record in zip(kept, records, strict=True):
            suggestion._tell("ai.suggested", "AI suggestion made", record)
        return kept

    @api.model
    def _readable_citations(self, outputs):
        """:return: the set of those citations that are records the current user can read; one query a model"""
        ids_by_model = {}
        for output in outputs:
            for citation in citations_of(output):
                ids_by_model.setdefault(citation.model, set()).add(citation.id)
        found = set()
        for res_model, res_ids in ids_by_model.items():
            model = self.env.get(res_model)
            if model is None or model._abstract or model._transient:
                continue
            readable_records = (
                model.browse(sorted(res_ids)).exists()._filtered_access("read")
            )
            found.update((res_model, res_id) for res_id in readable_records.ids)
        return found

    def _output_problems(self, output, schema, readable_citations):
        problems = output_problems(output, schema)
        return problems or [
            self.env._(
                "It cites %(model)s %(id)s, which does not exist or may not be read by the user who asked.",
                model=citation.model,
                id=citation.id,
            )
            for citation in citations_of(output)
            if citation not in readable_citations
        ]

    def _prepare_vals(self, task, record, answer, readable_citations):
        problems = (
            [answer.error]
            if answer.output is None
            else self._output_problems(
                answer.output, task.output_schema, readable_citations
            )
        )
        account = self._account_of(record)
        return {
            "task_id": task.id,
            "task_version": task.version,
            "res_model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "account_id": account.id,
            "company_id": self._company_of(record).id,
            "input_digest": input_digest(
                code=task.code, version=task.version, facts=answer.facts
            ),
            "engine": task.provider_id.kind,
            "model": task.provider_id.model,
            "output": False if problems else answer.output,
            "citations": False
            if problems
            else [citation._asdict() for citation in citations_of(answer.output)],
            "state": verdicts.FAILED if problems else verdicts.READY,
            "error": "\n".join(problems),
            "latency_ms": answer.latency_ms,
            "correlation": self._correlation_of(record, account),
        }

    @api.model
    def _account_of(self, record):
        if record._name == "res.partner":
            return record.commercial_partner_id
        if hasattr(record, "_hub_account"):
            return record._hub_account()
        partner = record["partner_id"] if "partner_id" in record._fields else None
        is_partner = partner is not None and partner._name == "res.partner"
        return partner.commercial_partner_id if is_partner else self.env["res.partner"]

    @api.model
    def _company_of(self, record):
        company = record["company_id"] if "company_id" in record._fields else None
        return company or self.env.company

    @api.model
    def _correlation_of(self, record, account):
        cause = trace.find(record._name, record.id, account.id)
        if cause:
            return cause.correlation
        own = record["correlation"] if "correlation" in record._fields else None
        return own or trace.new_correlation()

    def _tell(self, event_type, activity, record, **attributes):
        self._emit(
            event_type,
            activity=activity,
            objects=[("subject", record)],
            task=self.task_id.code,
            version=self.task_version,
            engine=self.engine,
            state=self.state,
            **attributes,
        )

    # ------------------------------------------------------------------
    # Verdicts
    # ------------------------------------------------------------------
    def action_accept(self):
        """Say that the suggestion is used as it stands."""
        return self._judge(verdicts.ACCEPTED)

    @takes(reason=MAYBE_TEXT)
    def action_reject(self, reason=""):
        """Say that the suggestion is of no use.

        :param str reason: what was wrong with it, up to ``MAX_REASON_CHARS`` characters
        """
        reason = (reason or "").strip()
        if len(reason) > MAX_REASON_CHARS:
            raise UserError(
                self.env._(
                    "Say it in %(limit)s characters or less.", limit=MAX_REASON_CHARS
                )
            )
        return self._judge(verdicts.REJECTED, verdict_reason=reason)

    @takes(output=OBJECT)
    def action_edit(self, output):
        """Say that a corrected version is used.

        :param dict output: the correction; obeys the schema of the task
        """
        self.ensure_one()
        citations = self._readable_citations([output])
        problems = self._output_problems(output, self.task_id.output_schema, citations)
        if problems:
            raise UserError(
                self.env._(
                    "The correction does not fit task %(task)s: %(problems)s",
                    task=self.task_id.code,
                    problems="; ".join(problems),
                )
            )
        return self._judge(verdicts.EDITED, edited_output=output)

    def _judge(self, verdict, **vals):
        """The one gate of ``verdict``: give it once, as a person who can read what it is about."""
        subjects = self._check_judge(verdict)
        vals.update(
            verdict=verdict,
            verdict_user_id=self.env.uid,
            verdict_at=fields.Datetime.now(),
        )
        gate.admit(self.sudo(), vals).write(vals)
        for suggestion in self:
            suggestion._tell(
                "ai.judged",
                "AI suggestion judged",
                subjects[suggestion.id],
                verdict=verdict,
            )
        return True

    def _check_judge(self, verdict):
        """:return: ``{suggestion id: record it is about}``, each readable by the current user"""
        self.check_access("read")
        subjects = {}
        for res_model, suggestions in self.grouped("res_model").items():
            if res_model not in self.env:
                raise UserError(
                    self.env._(
                        "The addon of %(model)s is not installed any more.",
                        model=res_model,
                    )
                )
            self.env[res_model].browse(
                suggestions.mapped("res_id")
            ).exists().check_access("read")
            subjects.update(
                (s.id, self.env[res_model].browse(s.res_id)) for s in suggestions
            )
        for suggestion in self:
            suggestion._raise_if_not_judgeable(verdict)
        return subjects

    def _raise_if_not_judgeable(self, verdict):
        problem = verdicts.verdict_problem(
            state=self.state, verdict=self.verdict, target=verdict
        )
        if problem == "judged":
            raise ConflictError(
                self.env._(
                    "%(suggestion)s was judged already: %(verdict)s by %(user)s.",
                    suggestion=self.display_name,
                    verdict=dict(
                        self._fields["verdict"]._description_selection(self.env)
                    )[self.verdict],
                    user=self.sudo().verdict_user_id.name,
                )
            )
        if problem:
            raise UserError(
                self.env._(
                    "%(suggestion)s was refused before anybody could use it, there is nothing to judge: %(error)s",
                    suggestion=self.display_name,
                    error=self.error,
                )
            )

    def action_open_record(self):
        """:return: action that opens the record the suggestion is about"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
