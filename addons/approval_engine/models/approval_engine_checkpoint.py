import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one
from odoo.addons.event_hub.tools import gate

from ..const import RETENTION_BATCH
from ..policies import request_state, retention

_logger = logging.getLogger(__name__)

ENDED = (
    request_state.EXECUTED,
    request_state.REJECTED,
    request_state.RECALLED,
    request_state.EXPIRED,
    request_state.LAPSED,
)


class ApprovalEngineCheckpoint(models.Model):
    """What was deleted after the years a company keeps it, so that what is left still verifies.

    Written, put under a seal of its own and followed by the deletion in one transaction; its fingerprint is in the
    global chain, so in the heads outside, too.
    """

    _name = "approval_engine.checkpoint"
    _inherit = ["event_hub.append_only", "event_hub.emitter"]
    _description = "Checkpoint of Retention"
    _order = "number desc"
    _rec_name = "number"
    _log_access = False
    _hub_case_type = "checkpoint"

    number = fields.Integer("Checkpoint", required=True, readonly=True, aggregator=None)
    made_at = fields.Datetime("Made", required=True, readonly=True)
    cutoff = fields.Datetime("Ended Before", required=True, readonly=True)
    company_id = LooseMany2one(
        "res.company", "Company", required=True, readonly=True, index=True
    )
    requests = fields.Integer("Requests Deleted", required=True, readonly=True)
    decisions = fields.Integer("Decisions Deleted", required=True, readonly=True)
    last_sequence = fields.Integer("Last Seal", required=True, readonly=True)
    last_hash = fields.Char("Hash of the Last Seal", required=True, readonly=True)
    digest = fields.Char("Fingerprint of What Went", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _number_uniq = models.UniqueIndex("(number)")

    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._("Checkpoint %(number)s", number=one.number)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "Checkpoints cannot be created by hand. The Scheduled Action makes them.",
            )
        )

    def _hub_company(self):
        return self.company_id

    # ------------------------------------------------------------------ the job

    @api.model
    def _cron_retain(self, batch_size=RETENTION_BATCH):
        """Delete requests that ended longer ago than their company keeps them, each batch under a checkpoint."""
        seals = self.env["approval_engine.seal"]
        cron = self.env["ir.cron"]
        with seals._single_writer() as mine:
            cron._commit_progress(remaining=0)
            if not mine or not self._are_heads_out():
                return True
            for company in self.env["res.company"].search(
                [("approval_retention_years", ">", 0)]
            ):
                if not self._retain_company(company, batch_size):
                    break
        return True

    def _retain_company(self, company, batch_size):
        """:return: whether there is time and reason to go on"""
        after, cron = 0, self.env["ir.cron"]
        while True:
            found = self._candidates(company, after, batch_size)
            if not found:
                return True
            after = found[-1].id
            count = self._retain(company, found)
            left = cron._commit_progress(count, remaining=len(found) == batch_size)
            if not self._are_heads_out() or not left:
                return False

    def _are_heads_out(self):
        """:return: whether all seals are published, where odoo.conf names a file: else nothing is deleted"""
        seals = self.env["approval_engine.seal"]
        seals._publish_heads()
        if seals._outside()[0] and seals._measure_unpublished()[0]:
            _logger.warning(
                "Approvals: heads of seals are not published, so nothing is deleted"
            )
            return False
        return True

    # ------------------------------------------------------------------ what may go

    def _cutoff(self, company):
        """:return: what ended before may go; None: nothing may"""
        policies = self.env["approval_engine.policy"].sudo()
        longest = policies.search_fetch(
            [("company_id", "in", (company.id, False)), ("window_days", ">", 0)],
            ["window_days"],
            order="window_days desc",
            limit=1,
        )
        now = fields.Datetime.now().replace(microsecond=0)
        return retention.cutoff(
            now, company.approval_retention_years, longest.window_days
        )

    def _candidates(self, company, after, limit):
        """:return: requests of ids beyond ``after`` that ended before the cutoff and are not held"""
        cutoff = self._cutoff(company)
        requests = self.env["approval_engine.request"].sudo()
        if cutoff is None:
            return requests
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("id", ">", after)
            & Domain("state", "in", ENDED)
            & Domain("hold_reason", "=", False)
            & Domain("submitted_at", "<", cutoff)
            & Domain("decided_at", "<", cutoff)
            & (Domain("executed_at", "=", False) | Domain("executed_at", "<", cutoff))
        )
        return requests.search(domain, order="id", limit=limit)

    def _rests_on(self):
        """:return: ``[(model, field)]`` of records that do not let their request go"""
        return sorted(
            (model._name, field.name)
            for model in self.env.registry.values()
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.type == "many2one"
            and field.store
            and field.comodel_name == "approval_engine.request"
            and field.ondelete == "restrict"
            and not isinstance(field, LooseMany2one)
        )

    def _referred(self, requests):
        """:return: ids of those that another record rests on"""
        found = set()
        for model, name in self._rests_on():
            records = self.env[model]
            records.flush_model([name])
            column = SQL.identifier(name)
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s FROM %s WHERE %s = ANY(%s)",
                    column,
                    SQL.identifier(records._table),
                    column,
                    requests.ids,
                )
            )
            found.update(id_ for (id_,) in rows)
        return found

    # ------------------------------------------------------------------ one batch

    def _retain(self, company, found):
        """Write a checkpoint over those that verify, seal it, and delete them; the caller is the single writer.

        :return: how many went
        """
        cutoff = self._cutoff(company)
        requests = found.try_lock_for_update(allow_referencing=True)
        requests.invalidate_recordset()
        kept = self._referred(requests)
        requests = requests.filtered(
            lambda r: (
                r.state in ENDED
                and not r.hold_reason
                and r.decided_at < cutoff
                and r.id not in kept
            )
        )
        entries = self._entries(requests, cutoff)
        gone = requests.filtered(lambda r: r.id in entries)
        if not gone:
            return 0
        rows = sorted(row for one in gone.ids for row in entries[one])
        checkpoint = self._write_down(company, cutoff, len(gone), rows)
        self._delete(gone, checkpoint)
        return len(gone)

    def _entries(self, requests, cutoff):
        """:return: ``{request id: [(decision id, hash, request id)]}`` of those whose log is whole and long sealed"""
        whole = self.env["approval_engine.decision"]._whole_logs(requests)
        late = self._sealed_late(requests, cutoff)
        for id_ in set(requests.ids) - whole.keys():
            _logger.warning(
                "Approval request %s is kept: its decision log does not verify", id_
            )
        return {
            id_: [(row["id"], row["hash"], id_) for row in rows]
            for id_, rows in whole.items()
            if id_ not in late
        }

    def _sealed_late(self, requests, cutoff):
        """:return: ids of requests with a decision that is not sealed, or was not before the cutoff"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT d.request_id FROM approval_engine_decision d
                  LEFT JOIN approval_engine_seal_entry e ON e.decision_id = d.id
                  LEFT JOIN approval_engine_seal s ON s.id = e.seal_id
                 WHERE d.request_id = ANY(%s) AND (s.sealed_at IS NULL OR s.sealed_at >= %s)
                """,
                requests.ids,
                cutoff,
            )
        )
        return {id_ for (id_,) in rows}

    def _write_down(self, company, cutoff, count, rows):
        """:param rows: ``[(decision id, hash, request id)]``
        :return: the checkpoint, with its entries and its seal
        """
        seals = self.env["approval_engine.seal"]
        sequence, _total, last_hash = seals._last()
        one = retention.Checkpoint(
            number=self._last_number() + 1,
            made_at=fields.Datetime.now().replace(microsecond=0),
            cutoff=cutoff,
            company_id=company.id,
            requests=count,
            decisions=len(rows),
            last_sequence=sequence,
            last_hash=last_hash,
            digest=retention.entries_digest(rows),
        )
        values = dict(vars(one)) | {"hash": retention.checkpoint_hash(one)}
        columns = SQL(", ").join(SQL.identifier(name) for name in values)
        [(id_,)] = self.env.execute_query(
            SQL(
                "INSERT INTO approval_engine_checkpoint (%s) VALUES %s RETURNING id",
                columns,
                tuple(values.values()),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO approval_engine_checkpoint_entry
                       (checkpoint_id, decision_id, decision_hash, request_id)
                SELECT %s, * FROM unnest(%s::int[], %s::varchar[], %s::int[])
                """,
                id_,
                *([row[at] for row in rows] for at in range(3)),
            )
        )
        seals._seal([(-one.number, values["hash"])], one.made_at)
        checkpoint = self.browse(id_)
        checkpoint._tell()
        return checkpoint

    def _last_number(self):
        [(number,)] = self.env.execute_query(
            SQL("SELECT COALESCE(max(number), 0) FROM approval_engine_checkpoint")
        )
        return number

    def _tell(self):
        self._emit(
            "approval.purged",
            occurred_at=self.made_at,
            number=self.number,
            requests=self.requests,
            decisions=self.decisions,
            cutoff=fields.Datetime.to_string(self.cutoff),
            hash=self.hash,
        )

    def _delete(self, requests, checkpoint):
        ids = requests.ids
        for name in ("decision", "question", "evidence"):
            model = self.env[f"approval_engine.{name}"]
            with model._maintenance(f"retention, checkpoint {checkpoint.number}"):
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE request_id = ANY(%s)",
                        SQL.identifier(model._table),
                        ids,
                    )
                )
        gate.admit(requests, {"retained": checkpoint.number}).unlink()
