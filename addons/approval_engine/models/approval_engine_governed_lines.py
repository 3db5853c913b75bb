from odoo import api, models
from odoo.tools import SQL

from ..policies import governed
from ..tools import passages
from .approval_engine_governed_gate import Judged, NotApproved, Unmet


class ApprovalEngineGoverned(models.Model):
    """What changes a governed record without a write to it: its lines, what follows from them, translations."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

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
            if rule.touched([name]):
                left = self._settled(rule, passages.outside(records, rule.key))
                held = self._matching(rule, left)
                if held:
                    one = Judged(rule, records, frozenset([name]))
                    unmet = [Unmet(one, id_, {}, {}) for id_ in sorted(held)]
                    raise self._needed(unmet, governed.WRITE)


def _changed(names, old, new):
    """:return: the columns whose values differ"""
    return {name for name, was, now in zip(names, old, new, strict=True) if was != now}
