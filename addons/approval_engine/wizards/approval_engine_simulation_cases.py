import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..models.approval_engine_policy_limits import BY_ACCOUNT, BY_REQUESTER
from ..models.approval_engine_request_window import COUNTS
from ..policies import policy_state, request_state, simulation, simulation_csv
from .approval_engine_simulation import MOST_CASES, SHEET

MOST_BYTES = 2_000_000
LOOKED_UP = {  # columns of the sheet that name a record: (field, model, field that names it)
    "requester": ("requester_id", "res.users", "login"),
    "beneficiary": ("beneficiary_id", "res.users", "login"),
    "account": ("partner_id", "res.partner", "account_code"),
    "currency": ("currency_id", "res.currency", "name"),
}


@dataclass
class Case:
    """A request in memory, and what really became of it."""

    record: object
    request: object  # the real one; empty for a line of a sheet
    line: int = 0
    real: tuple | None = None  # steps really laid; None: nothing happened
    size: float = 0.0  # in the currency of the company, without sign
    counts: bool = True
    stake: float = 0.0  # what chose the steps, in the policy's currency
    policy_currency_id: int = 0

    def part(self, key, window_by):
        one = self.record
        together = {
            BY_REQUESTER: one.requester_id.id,
            BY_ACCOUNT: one.partner_id.commercial_partner_id.id,
        }.get(window_by)
        return simulation.Part(
            key,
            one.submitted_at,
            self.size,
            (one.company_id.id, together),
            self.counts,
        )


@dataclass
class LeftOut:
    older: int = 0  # not looked at (yet): it runs, or was cancelled
    other_policy: int = 0  # the condition of the policy is not for them


class ApprovalEngineSimulation(models.TransientModel):
    """Where the cases come from."""

    _inherit = "approval_engine.simulation"  # pylint: disable=consider-merging-classes-inherited

    def _cases(self):
        """:return: ([Case] in the order in which they were asked, LeftOut)"""
        cases, left_out = (
            self._sheet_cases() if self.source == SHEET else self._past_cases()
        )
        domain = self._own_domain()
        fitting = [c for c in cases if c.record.filtered_domain(domain)]
        left_out.other_policy = len(cases) - len(fitting)
        fitting.sort(key=lambda c: (c.record.submitted_at, c.request.id, c.line))
        return fitting, left_out

    def _own_domain(self):
        """:return: what falls under this policy: its condition; without one, what no other condition is for"""
        policy = self.policy_id.sudo()
        if policy.condition:
            return policy._condition_domain()
        others = policy.search(
            [
                ("type_id", "=", policy.type_id.id),
                ("company_id", "in", (policy.company_id.id, False)),
                ("condition", "!=", False),
                ("state", "=", policy_state.ACTIVE),
                ("id", "!=", policy.id),
            ]
        )
        return ~Domain.OR(one._condition_domain() for one in others)

    # ------------------------------------------------------------------ requests of the past

    def _past_cases(self):
        Requests = self.env["approval_engine.request"]
        domain = self._past_domain()
        found = Requests.search(domain)
        real = found._real_steps()
        self.write({"total": len(found), "looked_at": len(found)})
        return [
            self._past_case(request, real[request.id]) for request in found.sudo()
        ], LeftOut()

    def _past_domain(self):
        """Searched with the rights of the caller."""
        policy, until = self.policy_id, self.began_at or fields.Datetime.now()
        companies = policy.company_id or self.env.companies
        return (
            Domain("type_id", "=", policy.type_id.id)
            & Domain("company_id", "in", companies.ids)
            & Domain("state", "!=", request_state.DRAFT)
            & Domain("submitted_at", ">=", until - timedelta(days=self.days))
            & Domain("submitted_at", "<=", until)
        )

    def _counted_case(self, request):
        """:return: Case of a request that only counts: nothing of it is copied"""
        return Case(
            request,
            request,
            size=abs(request.company_amount),
            counts=request.state in COUNTS,
        )

    def _past_case(self, request, real):
        values = {
            name: request[name].id
            if request._fields[name].type == "many2one"
            else request[name]
            for name in request._case_fields()
        }
        return Case(
            self._new_case(f"request {request.id}", values),
            request,
            real=tuple(real),
            size=abs(request.company_amount),
            counts=request.state in COUNTS,
        )

    def _new_case(self, ref, values):
        model = self.env["approval_engine.request"].sudo()._without_defaults()
        return model.new({**values, "state": request_state.DRAFT}, ref=ref)

    # ------------------------------------------------------------------ cases of a sheet

    def _sheet_cases(self):
        sheet = simulation_csv.read(self._sheet_bytes(), MOST_CASES)
        self._refuse_problems(sheet.problems)
        known, problems = self._look_up(sheet.rows)
        self._refuse_problems(problems)
        return [self._sheet_case(row, known) for row in sheet.rows], LeftOut()

    def _sheet_bytes(self):
        data = self.with_context(bin_size=False).sheet or b""
        try:
            found = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError(
                self.env._("The sheet (sheet) is not in base64.")
            ) from error
        if not found:
            raise ValidationError(self.env._("Upload a sheet (sheet) first."))
        if len(found) > MOST_BYTES:
            raise ValidationError(
                self.env._(
                    "The sheet has %(size)s bytes; at most %(most)s are read.",
                    size=len(found),
                    most=MOST_BYTES,
                )
            )
        return found

    def _look_up(self, rows):
        """:return: ({column: {text: record id}}, problems); one query per column, with the caller's rights"""
        known, problems = {}, []
        for column, (_field, model, name) in LOOKED_UP.items():
            texts = {row.texts[column] for row in rows if column in row.texts}
            records = self.env[model].search(
                Domain(name, "in", sorted(texts)) & self._look_up_domain(model)
            )
            known[column] = {record[name]: record.id for record in records}
        known["option"] = {o.code: o.code for o in self.policy_id.type_id.option_ids}
        for row in rows:
            problems += [
                simulation_csv.Problem(row.line, column, simulation_csv.UNKNOWN, text)
                for column, text in row.texts.items()
                if column in known and text not in known[column]
            ]
        return known, problems[: simulation_csv.MOST_ERRORS]

    def _look_up_domain(self, model):
        if model != "res.partner":
            return Domain.TRUE
        company = self.policy_id.company_id or self.env.company
        return Domain("company_id", "in", (company.id, False))

    def _sheet_case(self, row, known):
        policy = self.policy_id
        company = policy.company_id or self.env.company
        values = {
            LOOKED_UP[column][0]: known[column][text]
            for column, text in row.texts.items()
            if column in LOOKED_UP
        }
        record = self._new_case(
            f"line {row.line}",
            {
                "name": row.texts.get("name")
                or self.env._("Line %(line)s", line=row.line),
                "type_id": policy.type_id.id,
                "company_id": company.id,
                "currency_id": policy.currency_id.id,
                "amount": row.amount,
                "option": row.texts.get("option"),
                "submitted_at": row.at,
                **values,
            },
        )
        size = record._converted(
            abs(row.amount), record.currency_id, company.currency_id
        )
        none = self.env["approval_engine.request"]
        return Case(record, none, line=row.line, size=size)

    # ------------------------------------------------------------------ what is wrong with a sheet

    def _refuse_problems(self, problems):
        if problems:
            raise ValidationError(
                "\n".join(
                    [
                        self.env._("The sheet cannot be read. Nothing was tried out."),
                        *(self._problem_words(one) for one in problems),
                    ]
                )
            )

    def _problem_words(self, problem):
        what = {
            simulation_csv.NO_TEXT: self.env._("this is no text in UTF-8"),
            simulation_csv.EMPTY: self.env._("there is nothing to read"),
            simulation_csv.NO_COLUMN: self.env._(
                "this column is missing; needed are %(columns)s",
                columns=", ".join(simulation_csv.REQUIRED),
            ),
            simulation_csv.UNKNOWN_COLUMN: self.env._(
                "there is no such column; known are %(columns)s",
                columns=", ".join(simulation_csv.COLUMNS),
            ),
            simulation_csv.TWICE: self.env._("this column stands there twice"),
            simulation_csv.TOO_MANY: self.env._(
                "more than %(most)s lines; take fewer", most=MOST_CASES
            ),
            simulation_csv.NO_DATE: self.env._(
                "“%(value)s” is no date; write 2026-01-31 or 2026-01-31 14:30 (UTC)",
                value=problem.value[:40],
            ),
            simulation_csv.NO_NUMBER: self.env._(
                "“%(value)s” is no amount; write 1234.50", value=problem.value[:40]
            ),
            simulation_csv.MISSING: self.env._("nothing stands there"),
            simulation_csv.EXTRA: self.env._(
                "it has %(count)s values, more than the header", count=problem.value
            ),
            simulation_csv.UNKNOWN: self.env._(
                "“%(value)s” is nothing we know: %(hint)s",
                value=problem.value[:40],
                hint=self._hint(problem.column),
            ),
        }[problem.code]
        place = {"line": problem.line, "column": problem.column, "what": what}
        if problem.column:
            return self.env._("Line %(line)s, column %(column)s: %(what)s.", **place)
        return self.env._("Line %(line)s: %(what)s.", **place)

    def _hint(self, column):
        return {
            "requester": self.env._("give a login"),
            "beneficiary": self.env._("give a login"),
            "account": self.env._("give an account code"),
            "currency": self.env._("give a code such as EUR"),
            "option": self.env._("give the code of an option of the type"),
        }.get(column, "")

    # ------------------------------------------------------------------ a sheet to begin with

    def _compute_example(self):
        """A sheet that works here as it is: real logins, accounts and currency."""
        today = fields.Date.today()
        users = self.env["res.users"].search([("share", "=", False)], limit=2)
        accounts = self.env["res.partner"].search(
            [("account_code", "!=", False)], limit=2
        )
        for run in self:
            currency = run.policy_id.currency_id.name or ""
            rows = [
                (
                    fields.Date.to_string(fields.Date.subtract(today, days=7 - n)),
                    users[n % len(users)].login,
                    amount,
                    currency,
                    accounts[n % len(accounts)].account_code if accounts else "",
                )
                for n, amount in enumerate(("250", "1200.50", "9800"))
            ]
            text = simulation_csv.write(
                [(*row, "", "", f"Example {n}") for n, row in enumerate(rows, 1)]
            )
            run.example = base64.b64encode(text.encode())
            run.example_name = "cases.csv"
