from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..const import SEAL_BATCH, SEAL_CRON
from ..policies import sealing
from ..policies.integrity import GENESIS

WRITER = "approval_engine.seal"  # names the advisory lock of the one who seals


class ApprovalEngineSeal(models.Model):
    """A link of the global chain: it covers decisions of any request, in the order in which they were sealed.

    Decisions are chained per request, so nobody waits for anybody when deciding. One writer
    puts what is committed into this chain afterwards.
    """

    _name = "approval_engine.seal"
    _inherit = ["event_hub.append_only", "event_hub.emitter"]
    _description = "Seal of Decisions"
    _order = "sequence desc"
    _rec_name = "sequence"
    _log_access = False
    _hub_case_type = "seal"

    sequence = fields.Integer(
        "Seal", required=True, readonly=True, aggregator=None, help="1, 2, … no gap."
    )
    sealed_at = fields.Datetime("Sealed", required=True, readonly=True)
    count = fields.Integer("Decisions", required=True, readonly=True)
    total = fields.Integer(
        "So Far",
        required=True,
        readonly=True,
        aggregator=None,
        help="Decisions up to and with this seal.",
    )
    previous_hash = fields.Char("Hash of the Seal Before", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    entry_ids = fields.One2many("approval_engine.seal_entry", "seal_id", readonly=True)

    _sequence_uniq = models.UniqueIndex("(sequence)")

    def _compute_display_name(self):
        for seal in self:
            seal.display_name = self.env._("Seal %(number)s", number=seal.sequence)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "Seals cannot be created by hand. The Scheduled Action seals each decision after it was made.",
            )
        )

    def _hub_company(self):
        """One chain for all companies: every endpoint that asked for it is told."""
        return self.env["res.company"]

    def open_chain_check(self):
        """:return: action that says whether the chains are whole"""
        return self.env["approval_engine.decision"].open_chain_check()

    # -------------------------------------------------------------------- the writer

    @api.model
    def _wake_sealer(self):
        return self.env["event_hub.waker"]._wake(SEAL_CRON)

    @api.model
    def _cron_seal(self, batch_size=SEAL_BATCH):
        """Seal every committed decision, one seal a transaction, and publish the heads after each commit."""
        with self._single_writer() as mine:
            cron = self.env["ir.cron"]
            # Also begins a transaction that sees what the writer before us committed.
            cron._commit_progress(remaining=int(mine))
            while mine:
                count = self._seal_waiting(batch_size)
                left = cron._commit_progress(count, remaining=int(count == batch_size))
                self._publish_heads()
                if count < batch_size or not left:
                    break
        return True

    @contextmanager
    def _single_writer(self):
        """Whether we are the only one who seals. The lock is the session's: it outlasts our commits, not our death."""
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [WRITER])
        [mine] = cr.fetchone()
        try:
            yield mine
        except BaseException:
            cr.rollback()  # else the lock could not be given back
            raise
        finally:
            if mine:
                cr.execute(
                    "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [WRITER]
                )

    @api.model
    def _seal_waiting(self, limit=SEAL_BATCH):
        """Put decisions that no seal covers under one; the caller is the single writer.

        :return: how many; the number of queries does not depend on it
        """
        waiting = self._unsealed(limit)
        if waiting:
            self._seal(waiting, fields.Datetime.now().replace(microsecond=0))
        return len(waiting)

    @api.model
    def _seal(self, waiting, now):
        """Add one seal; the caller is the single writer.

        :param waiting: ``[(id, hash)]`` of decisions; of a checkpoint the negative number
        """
        sequence, total, previous = self._last()
        entries = [
            sealing.Entry(0, position, id_, hash_)
            for position, (id_, hash_) in enumerate(waiting, start=total + 1)
        ]
        seal = self._insert(
            {
                "sequence": sequence + 1,
                "sealed_at": now,
                "count": len(entries),
                "total": total + len(entries),
                "previous_hash": previous,
                "hash": sealing.seal_hash(
                    previous, sequence + 1, fields.Datetime.to_string(now), entries
                ),
            }
        )
        seal._insert_entries(entries)
        seal._tell()

    def _unsealed(self, limit):
        """:return: ``[(decision id, hash)]`` in the order of the ids

        Found one by one: ids are given before the commit, so a low one can appear after a higher one was sealed.
        """
        self.env["approval_engine.decision"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.hash FROM approval_engine_decision d
                 WHERE NOT EXISTS (SELECT FROM approval_engine_seal_entry e WHERE e.decision_id = d.id)
                 ORDER BY d.id LIMIT %s
                """,
                limit,
            )
        )

    def _last(self):
        """:return: ``(sequence, total, hash)`` of the last seal"""
        rows = self.env.execute_query(
            SQL(
                "SELECT sequence, total, hash FROM approval_engine_seal ORDER BY sequence DESC LIMIT 1"
            )
        )
        return rows[0] if rows else (0, 0, GENESIS)

    def _insert(self, values):
        columns = SQL(", ").join(SQL.identifier(name) for name in values)
        [(id_,)] = self.env.execute_query(
            SQL(
                "INSERT INTO approval_engine_seal (%s) VALUES %s RETURNING id",
                columns,
                tuple(values.values()),
            )
        )
        return self.browse(id_)

    def _insert_entries(self, entries):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO approval_engine_seal_entry (seal_id, position, decision_id, decision_hash)
                SELECT %s, * FROM unnest(%s, %s, %s)
                """,
                self.id,
                [entry.position for entry in entries],
                [entry.decision_id for entry in entries],
                [entry.decision_hash for entry in entries],
            )
        )

    def _tell(self):
        self._emit(
            "approval.sealed",
            occurred_at=self.sealed_at,
            sequence=self.sequence,
            count=self.count,
            total=self.total,
            previous=self.previous_hash,
            hash=self.hash,
        )
