from odoo import api, fields, models

from ..fields import FrozenJson
from ..policies import adherence, integrity
from .approval_engine_request import READS_ALL


class ApprovalEngineRequest(models.Model):
    """What a governed record was once the approval was used: the adherence report compares it with today."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    result_id = fields.Integer(
        "Record It Came To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=READS_ALL,
        help="Id of the record that came of it.",
    )
    result = FrozenJson(
        "What Came of It",
        readonly=True,
        copy=False,
        groups=READS_ALL,
        help="Its governed values then; the ledger tells their fingerprint.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"result", "result_id"}

    def _keep_result(self, record_id, content=None):
        """:param content: the governed values now, if they were read already"""
        change = self.change
        record = self.env[change["model"]].browse(record_id).exists()
        if not record:
            return  # deleted, as approved
        if content is None:
            content = self.env["approval_engine.governed"]._contents_of(
                change["fields"], change["lines"], record
            )[record_id]
        self._write_guarded({"result_id": record_id, "result": content})

    def _result_told(self):
        """:return: attributes of the event that tells that it was done"""
        if not self.governed_key or not self.result:
            return {}
        return {"result": integrity.digest(self.result)}

    def _as_approval(self, signed, told):
        """:param signed: fingerprints of the content that approvals are about; None: the log does not verify
        :param told: fingerprint of the result in the ledger, if it has one
        """
        frozen, change = self.content_frozen or {}, self.change or {}
        whole = signed == {integrity.digest(frozen)}
        result = None
        if told and self.result:
            whole = whole and told == integrity.digest(self.result)
            result = self.result
        return adherence.Approval(
            self.id,
            self.state,
            self.operation or "",
            self.decided_at or None,
            whole,
            before=frozen.get("subject") or change.get("old") or {},
            approved=(frozen.get("change") or {}).get("new") or {},
            result=result,
        )
