from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..policies import access, integrity, policy_state

OPEN, CLOSED = "open", "closed"
LOOKED_BACK = 90  # days of decisions that a line tells of


class ApprovalEngineAccessReview(models.Model):
    """Who may decide what, on one day, and what managers said to each line of it."""

    _name = "approval_engine.access_review"
    _inherit = ["approval_engine.guarded", "event_hub.emitter"]
    _description = "Access Review"
    _order = "id desc"
    _hub_case_type = "access_review"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(
        [(OPEN, "Open"), (CLOSED, "Closed")],
        required=True,
        readonly=True,
        default=OPEN,
    )
    opened_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    opened_at = fields.Datetime("Opened", readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    closed_at = fields.Datetime("Closed", readonly=True)
    digest = fields.Char(
        "Fingerprint",
        readonly=True,
        help="SHA-256 of all lines and what was said to them; the ledger has it, too.",
    )
    line_ids = fields.One2many(
        "approval_engine.access_review_line", "review_id", "Who May Decide"
    )
    line_count = fields.Integer("Lines", compute="_compute_counts")
    left_count = fields.Integer("To Judge", compute="_compute_counts")
    is_whole = fields.Boolean(
        compute="_compute_is_whole",
        help="Whether the lines are still those that were closed.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "name",
            "company_id",
            "state",
            "opened_by_id",
            "opened_at",
            "closed_by_id",
            "closed_at",
            "digest",
            "line_ids",
        }

    def _compute_counts(self):
        groups = self.env["approval_engine.access_review_line"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "verdict"], ["__count"]
        )
        for review in self:
            own = {verdict: n for found, verdict, n in groups if found == review}
            review.line_count = sum(own.values())
            review.left_count = own.get(False, 0)

    @api.depends("digest")
    def _compute_is_whole(self):
        for review in self:
            review.is_whole = (
                not review.digest or review._lines_digest() == review.digest
            )

    # ------------------------------------------------------------------ open

    @api.model
    def open_review(self):
        """Write down who may decide what today, in the caller's company.

        :return: action that opens the new review
        """
        self._refuse_others()
        company = self.env.company
        now = fields.Datetime.now()
        review = self.sudo().create(
            {
                "name": self.env._(
                    "%(company)s, %(day)s",
                    company=company.name,
                    day=fields.Date.context_today(self),
                ),
                "company_id": company.id,
                "opened_by_id": self.env.uid,
                "opened_at": now,
            }
        )
        self.env["approval_engine.access_review_line"].sudo().create(
            review._found_lines()
        )
        review._emit("approval.access_review_opened", **review._told())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": review.id,
            "views": [(False, "form")],
        }

    def _refuse_others(self):
        authority = self.env["approval_engine.authority"]
        if not authority._is_confirmed_manager(self.env.user):
            raise AccessError(
                self.env._("Only approval managers review who may decide.")
            )

    def _found_lines(self):
        """:return: values of one line per policy in force, step and person"""
        policies = self.env["approval_engine.policy"].search(
            Domain("state", "=", policy_state.ACTIVE)
            & Domain("company_id", "in", (self.company_id.id, False)),
            order="type_id, id",
        )
        since = self._authority_since(policies.step_ids.group_id)
        decided = self._decided_lately()
        return [
            {
                **self._step_values(step),
                **person,
                **since.get((step.group_id.id, person["user_id"]), {}),
                **decided.get((step.policy_id.type_id.id, person["user_id"]), {}),
            }
            for step in policies.step_ids
            for person in self._people_of(step)
        ]

    def _step_values(self, step):
        policy = step.policy_id
        return {
            "review_id": self.id,
            "policy_id": policy.id,
            "policy_name": policy.display_name,
            "type_id": policy.type_id.id,
            "step_id": step.id,
            "step_name": step.name,
            "group_id": step.group_id.id,
            "above": step.amount_from,
            "currency_id": policy.currency_id.id,
        }

    def _people_of(self, step):
        """:return: values of who may decide the step; one line in words where each request names others"""
        users = self.env["res.users"].browse(step._standing_ids(self.company_id))
        return [
            {
                "user_id": one.user_id or False,
                "who": users.browse(one.user_id).name or step._who_words(),
                "why": one.why,
            }
            for one in access.holders(
                step.route, users.sorted("name").ids, step.user_ids.ids
            )
        ]

    def _authority_since(self, groups):
        """:return: ``{(group id, user id): values}`` of who agreed to it, and when"""
        rows = self.env["approval_engine.authority"].search(
            [("group_id", "in", groups.ids), ("state", "=", "confirmed")]
        )
        return {
            (row.group_id.id, row.user_id.id): {
                "since": row.decided_at,
                "agreed_by_id": row.decided_by_id.id,
            }
            for row in rows
        }

    def _decided_lately(self):
        """:return: ``{(type id, user id): values}`` of the decisions of the last 90 days"""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=LOOKED_BACK)
        groups = self.env["approval_engine.decision"]._read_group(
            [("company_id", "=", self.company_id.id), ("decided_at", ">=", since)],
            ["request_id.type_id", "user_id"],
            ["__count", "decided_at:max"],
        )
        return {
            (kind.id, user.id): {"decisions": count, "last_decided_at": last}
            for kind, user, count, last in groups
        }

    # ------------------------------------------------------------------ close

    def action_close(self):
        """End the review once each line is judged, and put its fingerprint into the ledger."""
        self.check_access("read")
        self._refuse_others()
        for review in self.sudo():
            review.lock_for_update(allow_referencing=True)
            review._refuse_unless_judged()
            review._write_guarded(
                {
                    "state": CLOSED,
                    "closed_by_id": self.env.uid,
                    "closed_at": fields.Datetime.now(),
                    "digest": review._lines_digest(),
                }
            )
            review._emit("approval.access_reviewed", **review._told())
        return True

    def _refuse_unless_judged(self):
        if self.state != OPEN:
            raise UserError(
                self.env._("%(review)s is closed already.", review=self.display_name)
            )
        left = self.line_ids.filtered(lambda line: not line.verdict)
        if left:
            raise UserError(
                self.env._(
                    "%(review)s: %(count)s lines wait for a word, such as %(first)s. Keep or remove each.",
                    review=self.display_name,
                    count=len(left),
                    first=left[0].display_name,
                )
            )

    def _lines_digest(self):
        return integrity.digest(
            [line._fingerprint() for line in self.sudo().line_ids.sorted("id")]
        )

    def _told(self):
        lines = self.line_ids
        return {
            "review": self.name,
            "lines": len(lines),
            "removed": len(lines.filtered(lambda line: line.verdict == "remove")),
            "digest": self.digest or None,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Access reviews stay on record."))
