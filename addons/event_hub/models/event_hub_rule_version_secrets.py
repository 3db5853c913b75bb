# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from ..policies import governance


class EventHubRuleVersion(models.Model):
    """Versions of earlier releases told the addresses of webhooks, which are secrets."""

    _inherit = "event_hub.rule_version"

    @api.model
    def _take_out_secrets(self):
        """Put a digest in place of each; called once, by the upgrade.

        :return: how many versions were changed
        """
        rows = self._with_secrets()
        if not rows:
            return 0
        secrets = {}  # rule: what its versions tell
        for _id, rule_id, _diff, snapshot in rows:
            found = governance.secrets_of(snapshot or {})
            secrets.setdefault(rule_id, set()).update(found)
        with self._maintenance("addresses of webhooks are secrets"):
            for id_, rule_id, diff, snapshot in rows:
                cleaned, text = governance.without_secrets(
                    snapshot or {}, diff or "", secrets[rule_id]
                )
                self.env.cr.execute(
                    SQL(
                        "UPDATE event_hub_rule_version SET snapshot = %s, diff = %s WHERE id = %s",
                        Json(cleaned),
                        text,
                        id_,
                    )
                )
        return len(rows)

    def _with_secrets(self):
        """:return: all versions of rules of which one tells a secret: ``(id, rule, diff, snapshot)``"""
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, automation_id, diff, snapshot FROM event_hub_rule_version
                 WHERE automation_id IN (
                       SELECT automation_id FROM event_hub_rule_version WHERE snapshot::text LIKE %s)
                 ORDER BY id
                """,
                f'%{governance.SECRET_NAME}"%',
            )
        )
