from odoo import api, models

from ..policies import integrity


class ApprovalEngineDecision(models.Model):
    """The logs of several requests at once, those that verify."""

    _inherit = "approval_engine.decision"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _whole_logs(self, requests):
        """Two queries, read past the cache.

        :return: ``{request id: [row]}`` in order; a request whose log was altered is left out
        """
        logs, found = {}, {}
        for row in self._rows(requests.ids):
            logs.setdefault(row["request_id"], []).append(row)
        for id_, head in self._heads_of(requests.ids):
            rows = logs.get(id_, [])
            links = [self._link_of_row(row) for row in rows]
            altered = any(
                row["sealed_hash"] and row["sealed_hash"] != row["hash"] for row in rows
            )
            if not altered and integrity.first_bad_link(links, head) is None:
                found[id_] = rows
        return found
