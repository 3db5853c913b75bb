from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..policies import governance

SUMMARY_LINES = 3  # of a diff in a list


class EventHubRuleVersion(models.Model):
    """What changed in a governed rule, its actions or its charter: who, when, what. Times are naive UTC."""

    _name = "event_hub.rule_version"
    _inherit = ["event_hub.append_only"]
    _description = "Rule Version"
    _order = "automation_id, version desc"
    _rec_name = "version"
    _log_access = False

    automation_id = LooseMany2one(
        "base.automation",
        "Rule",
        required=True,
        readonly=True,
        context={"active_test": False},
    )
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    user_id = LooseMany2one("res.users", "Changed By", readonly=True)
    changed_at = fields.Datetime(
        "Changed", required=True, readonly=True, default=fields.Datetime.now
    )
    diff = fields.Text("What Changed", readonly=True)
    summary = fields.Char("In Short", compute="_compute_summary")
    snapshot = fields.Json(readonly=True, help="The whole rule after the change.")

    _version_uniq = models.UniqueIndex(
        "(automation_id, version)", "Somebody else has just changed this rule. Reload."
    )

    @api.depends("automation_id", "version")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(rule)s, version %(number)s",
                rule=version.automation_id.exists().name or self.env._("Deleted rule"),
                number=version.version,
            )

    @api.depends("diff", "version")
    def _compute_summary(self):
        for version in self:
            lines = (version.diff or "").splitlines()
            if version.version == 1:  # all that follows is the rule itself
                version.summary = next(iter(lines), "")
                continue
            shown = "; ".join(line.strip() for line in lines[:SUMMARY_LINES])
            version.summary = f"{shown}; …" if len(lines) > SUMMARY_LINES else shown

    @api.model
    def _record(self, rules, remark=None):
        """Add a version for each of ``rules`` that differs from its last one.

        Comparing with what is on record, and not with what was there before this call, also
        tells changes that came in any other way.

        :param rules: in superuser mode
        :param remark: first line of the diff; with one, a version is made in any case
        """
        rules.lock_for_update(allow_referencing=True)
        # Reading computes what is pending, which may write, and so make a version, on its own.
        now = {rule: rule._snapshot() for rule in rules}
        last = self._last(rules)
        rows = []
        for rule, after in now.items():
            number, before = last.get(rule.id, (0, {}))
            found = governance.changes(before, after)
            if not found and not remark:
                continue
            lines = [remark] if remark else []
            if number:
                lines.append(governance.diff_text(found))
            else:
                lines.append(self.env._("First version."))
                lines.append(governance.first_text(after))
            rows.append(
                {
                    "automation_id": rule.id,
                    "version": number + 1,
                    "user_id": self.env.uid,
                    "diff": "\n".join(line for line in lines if line),
                    "snapshot": after,
                }
            )
        return self.create(rows)

    @api.model
    def _last(self, rules):
        """:return: ``{rule id: (version, snapshot)}``, one query"""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (automation_id) automation_id, version, snapshot
                  FROM event_hub_rule_version
                 WHERE automation_id = ANY(%s)
              ORDER BY automation_id, version DESC
                """,
                rules.ids,
            )
        )
        return {rule_id: (number, found or {}) for rule_id, number, found in rows}
