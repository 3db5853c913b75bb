from contextlib import ExitStack
from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.tools import gate as own_code

from ..policies import content_diff, governed
from ..tools import passages

MOVED = "approval_engine.moved"  # in precommit.data: records whose governed content was written


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
                for permit in self._judge_births(rule, records, asked):
                    permit._use()
        return records

    def _judge_births(self, rule, records, asked):
        """:return: the approvals that the births of ``records`` use up"""
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
            used.append(permit)
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

    # ------------------------------------------------------------------ lines

    def _lines_through(self, records, whose, vals_list, run):
        """Lines are part of the content of their parents: judged there, before and after.

        :param records: the lines there are; none where they are born
        :param whose: ``policies.governed.Lines`` that count
        """
        judged = [
            self._judged(one.rule, left, governed.WRITE, frozenset({one.field}))
            for one in whose
            if (left := self._held_parents(one, self._parents(one, records, vals_list)))
        ]
        if not whose:
            return run()
        try:
            result = self._tried(judged, lambda: self._born(run(), whose, judged))
        except NotApproved as found:
            raise self._needed(found.unmet, governed.WRITE) from None
        for one in judged:
            self._note(one.records)
        return result

    def _held_parents(self, one, parents):
        return self._settled(one.rule, passages.outside(parents, one.rule.key))

    def _parents(self, one, records, vals_list):
        """:return: whose lines these are, and whose they are to become"""
        parents = records.sudo()[one.inverse]
        given = {vals.get(one.inverse) for vals in vals_list}
        given.add(self.env.context.get(f"default_{one.inverse}"))
        ids = {id_ for id_ in given if isinstance(id_, int) and id_ > 0}
        return (parents | parents.browse(sorted(ids))).exists()

    def _born(self, result, whose, judged):
        """Lines that came to a parent nobody named, by some default: nobody looked at it before."""
        if not isinstance(result, models.BaseModel):
            return result
        for one in whose:
            known = {id_ for j in judged if j.rule == one.rule for id_ in j.records.ids}
            parents = self._held_parents(one, result.sudo()[one.inverse])
            found = self._matching(one.rule, parents) - known
            if found:
                unseen = Judged(one.rule, parents, frozenset({one.field}))
                raise NotApproved([Unmet(unseen, id_, {}, {}) for id_ in sorted(found)])
        return result

    # ------------------------------------------------------------------ the database

    @api.model
    def _flush_through(self, records, gate, write):
        """What follows from other records, such as a total, reaches the database: judged there."""
        names = sorted(gate.watched)
        rules = {
            rule: left.ids
            for rule in gate.rules
            if rule.watched() and (left := passages.outside(records, rule.key))
        }
        before = self._stored(records, names)
        held = {
            rule.key: self._stored_matching(rule, records, ids)
            for rule, ids in rules.items()
        }
        with self.env.cr.savepoint(flush=False):
            write()
            after = self._stored(records, names)
            for rule, ids in rules.items():
                now = self._stored_matching(rule, records, ids)
                unmet = [
                    Unmet(Judged(rule, records, rule.watched()), id_, {}, {})
                    for id_ in ids
                    if id_ in before
                    and self._is_held_at_flush(
                        rule,
                        _changed(names, before[id_], after[id_]),
                        id_ in held[rule.key],
                        id_ in now,
                    )
                ]
                if unmet:
                    raise self._needed(unmet, governed.WRITE)
        self._note(
            records.browse([id_ for id_, row in after.items() if before[id_] != row])
        )

    def _is_held_at_flush(self, rule, changed, was_held, is_held):
        if rule.enters and is_held and not was_held and changed & rule.watched():
            return True
        return rule.writes and (was_held or is_held) and bool(changed & rule.held)

    def _stored(self, records, names):
        """:return: ``{id: values}`` as the database has them; those born in this transaction are not judged"""
        born = (
            SQL("AND create_date IS DISTINCT FROM %s", self.env.cr.now())
            if records._log_access
            else SQL()
        )
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) %s",
                columns,
                SQL.identifier(records._table),
                records.ids,
                born,
            )
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _stored_matching(self, rule, records, ids):
        """As ``_matching``, of what the database has, without writing to it first."""
        plain = self._plain(records).browse()
        query = plain._search(self._domain(rule, plain, ids), active_test=False)
        self.env.cr.execute(query.select())
        return {row[0] for row in self.env.cr.fetchall()}

    def _refuse_translation(self, records, gate, name):
        """A translation is a change of a value that no approval shows."""
        for rule in gate.rules:
            if rule.touched([name]) and passages.outside(records, rule.key):
                held = self._matching(rule, records)
                if held:
                    one = Judged(rule, records, frozenset([name]))
                    unmet = [Unmet(one, id_, {}, {}) for id_ in sorted(held)]
                    raise self._needed(unmet, governed.WRITE)

    # ------------------------------------------------------------------ looking

    @api.model
    def _plain(self, records):
        """:return: the same, seen by nobody in particular: nothing of the caller's rights or context"""
        env = records.env(user=SUPERUSER_ID, su=True, context={})
        return env[records._name].browse(records.ids)

    def _domain(self, rule, plain, ids):
        domain = Domain("id", "in", ids) & Domain(list(rule.domain))
        if rule.company_id and "company_id" in plain._fields:
            domain &= Domain("company_id", "in", (rule.company_id, False))
        return domain

    @api.model
    def _matching(self, rule, records):
        """:return: ids of the records that the rule holds as they are now"""
        if not rule.domain and not rule.company_id:
            return set(records.ids)
        plain = self._plain(records).with_context(active_test=False)
        return set(plain.search(self._domain(rule, plain, records.ids)).ids)

    @api.model
    def _contents(self, rule, records):
        """:return: ``{id: content}``: the governed values, see ``policies.content_diff``"""
        return self._contents_of(rule.fields, rule.lines, records)

    @api.model
    def _contents_of(self, names, lines, records):
        return {
            record.id: self._content_of(record, names, lines)
            for record in self._plain(records)
        }

    def _content_of(self, record, names, lines):
        if record._fields.get("company_id") and record["company_id"]:
            record = record.with_company(record["company_id"])
        return {
            name: {
                str(line.id): {one: _value(line, one) for one in lines[name]}
                for line in record[name].sorted("id")
            }
            if name in lines
            else _value(record, name)
            for name in names
        }

    # ------------------------------------------------------------------ what moved

    def _note(self, records):
        """Before the commit, approvals of what is no longer so are void."""
        if not records:
            return
        precommit = self.env.cr.precommit
        if MOVED not in precommit.data:
            precommit.add(self._void_moved)
        moved = precommit.data.setdefault(MOVED, {})
        moved.setdefault(records._name, set()).update(records.ids)

    def _void_moved(self):
        moved = self.env.cr.precommit.data.pop(MOVED, {})
        db_name = self.env.registry.db_name
        for model, ids in moved.items():
            left = [
                id_
                for id_ in sorted(ids)
                if not passages.is_in_work(model, db_name, id_)
            ]
            self._requests()._void_moved(model, left)

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


def _changed(names, old, new):
    """:return: the columns whose values differ"""
    return {name for name, was, now in zip(names, old, new, strict=True) if was != now}


def _value(record, name):
    """:return: one value as JSON, the same for everybody"""
    field_, value = record._fields[name], record[name]
    if field_.type == "many2one":
        return value.id or None
    if field_.type == "monetary":
        currency = record[field_.get_currency_field(record)]
        return f"{value:.{currency.decimal_places if currency else 2}f}"
    if field_.type == "float":
        digits = field_.get_digits(record.env)
        return f"{value:.{digits[1]}f}" if digits else repr(value)
    if field_.type in ("date", "datetime"):
        return field_.to_string(value) if value else None
    if field_.type in ("boolean", "integer"):
        return value
    return str(value) if value else None


def json_of(value):
    """:return: what is written as JSON

    :raises TypeError: it holds what JSON cannot
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.BaseModel):
        return value.ids
    if isinstance(value, dict):
        return {str(name): json_of(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [json_of(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
