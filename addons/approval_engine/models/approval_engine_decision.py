from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one
from odoo.addons.event_hub.tools import gate

from ..const import ACTIONS
from ..policies import integrity

VERDICT = ("ok", "checked", "first_bad", "sealed", "unsealed")
PURGED = ("purged", "checkpoints")
VERIFY_BATCH = 1000  # requests per query
PROBLEMS = 20  # of each kind, in words, at most
TOLD = 3  # in one notification
# What the hash of a decision covers, besides its number, its predecessor and when it was made.
COVERED = (
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
# Only where they say something: decisions of before were hashed without.
COVERED_IF_SET = (
    "on_behalf_id",
    "on_behalf_login",
    "on_behalf_name",
    "carried_id",
    "added_id",
    "added_login",
    "added_name",
    "by_policy",
)
NUMBERS = ("round", "step_sequence")  # 0 is written as 0


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
    on_behalf_id = LooseMany2one("res.users", "In the Place of", readonly=True)
    on_behalf_login = fields.Char("Login of Whom They Stood in For", readonly=True)
    on_behalf_name = fields.Char("In the Place of (Name)", readonly=True)
    carried_id = LooseMany2one(
        "approval_engine.decision",
        "Approval That Stands",
        readonly=True,
        help="Given for the content before the change.",
    )
    added_id = LooseMany2one("res.users", "Asked in Addition", readonly=True)
    added_login = fields.Char("Login of Whom They Asked", readonly=True)
    added_name = fields.Char("Asked in Addition (Name)", readonly=True)
    by_policy = fields.Char(
        "Decided By Policy",
        readonly=True,
        help="The policy and its version, where it needs nobody.",
    )
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
    def _append(
        self, request, action, step, comment, holder=None, carried=None, more=None
    ):
        """Write what ``env.user`` decided as the next link of the request's chain.

        :param step: the request step decided, may be empty
        :param holder: in whose place, if not for themselves
        :param carried: the approval that stands for the content as it is now
        :param more: further values, which go before those of ``env.user``
        """
        request._freeze_evidence()
        values = self._prepare_values(request, action, step, comment)
        if holder:
            values |= {
                "on_behalf_id": holder.id,
                "on_behalf_login": holder.login,
                "on_behalf_name": holder.name,
            }
        if carried:
            values["carried_id"] = carried.id
        values |= more or {}
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
        self.env["approval_engine.seal"]._wake_sealer()
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
        payload = {name: values[name] or None for name in COVERED}
        payload |= {name: values[name] for name in COVERED_IF_SET if values.get(name)}
        payload["decided_at"] = fields.Datetime.to_string(values["decided_at"])
        return integrity.Link(
            link_id,
            values["sequence"],
            values["previous_hash"],
            values.get("hash", ""),
            payload,
        )

    @api.model
    def _link_of_row(self, row):
        """:param row: ``{column: value}`` as the database has it
        :return: the same, unless the row has what is never written: it does not hash to the same then
        """
        link = self._link(row, row["id"])
        odd = {
            **{name: "" for name in ("option", "comment") if row[name] == ""},
            **{name: False for name in NUMBERS if row[name] is None},
            **{name: row[name] for name in COVERED_IF_SET if row[name] in ("", 0)},
        }
        if row["decided_at"].microsecond:
            odd["decided_at"] = row["decided_at"].isoformat(" ")
        return replace(link, payload={**link.payload, **odd}) if odd else link

    @api.model
    def verify_chain(self):
        """Recompute every chain the user may see, and the global chain.

        Compares each decision with its hash, its predecessor, what its request remembers and its seal; each seal
        with its entries, its predecessor and, where odoo.conf names a file of heads, with what is kept there.

        :return: {"ok", "checked": decisions, "first_bad": id | false, "sealed", "unsealed": of those checked}; where
            retention deleted some also {"purged": decisions, "checkpoints": [{"number", "made_at", "requests",
            "decisions"}]}
        """
        found = self.chain_report()
        return {name: found[name] for name in (*VERDICT, *PURGED) if name in found}

    @api.model
    def chain_report(self):
        """``verify_chain`` with the reasons.

        :return: as ``verify_chain``, and {"heads": heads from outside compared, "problems": [sentence]}
        """
        self.check_access("read")
        seals = self.env["approval_engine.seal"].sudo()
        try:
            return self._verify_all(seals._heads_outside())
        except OSError as error:
            raise UserError(
                self.env._(
                    "The file of heads cannot be read (%(why)s): audit_heads in odoo.conf names it.",
                    why=error.strerror,
                )
            ) from error

    @api.model
    def _verify_all(self, outside):
        """:param outside: ``sealing.Outside``: the heads to compare with"""
        seals = self.env["approval_engine.seal"].sudo()
        bad, checked, sealed = self._verify_requests()
        problems = seals._problems(outside.heads)
        first_bad = [*bad, *(p.decision_id for p in problems if p.decision_id > 0)]
        return {
            "ok": not bad and not problems,
            "checked": checked,
            "first_bad": min(first_bad, default=False),
            "sealed": sealed,
            "unsealed": checked - sealed,
            "heads": len(outside.heads),
            **self._purged(),
            "problems": [
                *(self._words_of_bad(id_) for id_ in sorted(set(bad))[:PROBLEMS]),
                *(seals._words(problem) for problem in problems[:PROBLEMS]),
            ],
        }

    @api.model
    def _purged(self):
        """:return: what retention deleted, and under which checkpoints; nothing if it never did"""
        told = self.env["approval_engine.checkpoint"].sudo()._told()
        if not told:
            return {}
        return {"purged": sum(one["decisions"] for one in told), "checkpoints": told}

    @api.model
    def _verify_requests(self):
        """:return: (ids of bad decisions, decisions checked, how many of them are sealed)"""
        requests = self.env["approval_engine.request"].search(
            [("decision_count", ">", 0)], order="id"
        )
        bad, checked, sealed = [], 0, 0
        for start in range(0, len(requests), VERIFY_BATCH):
            found = self._verify_batch(requests[start : start + VERIFY_BATCH])
            bad += found[0]
            checked += found[1]
            sealed += found[2]
        return [*bad, *self._strays()], checked, sealed

    def open_request(self):
        """:return: action that shows the request, with the evidence it was decided on"""
        self.ensure_one()
        return self.request_id._show()

    def open_chain_check(self):
        """:return: action that says whether every chain the user may see is whole"""
        found = self.chain_report()
        message = self._words_of_check(found)
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
    def _words_of_check(self, found):
        """:return: what ``chain_report`` found, for people"""
        if found["ok"]:
            words = [
                self.env._(
                    "%(count)s decisions checked: none was changed, removed or slipped in.",
                    count=found["checked"],
                ),
                self.env._(
                    "%(sealed)s are sealed, %(unsealed)s wait for the next seal.",
                    sealed=found["sealed"],
                    unsealed=found["unsealed"],
                ),
            ]
            if found.get("purged"):
                words.append(
                    self.env._(
                        "%(count)s were deleted after the years they are kept, under %(checkpoints)s checkpoints.",
                        count=found["purged"],
                        checkpoints=len(found["checkpoints"]),
                    )
                )
            if found["heads"]:
                words.append(
                    self.env._(
                        "%(count)s heads kept outside the database agree.",
                        count=found["heads"],
                    )
                )
            return " ".join(words)
        advice = self.env._("Keep the database as it is and compare it with a backup.")
        return " ".join([*found["problems"][:TOLD], advice])

    def _words_of_bad(self, id_):
        return self.env._(
            "Decision %(id)s is not as it was written: it, or one around it, was changed, removed or slipped in.",
            id=id_,
        )

    @api.model
    def _verify(self, requests):
        """:return: ([id of the first bad decision of each bad request], decisions checked)"""
        return self._verify_batch(requests)[:2]

    @api.model
    def _verify_batch(self, requests):
        """Two queries, read past the cache.

        :return: (ids of bad decisions, decisions checked, how many of them are sealed)
        """
        chains, bad, sealed = {}, [], 0
        for row in self._rows(requests.ids):
            chains.setdefault(row["request_id"], []).append(self._link_of_row(row))
            if row["sealed_hash"]:
                sealed += 1
                if row["sealed_hash"] != row["hash"]:
                    bad.append(row["id"])
        for id_, head in self._heads_of(requests.ids):
            first = integrity.first_bad_link(chains.get(id_, []), head)
            if first is not None:
                bad.append(first)
        return bad, sum(map(len, chains.values())), sealed

    def _rows(self, request_ids):
        """:return: ``[{column: value}]``, each with ``sealed_hash``: that of its seal, if it has one"""
        self.env.flush_all()
        covered = (*COVERED, *COVERED_IF_SET, "decided_at", "previous_hash")
        columns = ["id", "sequence", *covered, "hash"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s, e.decision_hash FROM approval_engine_decision d
                  LEFT JOIN approval_engine_seal_entry e ON e.decision_id = d.id
                 WHERE d.request_id = ANY(%s) ORDER BY d.request_id, d.sequence, d.id
                """,
                SQL(", ").join(SQL.identifier("d", name) for name in columns),
                request_ids,
            )
        )
        names = (*columns, "sealed_hash")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _heads_of(self, request_ids):
        """:return: ``[(request id, what it remembers of its chain)]``"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, decision_count, decision_head, decision_last_id FROM approval_engine_request
                 WHERE id = ANY(%s) ORDER BY id
                """,
                request_ids,
            )
        )
        return [(row[0], integrity.Head(*row[1:])) for row in rows]

    @api.model
    def _strays(self):
        """:return: ids of decisions the user sees whose request remembers none, or is gone"""
        known = self.env["approval_engine.request"]._search(
            [("decision_count", ">", 0)]
        )
        return self.search([("request_id", "not in", known)]).ids
