from contextlib import ExitStack
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.event_hub.tools import gate as own_code

from ..policies import content_diff, governed
from ..tools import passages


@dataclass
class Judged:
    """One rule, and the records that an operation touches under it."""

    rule: governed.Rule
    records: object  # those that no passage lets through
    touched: frozenset = frozenset()
    held: frozenset = frozenset()  # ids that match the rule before
    before: dict = field(default_factory=dict)  # {id: content}
    permits: dict = field(default_factory=dict)  # {id: approved requests}


@dataclass(frozen=True)
class Unmet:
    """What would have happened to one record, without an approval for it."""

    judged: Judged
    id: int
    old: dict
    new: dict


class NotApproved(Exception):
    """Undoes what was tried."""

    def __init__(self, unmet):
        super().__init__()
        self.unmet = unmet


class ApprovalEngineGoverned(models.Model):
    """The gate: what is held is tried, judged by what came of it, and undone unless that was approved."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ write

    @api.model
    def _write_through(self, records, gate, vals, proceed):
        """:param proceed: function(records, vals) that writes"""
        lines = [one for one in gate.lines if one.names.intersection(vals)]
        return self._lines_through(
            records,
            lines,
            [vals],
            lambda: self._write_own(records, gate, vals, proceed),
        )

    def _write_own(self, records, gate, vals, proceed):
        judged = self._judge_write(records, gate, vals)
        if not judged:
            result = proceed(records, vals)
        else:
            records.check_access("write")  # who may not write at all asks for nothing
            for name in vals:
                records._check_field_access(records._fields[name], "write")
            result = self._try_write(records, gate, judged, vals, proceed)
        if {name for rule in gate.rules for name in rule.fields}.intersection(vals):
            self._note(records)
        return result

    def _judge_write(self, records, gate, vals):
        judged = []
        for rule in gate.rules:
            touched = rule.touched(vals)
            if not touched and not rule.may_enter(vals):
                continue
            if touched and own_code.is_admitted(records, vals, touched):
                continue  # a state that follows from what happened, written by the code that owns it
            left = self._settled(rule, passages.outside(records, rule.key))
            if left:
                judged.append(self._judged(rule, left, governed.WRITE, touched))
        return judged

    def _settled(self, rule, records):
        """:return: without those born in this transaction, where being born in any shape is not held"""
        if rule.creates or rule.enters or not records._log_access:
            return records
        now = self.env.cr.now()
        plain = self._plain(records).filtered(lambda record: record.create_date != now)
        return records.browse(plain.ids)

    def _judged(self, rule, records, operation, touched=frozenset()):
        return Judged(
            rule,
            records,
            touched,
            frozenset(self._matching(rule, records)),
            self._contents(rule, records),
            self._requests()._usable_permits(rule, operation, records),
        )

    def _requests(self):
        return self.env["approval_engine.request"].sudo()

    def _try_write(self, records, gate, judged, vals, proceed):
        self._refuse_at_once(judged, vals)
        try:
            return self._tried(judged, lambda: proceed(records, vals))
        except NotApproved as found:
            blocked = [u for u in found.unmet if u.judged.rule.mode == governed.BLOCK]
            if blocked:
                raise self._needed(blocked, governed.WRITE, vals) from None
            unmet = found.unmet
        return self._keep_changes(records, gate, unmet, vals, proceed)

    def _refuse_at_once(self, judged, vals):
        """Without trying it, where nobody approved anything and it would change a held value."""
        for one in judged:
            if one.rule.mode != governed.BLOCK:
                continue
            sure = [
                Unmet(one, id_, one.before[id_], {})
                for id_ in sorted(one.held - one.permits.keys())
                if self._differs(one, id_, vals)
            ]
            if sure:
                raise self._needed(sure, governed.WRITE, vals)

    def _differs(self, judged, id_, vals):
        record = judged.records.browse(id_).sudo()
        for name in judged.touched:
            field_ = record._fields[name]
            if field_.type == governed.LINES:
                continue  # judged by what comes of it
            new = field_.convert_to_cache(vals[name], record, validate=False)
            if new != field_.convert_to_cache(record[name], record, validate=False):
                return True
        return False

    def _tried(self, judged, run):
        """Run it in a savepoint; keep what came of it if each held record has an approval for just that."""
        with self.env.cr.savepoint():
            with ExitStack() as stack:
                for one in judged:
                    stack.enter_context(passages.through(one.records, one.rule.key))
                result = run()
                self.env.flush_all()
            unmet, used = [], []
            for one in judged:
                missing, met = self._judge_result(one)
                unmet += missing
                used += met
            if unmet:
                raise NotApproved(unmet)
            for permit in used:
                permit._use()
        return result

    def _judge_result(self, judged):
        """:return: (what nobody approved, the approvals used)"""
        records = judged.records.exists()
        after = self._contents(judged.rule, records)
        matching = self._matching(judged.rule, records)
        unmet, used = [], []
        for id_, new in after.items():
            old = judged.before[id_]
            differs = any(new[name] != old[name] for name in judged.rule.held)
            changed = differs and (id_ in judged.held or id_ in matching)
            entered = judged.rule.enters and id_ in matching and id_ not in judged.held
            if not entered and not (judged.rule.writes and changed):
                continue
            permit = next(
                (
                    one
                    for one in judged.permits.get(id_, ())
                    if content_diff.same_result(one.change["new"], new, old)
                ),
                None,
            )
            if permit is None:
                unmet.append(Unmet(judged, id_, old, new))
            else:
                used.append(permit)
        return unmet, used

    def _keep_changes(self, records, gate, unmet, vals, proceed):
        """Make requests of what is held, and write the rest."""
        dropped = {}
        for one in unmet:
            names = one.judged.touched or one.judged.rule.domain_fields & set(vals)
            dropped.setdefault(one.id, set()).update(names)
            held = {name: vals[name] for name in sorted(names)}
            self._requests()._keep_change(one, held)
        groups = {}
        for id_ in records.ids:
            groups.setdefault(frozenset(dropped.get(id_, ())), []).append(id_)
        for names, ids in groups.items():
            rest = {name: value for name, value in vals.items() if name not in names}
            if rest:
                self._write_own(records.browse(ids), gate, rest, proceed)
        return True

    # ------------------------------------------------------------------ create, unlink, buttons

    @api.model
    def _create_through(self, model, gate, vals_list, proceed):
        return self._lines_through(
            model.browse(),
            gate.lines,
            vals_list,
            lambda: self._create_own(model, gate, vals_list, proceed),
        )

    def _create_own(self, model, gate, vals_list, proceed):
        if not gate.rules or not vals_list:
            return proceed(vals_list)
        rules = [rule for rule in gate.rules if rule.creates or rule.enters]
        ((last,),) = self.env.execute_query(
            SQL("SELECT max(id) FROM %s", SQL.identifier(model._table))
        )
        with passages.births(model, last or 0):
            if not rules or passages.is_effect(model):
                return proceed(vals_list)
            return self._try_births(rules, vals_list, proceed)

    def _try_births(self, rules, vals_list, proceed):
        asked = [
            dict(vals) for vals in vals_list
        ]  # the ORM may change what it is given
        with self.env.cr.savepoint():
            records = proceed(vals_list)
            for rule in rules:
                for permit, born_id in self._judge_births(rule, records, asked):
                    permit._use(born_id)
        return records

    def _judge_births(self, rule, records, asked):
        """:return: ``[(approval, record id)]``: the approvals that the births of ``records`` use up"""
        matching = self._matching(rule, records)
        held = [id_ for id_ in records.ids if id_ in matching]
        if not held:
            return []
        contents = self._contents(rule, records.browse(held))
        permits = list(self._requests()._usable_births(rule))
        used = []
        for id_, new in contents.items():
            permit = next(
                (
                    one
                    for one in permits
                    if content_diff.same_result(one.change["new"], new, {})
                ),
                None,
            )
            if permit is None:
                one = Judged(rule, records.browse())
                vals = asked[records.ids.index(id_)]
                raise self._needed([Unmet(one, 0, {}, new)], governed.CREATE, vals)
            permits.remove(permit)
            used.append((permit, id_))
        return used

    @api.model
    def _unlink_through(self, records, gate, proceed):
        rules = [rule for rule in gate.rules if rule.deletes]
        used = self._use_up(records, rules, governed.UNLINK)
        result = self._lines_through(records, gate.lines, [], proceed)
        for permit in used:
            permit._use()
        return result

    @api.model
    def _call_through(self, records, gate, name, call):
        rules = [rule for rule in gate.rules if name in rule.methods]
        used = self._use_up(records, rules, name)
        with ExitStack() as stack:
            for permit in used:
                subject = records.browse(permit.res_id)
                stack.enter_context(passages.through(subject))
            result = call()
            if used:
                self.env.flush_all()
        for permit in used:
            permit._use()
        return result

    def _use_up(self, records, rules, operation):
        """:return: one approval for each held record, for what they are now"""
        used = []
        for rule in rules:
            left = passages.outside(records)
            if not left:
                continue
            one = self._judged(rule, left, operation)
            missing = sorted(one.held - one.permits.keys())
            if missing:
                unmet = [Unmet(one, id_, one.before[id_], {}) for id_ in missing]
                raise self._needed(unmet, operation)
            used += [one.permits[id_][0] for id_ in sorted(one.held)]
        return used

    # ------------------------------------------------------------------ words

    def _needed(self, unmet, operation, vals=()):
        """:return: the exception that says which approval is needed, and how to ask for it"""
        first = unmet[0]
        return self._requests()._approval_needed(
            first.judged.rule,
            first.judged.records.browse([one.id for one in unmet if one.id]),
            operation,
            vals,
            first.judged.touched,
        )
