from odoo import api, models
from odoo.tools import SQL

from ..const import VERIFY_ROWS
from ..policies import sealing
from ..tools import heads_file


class ApprovalEngineSeal(models.Model):
    """Is the global chain as it was written, and does it agree with what is kept outside?"""

    _inherit = "approval_engine.seal"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _problems(self, heads=()):
        """Recompute every seal and compare it with its decisions and with the heads; holds one batch at a time.

        :param heads: iterable of ``sealing.Head``, kept outside
        :return: list of ``sealing.Problem``
        """
        found = sealing.first_problem(self._read_seals(), self._read_entries())
        return [
            *([found] if found else []),
            *(
                sealing.Problem(sealing.CHECKPOINT, number, 0, why)
                for number, why in self.env["approval_engine.checkpoint"]._problems()
            ),
            *self._head_problems([*self._told_last(), *heads]),
        ]

    def _read_seals(self):
        last = SQL("(%s, 0)", -(2**31))
        while True:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id, sequence, count, total, sealed_at, previous_hash, hash
                      FROM approval_engine_seal WHERE (sequence, id) > %s ORDER BY sequence, id LIMIT %s
                    """,
                    last,
                    VERIFY_ROWS,
                )
            )
            if not rows:
                return
            yield from (self._as_seal(*row) for row in rows)
            last = SQL("(%s, %s)", rows[-1][1], rows[-1][0])

    def _read_entries(self):
        """What is gone is as its checkpoint says, which is verified by itself; a checkpoint has a negative number."""
        last = SQL("(%s, 0)", -(2**31))
        while True:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT e.seal_id, e.position, e.decision_id, e.decision_hash,
                           COALESCE(d.hash, c.decision_hash, k.hash), e.id
                      FROM approval_engine_seal_entry e
                      LEFT JOIN approval_engine_decision d ON d.id = e.decision_id
                      LEFT JOIN approval_engine_checkpoint_entry c ON c.decision_id = e.decision_id
                      LEFT JOIN approval_engine_checkpoint k ON k.number = -e.decision_id
                     WHERE (e.position, e.id) > %s ORDER BY e.position, e.id LIMIT %s
                    """,
                    last,
                    VERIFY_ROWS,
                )
            )
            if not rows:
                return
            yield from (sealing.Entry(*row[:-1]) for row in rows)
            last = SQL("(%s, %s)", rows[-1][1], rows[-1][-1])

    def _told_last(self):
        """What the ledger tells of the last seal. It is in the same database; still, it is one more place to forge."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT attributes FROM event_hub_event WHERE type = 'approval.sealed'
                 ORDER BY occurred_at DESC, id DESC LIMIT 1
                """
            )
        )
        return [sealing.as_head(told) for (told,) in rows if told]

    def _head_problems(self, heads):
        problems = sealing.head_problems(heads, self._hashes(self.env.cr, heads))
        missing = [p for p in problems if p.why == sealing.HEAD_MISSING]
        if not missing:
            return list(problems)
        # Published after our transaction began?
        with self.env.registry.cursor() as cr:
            later = sealing.head_problems(heads, self._hashes(cr, heads))
        gone = {problem.sequence for problem in later}
        return [p for p in problems if p not in missing or p.sequence in gone]

    def _hashes(self, cr, heads):
        """:return: ``{sequence: hash}`` of those that a head names"""
        cr.execute(
            SQL(
                "SELECT sequence, hash FROM approval_engine_seal WHERE sequence = ANY(%s)",
                list({head.sequence for head in heads}),
            )
        )
        return dict(cr.fetchall())

    @api.model
    def _heads_outside(self):
        """:return: the heads of this database in the file of odoo.conf; none if there is no file"""
        path = heads_file.configured()
        if not path or not path.exists():
            return sealing.Outside()
        return heads_file.read(path, self.env.cr.dbname)

    @api.model
    def _words(self, problem):
        """:return: a problem in one sentence"""
        if problem.why == sealing.CHECKPOINT:
            checkpoints = self.env["approval_engine.checkpoint"]
            return checkpoints._words(problem.sequence, problem.detail)
        words = {
            sealing.ORDER: self.env._(
                "Seal %(number)s does not link to the one before, or one before it is missing.",
                number=problem.sequence,
            ),
            sealing.COUNT: self.env._(
                "Seal %(number)s does not hold the entries it was made of.",
                number=problem.sequence,
            ),
            sealing.DECISION: self.env._(
                "Decision %(id)s under seal %(number)s was changed or is gone.",
                id=problem.decision_id,
                number=problem.sequence,
            ),
            sealing.HASH: self.env._(
                "Seal %(number)s or one of its entries was changed.",
                number=problem.sequence,
            ),
            sealing.LEFT_OVER: self.env._("Seals at the end are missing."),
            sealing.HEAD_OTHER: self.env._(
                "Seal %(number)s is not the one whose head was kept outside.",
                number=problem.sequence,
            ),
            sealing.HEAD_MISSING: self.env._(
                "Seal %(number)s, whose head was kept outside, is missing.",
                number=problem.sequence,
            ),
        }
        return words[problem.why]
