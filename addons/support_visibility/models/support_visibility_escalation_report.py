from odoo import fields, models
from odoo.tools import SQL

from ..policies.escalation import REASON_CLASSES


class SupportVisibilityEscalationReport(models.Model):
    """How good escalations are: those that went to another team and were not sent back by it / those that went there.

    An escalation bounced if, before anything escalated the ticket again, it was handed from the team that got it back
    to the team that gave it. One row per escalation.
    """

    _name = "support_visibility.escalation_report"
    _description = "Escalation Quality"
    _auto = False
    _rec_name = "ticket_id"
    _order = "at desc, id desc"

    ticket_id = fields.Many2one("support_visibility.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    category_id = fields.Many2one("support_visibility.category", readonly=True)
    at = fields.Datetime("When", readonly=True)
    reason_class = fields.Selection(REASON_CLASSES, "Kind of Reason", readonly=True)
    reason = fields.Char("Why", readonly=True)
    by_user_id = fields.Many2one("res.users", "By", readonly=True)
    from_team_id = fields.Many2one("support_visibility.team", readonly=True)
    to_team_id = fields.Many2one("support_visibility.team", readonly=True)
    passed_on = fields.Integer(
        "To Another Team", readonly=True, help="What the quality is a share of."
    )
    bounced = fields.Integer("Sent Back", readonly=True)
    quality = fields.Float(
        "Not Sent Back (%)",
        readonly=True,
        aggregator="avg",
        help="Of the escalations that went to another team.",
    )

    @property
    def _table_query(self):
        for name in ("escalation", "handoff"):
            self.env[f"support_visibility.{name}"].flush_model()
        return SQL(
            """
            SELECT told.*, (is_passed)::int AS passed_on, (is_passed AND is_back)::int AS bounced,
                   CASE WHEN NOT is_passed THEN NULL WHEN is_back THEN 0.0 ELSE 100.0 END AS quality
              FROM (
                SELECT e.id, e.ticket_id, e.company_id, e.account_id, e.category_id, e.at, e.reason_class, e.reason,
                       e.by_user_id, e.from_team_id, e.to_team_id,
                       COALESCE(e.to_team_id IS DISTINCT FROM e.from_team_id AND e.to_team_id IS NOT NULL, FALSE)
                           AS is_passed,
                       EXISTS (
                           SELECT 1 FROM support_visibility_handoff h
                            WHERE h.ticket_id = e.ticket_id AND h.at >= e.at AND h.from_team_id = e.to_team_id
                              AND h.to_team_id = e.from_team_id
                              AND NOT EXISTS (
                                  SELECT 1 FROM support_visibility_escalation later
                                   WHERE later.ticket_id = e.ticket_id AND later.id > e.id AND later.at <= h.at)
                       ) AS is_back
                  FROM support_visibility_escalation e) AS told
            """
        )
