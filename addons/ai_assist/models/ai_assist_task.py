import json
import re

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError, ValidationError

from odoo.addons.event_hub.policies.arguments import TEXT, ids_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import CODE_PATTERN, MAX_RECORDS
from ..policies.validation import schema_problem

# A change of one of these can change answers, so it makes a new version.
VERSIONED_FIELDS = frozenset(
    {"prompt", "output_schema", "output_schema_text", "provider_id"}
)


class AiAssistTask(models.Model):
    _name = "ai_assist.task"
    _inherit = ["event_hub.guarded"]
    _description = "AI Task"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="The name by which programs ask for this task."
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Grows when prompt, schema or provider change.",
    )
    active = fields.Boolean(default=True)
    provider_id = fields.Many2one(
        "ai_assist.provider",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["ai_assist.provider"].search([], limit=1),
    )
    engine = fields.Selection(related="provider_id.kind", string="Engine")
    res_model = fields.Char(
        "Only for Model",
        help="Technical name of the model this task is about; empty for any model that it can read.",
    )
    prompt = fields.Text(
        required=True,
        help="What is asked. People read it here; an engine with a language model is given it as it is.",
    )
    output_schema = fields.Json(
        "Output Schema (JSON)",
        required=True,
        help="JSON Schema (2020-12) that every output must obey.",
    )
    output_schema_text = fields.Text(
        "Output Schema",
        compute="_compute_output_schema_text",
        inverse="_inverse_output_schema_text",
    )
    suggestion_count = fields.Integer(compute="_compute_suggestion_figures")
    judged_count = fields.Integer("Judged", compute="_compute_suggestion_figures")
    acceptance = fields.Float(
        compute="_compute_suggestion_figures",
        help="Share of judged suggestions that people used, edited ones included.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another task has this code already."
    )

    @api.depends("output_schema")
    def _compute_output_schema_text(self):
        for task in self:
            task.output_schema_text = json.dumps(
                task.output_schema or {}, indent=2, ensure_ascii=False
            )

    def _inverse_output_schema_text(self):
        for task in self:
            try:
                task.output_schema = json.loads(task.output_schema_text or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The output schema of task %(task)s is not JSON: %(error)s",
                        task=task.name,
                        error=error,
                    )
                ) from error

    def _compute_suggestion_figures(self):
        counts = {}
        for task, verdict, count in self.env["ai_assist.suggestion"]._read_group(
            [("task_id", "in", self.ids)], ["task_id", "verdict"], ["__count"]
        ):
            counts.setdefault(task.id, {})[verdict] = count
        for task in self:
            by_verdict = counts.get(task.id, {})
            used = by_verdict.get("accepted", 0) + by_verdict.get("edited", 0)
            task.suggestion_count = sum(by_verdict.values())
            task.judged_count = used + by_verdict.get("rejected", 0)
            task.acceptance = used / task.judged_count if task.judged_count else 0.0

    @api.ondelete(at_uninstall=False)  # with its addon it goes, and what it said
    def _unlink_except_used(self):
        used = self.filtered("suggestion_count")[:1]
        if used:
            raise UserError(
                self.env._(
                    "Task %(task)s has made suggestions, which are kept. Archive it instead.",
                    task=used.name,
                )
            )

    @api.constrains("code")
    def _check_code(self):
        for task in self:
            if not re.match(CODE_PATTERN, task.code):
                raise ValidationError(
                    self.env._(
                        "%(code)s cannot be the code of a task: use small letters, digits and _, a letter first.",
                        code=task.code,
                    )
                )

    @api.constrains("output_schema")
    def _check_output_schema(self):
        for task in self:
            problem = schema_problem(task.output_schema)
            if problem:
                raise ValidationError(
                    self.env._(
                        "The output schema of task %(task)s cannot be used: %(problem)s.",
                        task=task.name,
                        problem=problem,
                    )
                )

    @api.constrains("res_model")
    def _check_res_model(self):
        for task in self.filtered("res_model"):
            if task.res_model not in self.env:
                raise ValidationError(
                    self.env._(
                        "Task %(task)s is for model %(model)s, which does not exist here.",
                        task=task.name,
                        model=task.res_model,
                    )
                )

    def write(self, vals):
        if VERSIONED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        for task in self:
            super(AiAssistTask, task).write({**vals, "version": task.version + 1})
        return True

    @api.model
    @takes(code=TEXT, res_model=TEXT, res_ids=ids_of())
    def suggest(self, code, res_model, res_ids):
        """Ask a task about records and keep its answers as suggestions. Nothing else is changed.

        Works with the rights of the user who asks, also when called with more.

        :param str code: code of an active task
        :param str res_model: model of the records
        :param list[int] res_ids: up to ``MAX_RECORDS`` ids; repeats count once
        :return: suggestion ids, one per record, in the order of ``res_ids``
        :raises MissingError: unknown task or record
        :raises AccessError: the user may not read one of the records
        :raises UserError: unknown model, a task for another model, too many records
        """
        asking = self.with_user(self.env.uid)
        task = asking._find(code)
        records = task._readable_records(res_model, res_ids)
        if not records:
            return []
        answers = task.provider_id._answers(task, records)
        return task.env["ai_assist.suggestion"]._keep(task, records, answers).ids

    @api.model
    def _find(self, code):
        task = (
            self.search([("code", "=", code)])
            if isinstance(code, str)
            else self.browse()
        )
        if not task:
            raise MissingError(
                self.env._(
                    "There is no active AI task with the code %(code)s.", code=code
                )
            )
        return task

    def _readable_records(self, res_model, res_ids):
        self._check_model(res_model)
        ids = res_ids if isinstance(res_ids, list | tuple) else [res_ids]
        if any(
            not isinstance(res_id, int) or isinstance(res_id, bool) for res_id in ids
        ):
            raise UserError(self.env._("res_ids must be a list of record ids."))
        if len(ids) > MAX_RECORDS:
            raise UserError(
                self.env._(
                    "%(count)s records are too many for one call, ask about %(limit)s at a time.",
                    count=len(ids),
                    limit=MAX_RECORDS,
                )
            )
        records = self.env[res_model].browse(dict.fromkeys(ids))
        gone = records - records.exists()
        if gone:
            raise MissingError(
                self.env._(
                    "%(model)s %(ids)s do not exist or were deleted.",
                    model=res_model,
                    ids=gone.ids[:10],
                )
            )
        records.check_access("read")
        return records

    def _check_model(self, res_model):
        model = self.env.get(res_model) if isinstance(res_model, str) else None
        if model is None or model._abstract or model._transient:
            raise UserError(
                self.env._(
                    "%(model)s is not a model that keeps records.", model=res_model
                )
            )
        if self.res_model and self.res_model != res_model:
            raise UserError(
                self.env._(
                    "Task %(task)s is about %(own)s, not about %(model)s.",
                    task=self.code,
                    own=self.res_model,
                    model=res_model,
                )
            )

    def _facts(self, record):
        """What the engine is given about ``record``; extended per task code by super().

        Read with the rights of the current user. The digest of a suggestion is made of it.

        :return: dict of JSON values, dates allowed
        """
        self.ensure_one()
        return {"model": record._name, "id": record.id, "name": record.display_name}

    def _offline(self, record):
        """The deterministic answer of this task about ``record``; extended per task code by super().

        Read with the rights of the current user; records come in one set, so reading a field reads it for all.

        :return: dict that obeys ``output_schema``; ``{"model", "id"}`` at any depth cites a record
        :raises AnswerError: there is nothing to say about this record
        """
        self.ensure_one()
        raise UserError(
            self.env._(
                "Task %(task)s has no built-in rules. Give it another provider, or archive it.",
                task=self.code,
            )
        )

    @api.model
    def _open_suggestions(self, code, records):
        """Ask and show the answers; for Server Actions bound to a model.

        :return: action that opens the new suggestions
        """
        suggestion_ids = self.suggest(code, records._name, records.ids)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ai_assist.ai_assist_suggestion_action_mine"
        )
        if len(suggestion_ids) == 1:
            return {
                **action,
                "res_id": suggestion_ids[0],
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {**action, "domain": [("id", "in", suggestion_ids)], "context": {}}
