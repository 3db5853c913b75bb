from odoo import api, fields, models
from odoo.tools import SQL

from ..const import VERIFY_ROWS
from ..policies import retention


class ApprovalEngineCheckpoint(models.Model):
    """Is each checkpoint the one that was sealed, and does it cover only what it may?"""

    _inherit = "approval_engine.checkpoint"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _problems(self):
        """Recompute every checkpoint; holds one batch of entries at a time.

        :return: ``[(number, why)]`` of ``policies.retention``; number 0: entries of no checkpoint
        """
        self.env.flush_all()
        rows = self._read_checkpoints()
        facts = {one.number: self._facts(id_, one) for id_, one in rows}
        found = retention.find_problems(
            [one for _id, one in rows], facts, fields.Datetime.now()
        )
        return [*found, *self._strays()]

    def _read_checkpoints(self):
        """:return: ``[(id, retention.Checkpoint)]`` by number, as the database has them"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, number, made_at, cutoff, company_id, requests, decisions, last_sequence, last_hash,
                       digest, hash
                  FROM approval_engine_checkpoint ORDER BY number, id
                """
            )
        )
        return [(id_, retention.Checkpoint(*values)) for id_, *values in rows]

    def _facts(self, id_, one):
        [(sealed_hash, sealed_at, sequence, last_hash)] = self.env.execute_query(
            SQL(
                """
                SELECT e.decision_hash, s.sealed_at, s.sequence, l.hash
                  FROM (SELECT 1) nothing
                  LEFT JOIN approval_engine_seal_entry e ON e.decision_id = %s
                  LEFT JOIN approval_engine_seal s ON s.id = e.seal_id
                  LEFT JOIN approval_engine_seal l ON l.sequence = %s
                """,
                -one.number,
                one.last_sequence,
            )
        )
        [(count, too_early, back)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*),
                       count(*) FILTER (WHERE e.decision_hash IS DISTINCT FROM c.decision_hash
                                           OR s.sealed_at IS NULL OR s.sealed_at >= %s),
                       count(d.id)
                  FROM approval_engine_checkpoint_entry c
                  LEFT JOIN approval_engine_seal_entry e ON e.decision_id = c.decision_id
                  LEFT JOIN approval_engine_seal s ON s.id = e.seal_id
                  LEFT JOIN approval_engine_decision d ON d.id = c.decision_id
                 WHERE c.checkpoint_id = %s
                """,
                one.cutoff,
                id_,
            )
        )
        return retention.Facts(
            digest=retention.entries_digest(self._read_entries(id_)),
            entries=count,
            sealed_hash=sealed_hash,
            sealed_at=sealed_at,
            sealed_sequence=sequence or 0,
            last_hash=last_hash,
            too_early=too_early,
            back=back,
        )

    def _read_entries(self, id_):
        last = -(2**31)
        while True:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT decision_id, decision_hash, request_id FROM approval_engine_checkpoint_entry
                     WHERE checkpoint_id = %s AND decision_id > %s ORDER BY decision_id LIMIT %s
                    """,
                    id_,
                    last,
                    VERIFY_ROWS,
                )
            )
            if not rows:
                return
            yield from rows
            last = rows[-1][0]

    def _strays(self):
        """:return: a problem if there are entries of no checkpoint"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 1 FROM approval_engine_checkpoint_entry c WHERE NOT EXISTS
                       (SELECT FROM approval_engine_checkpoint k WHERE k.id = c.checkpoint_id) LIMIT 1
                """
            )
        )
        return [(0, retention.WRITTEN)] if rows else []

    @api.model
    def _told(self):
        """:return: ``[{"number", "made_at", "requests", "decisions"}]``: what went, and under which checkpoint"""
        return [
            {
                "number": one.number,
                "made_at": one.made_at.isoformat() + "Z",
                "requests": one.requests,
                "decisions": one.decisions,
            }
            for _id, one in self._read_checkpoints()
        ]

    @api.model
    def _words(self, number, why):
        """:return: a problem in one sentence"""
        words = {
            retention.NUMBER: self.env._("a checkpoint before it is missing"),
            retention.WRITTEN: self.env._(
                "it, or the list of what went, is not as it was written"
            ),
            retention.UNSEALED: self.env._(
                "no seal covers it: the Scheduled Action did not write it"
            ),
            retention.TOO_EARLY: self.env._("it covers what had to be kept"),
            retention.BACK: self.env._("decisions that it says are gone are there"),
        }
        return self.env._(
            "Checkpoint %(number)s does not hold: %(why)s.",
            number=number,
            why=words[why],
        )
