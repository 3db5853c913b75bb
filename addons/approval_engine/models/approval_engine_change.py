from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tools import gate

from ..fields import FrozenJson
from ..policies import execution, governed, request_state
from ..tools import passages
from .approval_engine_governed_content import json_of

USER = "approval_engine.group_approval_user"
FOLLOWS = (  # of a request about something governed: these follow from the record
    "type_id",
    "company_id",
    "partner_id",
    "amount",
    "currency_id",
    "res_model",
    "res_id",
)
NAMED = 3  # fields in the name of a request
OPEN = (request_state.DRAFT, *request_state.LIVE)


class ApprovalEngineRequest(models.Model):
    """Requests for what is held: an approval that lets it through once, or a change that waits."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    governed_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Which rule holds what this asks for.",
    )
    operation = fields.Char(readonly=True, copy=False, help="What is held.")
    # Shape: {"model", "mode", "fields": [name], "lines": {name: [name]}, "values", "old", "new", "su"}
    change = FrozenJson(
        readonly=True,
        copy=False,
        groups="approval_engine.group_approval_manager,approval_engine.group_approval_auditor",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "governed_key",
            "operation",
            "change",
            "content_frozen",
        }

    def write(self, vals):
        names = [name for name in FOLLOWS if name in vals]
        if names and not gate.is_admitted(self, vals, names):
            for request in self.sudo().filtered("governed_key"):
                raise UserError(
                    self.env._(
                        "%(request)s: %(fields)s follow from the record it is about. Change that.",
                        request=request.display_name,
                        fields=", ".join(
                            f"{self._fields[name].string} ({name})" for name in names
                        ),
                    )
                )
        return super().write(vals)

    # ------------------------------------------------------------------ what is held, by which approval

    def _is_kept_change(self):
        """:return: whether the engine itself does it once approved"""
        return bool(self.governed_key) and self.change["mode"] == governed.CHANGE

    def _waits_for_use(self):
        """:return: whether somebody does it with this approval, later"""
        return bool(self.governed_key) and not self._is_kept_change()

    @api.model
    def _usable_permits(self, rule, operation, records):
        """:return: ``{record id: approved requests}``, locked, for what the records are now"""
        found = self._approved_permits(rule, operation, records)
        usable = {}
        for permit in self._locked_permits(found, rule):
            verdict, _why = permit._verdict_before_execution()
            if verdict == execution.EXECUTE:
                usable[permit.res_id] = (
                    usable.get(permit.res_id, self.browse()) + permit
                )
        return usable

    @api.model
    def _usable_births(self, rule):
        found = self._approved_permits(rule, governed.CREATE)
        return self._locked_permits(found, rule).filtered(
            lambda r: r._verdict_before_execution()[0] == execution.EXECUTE
        )

    @api.model
    def _approved_permits(self, rule, operation, records=None):
        domain = (
            Domain("governed_key", "=", rule.key)
            & Domain("operation", "=", operation)
            & Domain("state", "=", request_state.APPROVED)
        )
        if records is not None:
            domain &= Domain("res_model", "=", records._name)
            domain &= Domain("res_id", "in", records.ids)
        return self.search(domain, order="id")

    def _locked_permits(self, found, rule):
        if not found:
            return found
        if found.try_lock_for_update(allow_referencing=True) != found:
            raise ConflictError(
                self.env._(
                    "The approval of %(request)s is being used right now. Look at it again in a moment.",
                    request=found[0].display_name,
                )
            )
        found.invalidate_recordset()
        return found.filtered(
            lambda r: (
                r.state == request_state.APPROVED
                and r._waits_for_use()
                and r.change["fields"] == list(rule.fields)
            )
        )

    def _use(self, born_id=0):
        """What was approved happens in this transaction; the approval lets nothing through again.

        :param born_id: the record, where it was approved that one is made
        """
        self.ensure_one()
        self._keep_result(born_id or self.res_id)
        self._set_executed(
            self.env._(
                "%(user)s did it: %(what)s.",
                user=self.env.user.name,
                what=self._operation_words(self.operation),
            )
        )

    # ------------------------------------------------------------------ asking

    @api.model
    def _ask_for(self, records, operation, values, reason):
        """:return: the open requests for this, those made now included; drafts of the caller"""
        rule, operation = self._find_rule(records, operation)
        if operation == governed.CREATE:
            return self._ask_one(rule, records.browse(), operation, values, reason)
        requests = self.browse()
        for record in records:
            requests += self._ask_one(rule, record, operation, values, reason)
        return requests

    def _find_rule(self, records, operation):
        gates = self.env["approval_engine.governed"]._gates().get(records._name)
        held = {}
        for rule in gates.rules if gates else ():
            for name in _operations(rule):
                held.setdefault(name, rule)
        if operation is None and len(held) > 1:
            buttons = [name for name in held if name not in governed.ORM_OPERATIONS]
            held = {name: held[name] for name in buttons} if len(buttons) == 1 else held
        if operation is None and len(held) == 1:
            operation = next(iter(held))
        if operation not in held:
            raise UserError(
                self.env._(
                    "%(model)s: say what the approval is to be for (operation): %(held)s.",
                    model=records._description,
                    held=", ".join(sorted(held))
                    or self.env._("nothing here needs one"),
                )
            )
        return held[operation], operation

    def _ask_one(self, rule, record, operation, values, reason):
        known = self.sudo()._open_for(rule, record, operation)
        for request in known.filtered(lambda r: r.state in request_state.LIVE):
            request._void_if_moved(rule)
        known = known.filtered(
            lambda r: r.state in OPEN and r.change["fields"] == list(rule.fields)
        )
        tried = self._tried_change(rule, record, operation, values)
        for request in known:
            if request._asks_the_same(tried) and (
                request.requester_id == self.env.user
                or request.state != request_state.DRAFT
            ):
                return request.with_env(self.env)
        vals = self._vals_for(rule, record, operation, tried, reason)
        born = {"governed_key": rule.key, "operation": operation, "change": tried}
        asker = self.with_env(self.env(context={})).sudo()
        if not self.env.user.has_group(USER):
            return asker._open_once(vals, born)[0].with_env(self.env)
        return gate.admit(asker.browse(), born).create([vals]).with_env(self.env)

    def _open_for(self, rule, record, operation):
        domain = (
            Domain("governed_key", "=", rule.key)
            & Domain("operation", "=", operation)
            & Domain("state", "in", OPEN)
        )
        if record:
            domain &= Domain("res_model", "=", record._name)
            domain &= Domain("res_id", "=", record.id)
        return self.search(domain, order="id desc")

    def _asks_the_same(self, tried):
        if self.operation not in (governed.WRITE, governed.CREATE):
            return True
        return all(self.change[name] == tried[name] for name in ("old", "new"))

    def _tried_change(self, rule, record, operation, values):
        """:return: ``change``: what would come of it, as a trial shows that is undone"""
        governances = self.env["approval_engine.governed"]
        old = governances._contents(rule, record).get(record.id, {})
        new = old
        if operation in (governed.WRITE, governed.CREATE):
            if not values:
                raise UserError(
                    self.env._("Say which values (values) the approval is to be for.")
                )
            new = self._trial(rule, record, operation, values)
            if new == old:
                raise UserError(
                    self.env._("These values change nothing that needs an approval.")
                )
        return self._change_json(rule, values, old, new)

    def _change_json(self, rule, values, old, new):
        return {
            "model": rule.model,
            "mode": rule.mode,
            "fields": list(rule.fields),
            "lines": {name: list(names) for name, names in rule.lines.items()},
            "values": json_of(values),
            "old": old,
            "new": new,
            "su": self.env.su,
        }

    def _trial(self, rule, record, operation, values):
        governances = self.env["approval_engine.governed"]
        model = self.env[rule.model]
        found = {}
        try:
            with self.env.cr.savepoint():
                with passages.effect_of(self):
                    if operation == governed.CREATE:
                        record = model.create([values])
                    else:
                        model.browse(record.id).write(values)
                    self.env.flush_all()
                    found.update(governances._contents(rule, record)[record.id])
                raise _Undo
        except _Undo:
            return found

    def _vals_for(self, rule, record, operation, tried, reason):
        """:return: values of the request that asks for it"""
        plain = self.env["approval_engine.governed"]._plain(record)
        company = self.env.company
        if record and "company_id" in record._fields and plain.company_id:
            company = plain.company_id
        kind = (
            self.env["approval_engine.type"]
            .sudo()
            .search([("code", "=", rule.type_code)], limit=1)
        )
        if not kind:
            raise UserError(
                self.env._(
                    "There is no approval type “%(code)s”: nobody can approve this. An approval manager can make it "
                    "under Approvals > Configuration > Types.",
                    code=rule.type_code,
                )
            )
        name = (
            record.sudo().display_name if record else self.env[rule.model]._description
        )
        return {
            "name": f"{self._asked_words(rule, operation, tried)}: {name}",
            "type_id": kind.id,
            "company_id": company.id,
            "reason": reason,
            "res_model": rule.model if record else False,
            "res_id": record.id,
            **self._at_stake(rule, plain, company, tried, kind),
        }

    def _asked_words(self, rule, operation, tried):
        """:return: what is asked, as it heads the request: what the rule calls it, or the fields that change"""
        if operation != governed.WRITE:
            return self._operation_words(operation, rule.model)
        if rule.enters:
            return rule.name
        model, old, new = self.env[rule.model], tried["old"], tried["new"]
        names = [name for name in rule.fields if old.get(name) != new.get(name)]
        labels = [self._label_of(model, name) for name in names[:NAMED]]
        return self.env._(
            "Changing %(fields)s",
            fields=", ".join(labels + ["…"] * (len(names) > NAMED)),
        )

    def _at_stake(self, rule, plain, company, tried, kind):
        """:return: amount, currency and account: the larger of before and after"""
        amounts = [
            float(content[rule.amount_field])
            for content in (tried["old"], tried["new"])
            if content.get(rule.amount_field) not in (None, False)
        ]
        if not amounts and rule.amount_field and plain:
            amounts = [float(plain[rule.amount_field])]
        amount = max(amounts, key=abs, default=0.0)
        currency = self._stake_record(rule.currency_field, plain, tried, "res.currency")
        partner = self._stake_record(rule.account_field, plain, tried, "res.partner")
        return {
            "amount": amount if kind.allow_negative else abs(amount),
            "currency_id": (currency or company.currency_id).id,
            "partner_id": partner.id,
        }

    def _stake_record(self, name, plain, tried, model):
        """:return: what the field refers to once it is done; may be empty"""
        if name in tried["new"]:
            return self.env[model].browse(tried["new"][name] or ())
        return plain[name] if name and plain else self.env[model]


class _Undo(Exception):
    """Ends a trial."""


def _operations(rule):
    held = {
        governed.CREATE: rule.creates or rule.enters,
        governed.WRITE: rule.writes or rule.enters,
        governed.UNLINK: rule.deletes,
    }
    return [*sorted(rule.methods), *(name for name, on in held.items() if on)]
