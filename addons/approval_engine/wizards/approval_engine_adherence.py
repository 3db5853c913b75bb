from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.event_hub.policies.arguments import TEXT, id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import adherence

INSERT_BATCH = 1000
DAYS = (date(1900, 1, 1), date(2999, 12, 31))


class ApprovalEngineAdherence(models.TransientModel):
    """Which governed documents of a period have a valid approval, and which have none."""

    _name = "approval_engine.adherence"
    _description = "Adherence"

    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.subtract(fields.Date.context_today(self), months=1), "month"
        ),
    )
    date_to = fields.Date(
        "Until", required=True, default=fields.Date.context_today, help="Included."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    judged_at = fields.Datetime("Judged", readonly=True)
    documents = fields.Integer(
        readonly=True,
        help="That came into force in the period. One that two definitions govern counts for each.",
    )
    approved = fields.Integer("With a Valid Approval", readonly=True)
    words = fields.Char("Answer", compute="_compute_words")
    note = fields.Char(compute="_compute_words")
    part_ids = fields.One2many(
        "approval_engine.adherence_part", "adherence_id", "By Definition", readonly=True
    )
    line_ids = fields.One2many(
        "approval_engine.adherence_line",
        "adherence_id",
        "Without a Valid Approval",
        readonly=True,
    )

    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Adherence %(start)s to %(end)s",
                start=report.date_from,
                end=report.date_to,
            )

    @api.depends("judged_at")
    def _compute_words(self):
        for report in self:
            report.words = report.judged_at and self._share_words(
                report.approved, report.documents
            )
            report.note = report.judged_at and self._purged_words(
                report.company_id, report.date_from
            )

    @api.model
    def _share_words(self, approved, documents):
        share = adherence.share(approved, documents)
        if share is None:
            return self.env._(
                "No governed document came into force in this period: there is nothing to have a share of."
            )
        if approved == documents:
            return self.env._(
                "All %(documents)s governed documents that came into force have a valid approval.",
                documents=documents,
            )
        return self.env._(
            "%(approved)s of %(documents)s governed documents that came into force have a valid approval "
            "(%(share)s %%). %(without)s have none.",
            approved=approved,
            documents=documents,
            share=int(share * 1000) / 10,  # never rounded up to 100
            without=documents - approved,
        )

    @api.model
    def _purged_words(self, company, date_from):
        """:return: that approvals of the period were deleted, empty if none were"""
        checkpoint = (
            self.env["approval_engine.checkpoint"]
            .sudo()
            .search([("company_id", "=", company.id)], order="cutoff desc", limit=1)
        )
        if not checkpoint or checkpoint.cutoff.date() <= date_from:
            return ""
        return self.env._(
            "Approvals that ended before %(day)s were deleted under a checkpoint: documents of that time may show as "
            "never asked.",
            day=checkpoint.cutoff.date(),
        )

    # ------------------------------------------------------------------ judging

    def action_judge(self):
        """Judge the period anew, and show what came of it."""
        self.ensure_one()
        found = self._judged(self.company_id, self.date_from, self.date_to)
        self.sudo().part_ids.unlink()
        self.sudo()._keep(found)
        return self._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adherence"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _judged(self, company, date_from, date_to):
        """:return: list of Judgement, the definitions with most documents without approval first"""
        self._refuse_others(company)
        if not DAYS[0] <= date_from <= date_to <= DAYS[1]:
            raise UserError(
                self.env._(
                    "From %(start)s to %(end)s is no period.",
                    start=date_from,
                    end=date_to,
                )
            )
        governances = self.env["approval_engine.governed"].sudo()
        found = [
            governances._judge_adherence(rule, company, date_from, date_to)
            for rule in governances._rules_for(company)
        ]
        return sorted(found, key=lambda one: (-len(one.without), one.rule.name))

    @api.model
    def _refuse_others(self, company):
        self.check_access("read")
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "%(company)s is not one of your companies.", company=company.id
                )
            )

    def _keep(self, found):
        self.write(
            {
                "judged_at": fields.Datetime.now(),
                "documents": sum(one.documents for one in found),
                "approved": sum(one.approved for one in found),
            }
        )
        parts = self.env["approval_engine.adherence_part"].create(
            [self._part_values(one) for one in found]
        )
        lines = self.env["approval_engine.adherence_line"]
        for part, one in zip(parts, found, strict=True):
            values = [
                {"adherence_id": self.id, "part_id": part.id, **row}
                for row in self._rows(one)
            ]
            for start in range(0, len(values), INSERT_BATCH):
                lines.create(values[start : start + INSERT_BATCH])

    def _part_values(self, one):
        return {
            "adherence_id": self.id,
            "name": one.rule.name,
            "model": one.rule.model,
            "kind": one.kind,
            "documents": one.documents,
            "approved": one.approved,
            "words": self._kind_words(one.kind),
        }

    def _rows(self, one):
        """:return: list of {"res_model", "res_id", "name", "why", "request_id"}"""
        governances = self.env["approval_engine.governed"].sudo()
        records = governances._plain(self.env[one.rule.model]).browse(one.without)
        return [
            {
                "res_model": one.rule.model,
                "res_id": record.id,
                "name": record.display_name,
                "why": one.without[record.id].why,
                "request_id": one.without[record.id].approval_id or False,
            }
            for record in records
        ]

    @api.model
    def _kind_words(self, kind):
        return {
            adherence.SAID: self.env._("Those that match “In Force If”."),
            adherence.BORN: self.env._("All of them, as making one takes an approval."),
            adherence.ENTERED: self.env._("All that match the condition."),
            adherence.STATE: self.env._(
                "Those whose state is past draft, sent and cancelled."
            ),
            adherence.CHANGED: self.env._(
                "Only those changed with an approval: the record itself does not tell who should have one. Fill in "
                "“In Force If” to have every one judged."
            ),
            adherence.NOTHING: self.env._(
                "None: only deleting is held, and what was deleted is not there."
            ),
        }[kind]

    # ------------------------------------------------------------------ over the API

    @api.model
    @takes(
        date_from=TEXT,
        date_to=TEXT,
        company_id=id_of("res.company", optional=True),
    )
    def report(self, date_from, date_to, company_id=None):
        """Which governed documents of the period have a valid approval; for auditors and approval managers.

        Adherence = documents with a valid approval / documents that came into force from ``date_from`` to
        ``date_to`` (``YYYY-MM-DD``, both included, UTC). A valid approval was given before, verifies, and is for
        what the document is today. A document under two definitions counts for each.

        :param company_id: None: the caller's company
        :return: {"documents", "approved", "share": 0 … 1, or false where there is no document, "words",
            "note": that approvals of the period were deleted, or empty,
            "definitions": [{"name", "model", "documents", "approved", "share", "words"}],
            "without": [{"definition", "model", "id", "name", "why", "words", "request": id or false}]}; why is never,
            waiting, rejected, ended, other (content), later (than in force) or forged (does not verify)
        :raises UserError: (422) the period is none
        """
        self.check_access("read")
        company = self.env["res.company"].browse(company_id) if company_id else None
        company = company or self.env.company
        period = [self._day(date_from, "date_from"), self._day(date_to, "date_to")]
        found = self._judged(company, *period)
        documents = sum(one.documents for one in found)
        approved = sum(one.approved for one in found)
        return {
            "documents": documents,
            "approved": approved,
            "share": self._told_share(approved, documents),
            "words": self._share_words(approved, documents),
            "note": self._purged_words(company, period[0]),
            "definitions": [self._told_definition(one) for one in found],
            "without": [row for one in found for row in self._told_rows(one)],
        }

    def _day(self, text, name):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UserError(
                self.env._(
                    "%(name)s: “%(text)s” is no day. Write it as 2026-01-31.",
                    name=name,
                    text=text[:40],
                )
            ) from None

    def _told_share(self, approved, documents):
        share = adherence.share(approved, documents)
        return False if share is None else share

    def _told_definition(self, one):
        return {
            "name": one.rule.name,
            "model": one.rule.model,
            "documents": one.documents,
            "approved": one.approved,
            "share": self._told_share(one.approved, one.documents),
            "words": self._kind_words(one.kind),
        }

    def _told_rows(self, one):
        whys = dict(
            self.env["approval_engine.adherence_line"]
            ._fields["why"]
            ._description_selection(self.env)
        )
        return [
            {
                "definition": one.rule.name,
                "model": row["res_model"],
                "id": row["res_id"],
                "name": row["name"],
                "why": row["why"],
                "words": whys[row["why"]],
                "request": row["request_id"],
            }
            for row in self._rows(one)
        ]
