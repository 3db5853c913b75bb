from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.event_hub.fields import LooseMany2one
from odoo.addons.event_hub.tools import gate

from ..const import ACTIONS
from ..policies import integrity

VERIFY_BATCH = 1000  # requests per query


class ApprovalEngineDecision(models.Model):
    """What somebody decided. Never changed, and linked to the decision before it by its hash."""

    _name = "approval_engine.decision"
    _inherit = ["event_hub.append_only"]
    _description = "Approval Decision"
    _order = "id desc"
    _rec_name = "step_name"
    _log_access = False

    request_id = LooseMany2one(
        "approval_engine.request", "Request", required=True, readonly=True, index=True
    )
    company_id = LooseMany2one(
        "res.company", "Company", required=True, readonly=True, index=True
    )
    sequence = fields.Integer(
        "No.", required=True, readonly=True, help="1, 2, … within the request."
    )
    round = fields.Integer(required=True, readonly=True)
    step_sequence = fields.Integer(readonly=True)
    step_name = fields.Char("Step", readonly=True)
    user_id = LooseMany2one("res.users", "By", required=True, readonly=True)
    user_login = fields.Char("Login", required=True, readonly=True)
    user_name = fields.Char("Name", required=True, readonly=True)
    action = fields.Selection(ACTIONS, "Decision", required=True, readonly=True)
    option = fields.Char(readonly=True)
    comment = fields.Text(readonly=True)
    content_hash = fields.Char(
        required=True, readonly=True, help="Fingerprint of what was decided on."
    )
    evidence_hash = fields.Char(
        required=True, readonly=True, help="Fingerprint of the evidence shown."
    )
    decided_at = fields.Datetime("When", required=True, readonly=True)
    correlation = fields.Char(required=True, readonly=True, index=True)
    previous_hash = fields.Char(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        carried = gate.born_with(self)
        if (
            not all(
                carried.get("hash") == vals.get("hash") and carried == vals
                for vals in vals_list
            )
            or not vals_list
        ):
            raise AccessError(
                self.env._(
                    "Decisions cannot be created directly. Approve or reject the request.",
                )
            )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "Decision log: %(fields)s cannot be changed. What was decided stays as it was decided.",
                fields=", ".join(sorted(vals)),
            )
        )

    def unlink(self):  # pylint: disable=method-required-super
        raise AccessError(  # pylint: disable=no-raise-unlink
            self.env._("Decision log: decisions cannot be deleted.")
        )

    # ------------------------------------------------------------------ chain

    @api.model
    def _append(self, request, action, step, comment):
        """Write what ``env.user`` decided as the next link of the request's chain.

        :param step: the request step decided, may be empty
        """
        values = self._prepare_values(request, action, step, comment)
        link = self._link(values)
        values |= {
            "hash": integrity.link_hash(link.previous, link.sequence, link.payload)
        }
        decision = gate.admit(self.browse(), values).create([values])
        request._write_guarded(
            {
                "decision_count": values["sequence"],
                "decision_head": values["hash"],
                "decision_last_id": decision.id,
            }
        )
        return decision.with_env(self.env)

    def _prepare_values(self, request, action, step, comment):
        user = self.env.user
        return {
            "request_id": request.id,
            "company_id": request.company_id.id,
            "sequence": request.decision_count + 1,
            "round": request.round,
            "step_sequence": step.sequence if step else 0,
            "step_name": step.name if step else False,
            "user_id": user.id,
            "user_login": user.login,
            "user_name": user.name,
            "action": action,
            "option": request.option or False,
            "comment": comment or False,
            "content_hash": request.content_hash,
            "evidence_hash": request.evidence_hash,
            "decided_at": fields.Datetime.now(),
            "correlation": request.correlation,
            "previous_hash": request.decision_head or integrity.GENESIS,
        }

    @api.model
    def _link(self, values, link_id=0):
        """:return: a decision as the chain sees it"""
        covered = (
            "request_id",
            "company_id",
            "round",
            "step_sequence",
            "step_name",
            "user_id",
            "user_login",
            "user_name",
            "action",
            "option",
            "comment",
            "content_hash",
            "evidence_hash",
            "correlation",
        )
        payload = {name: values[name] or None for name in covered}
        payload["decided_at"] = fields.Datetime.to_string(values["decided_at"])
        return integrity.Link(
            link_id,
            values["sequence"],
            values["previous_hash"],
            values.get("hash", ""),
            payload,
        )

    def _links(self):
        """:return: the decisions as links, read from the database as they are there"""
        self.env.flush_all()
        self.invalidate_recordset()
        names = [
            name for name, field in self._fields.items() if field.store and name != "id"
        ]
        return [
            self._link({name: _plain(row[name]) for name in names}, row.id)
            for row in self.sorted(lambda d: (d.sequence, d.id))
        ]

    @api.model
    def verify_chain(self):
        """Recompute every chain the user may see.

        Compares each decision with its hash, its predecessor and what its request remembers.
        :return: {"ok", "checked": decisions, "first_bad": id | false, "sealed": 0, "unsealed": decisions}
        """
        self.check_access("read")
        requests = self.env["approval_engine.request"].search(
            [("decision_count", ">", 0)], order="id"
        )
        bad, checked = [], 0
        for start in range(0, len(requests), VERIFY_BATCH):
            batch = requests[start : start + VERIFY_BATCH]
            found = self._verify(batch)
            bad += found[0]
            checked += found[1]
        bad += self._strays(requests)
        return {
            "ok": not bad,
            "checked": checked,
            "first_bad": min(bad) if bad else False,
            "sealed": 0,
            "unsealed": checked,
        }

    def open_request(self):
        """:return: action that shows the request, with the evidence it was decided on"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "approval_engine.request",
            "res_id": self.request_id.id,
            "views": [(False, "form")],
        }

    def open_chain_check(self):
        """:return: action that says whether every chain the user may see is whole"""
        found = self.verify_chain()
        if found["ok"]:
            message = self.env._(
                "%(count)s decisions checked: none was changed, removed or slipped in.",
                count=found["checked"],
            )
        else:
            message = self.env._(
                "Decision %(id)s is not as it was written: it, or one around it, was changed, removed or slipped in. "
                "Keep the database as it is and compare it with a backup.",
                id=found["first_bad"],
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Decision log"),
                "message": message,
                "type": "success" if found["ok"] else "danger",
                "sticky": not found["ok"],
            },
        }

    @api.model
    def _verify(self, requests):
        """:return: ([id of the first bad decision of each bad request], decisions checked)"""
        decisions = self.sudo().search(
            [("request_id", "in", requests.ids)], order="request_id, sequence, id"
        )
        chains = {}
        for link in decisions._links():
            chains.setdefault(link.payload["request_id"], []).append(link)
        bad = []
        for request in requests.sudo():
            head = integrity.Head(
                request.decision_count, request.decision_head, request.decision_last_id
            )
            first = integrity.first_bad_link(chains.get(request.id, []), head)
            if first is not None:
                bad.append(first)
        return bad, len(decisions)

    @api.model
    def _strays(self, requests):
        """:return: ids of decisions the user sees whose request remembers none, or is gone"""
        return self.search([("request_id", "not in", requests.ids)]).ids


def _plain(value):
    """The id of a record, everything else as it is; False for an empty one."""
    return value.id if isinstance(value, models.BaseModel) else value
