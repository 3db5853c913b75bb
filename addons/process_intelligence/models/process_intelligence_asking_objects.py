from dataclasses import replace

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT, MAYBE_TEXT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import flow, objects
from ..tools import questions
from ..tools import questions_objects as ask


class ProcessIntelligenceAskingObjects(models.AbstractModel):
    """The process as all objects see it that its events touch, not only its cases."""

    _name = "process_intelligence.asking_objects"
    _inherit = ["process_intelligence.asking_exchange"]
    _description = "Objects of a Process"

    @takes(filters=MAYBE_OBJECT)
    def object_map(self, filters=None):
        """A map with a flow of its own for each kind of object that events of the chosen cases touch.

        In the ledger: the cases, and each further record that an event touches and the user may read, unless it is a
        case of this process itself. Of an imported OCEL log: every object of its events. Else: the cases. An event
        that several objects share counts once in ``activities``, and in the flow of each of them.

        :param filters: see ``policies/filters.py``
        :return: ``{"types": [{"type", "label", "colour" (1 is the first), "objects", "events", "several" (events that
            touch more than one of them), "repeated" (of them, those to which an activity happens more than once),
            "activities", "transitions"}], "activities": [{"name", "count", "shared", "types": {type: objects that it
            touches}}], "events", "shared_events"}``, most frequent first; flows as in ``process_map``, seconds
        :raises ValidationError: unknown filter key, bad value
        """
        definition = self._one()
        parsed, relations = definition._parsed(filters), definition._relations()
        kinds, rows, counts = definition._told_objects(parsed, relations)
        if definition._touches_cases_too():
            # Steps know what comes next: the cases' own flow is the map.
            kind, moves = definition._case_flow(parsed, relations)
            shared = {count.name: count.events for count in counts}
            counts = objects.counts_of(moves, shared)
            if moves:
                kinds.append(kind)
                rows[kind.name] = moves
        return objects.object_map(kinds, rows, counts)

    def _told_objects(self, filters, relations):
        """:return: ``([objects.Kind], {kind: [flow.Row]}, [objects.Count])``"""
        touched, names = self._touched(filters, relations), relations.names
        kinds, rows, counts = [], {}, []
        for row in self._ask_by_hash(ask.told(touched)) if touched else ():
            row = ask.Row(*row)
            if row.what == ask.KIND:
                label = self._label_of(row.kind)
                kinds.append(objects.Kind(row.kind, label, *row.counts))
            elif row.what == ask.ACTIVITY:
                counts.append(objects.Count(names.of(row.activity), *row.counts))
            else:
                ends = names.of(row.activity), names.of(row.next_activity)
                move = flow.Row(*ends, *row.counts, row.percentiles or ())
                rows.setdefault(row.kind, []).append(move)
        return kinds, rows, counts

    def _case_flow(self, filters, relations):
        moves = self._moves(filters, relations)
        [[repeated]] = self._answer(ask.repeated(relations, filters), relations)
        kind = self._case_kind()
        cases = sum(move.starts for move in moves)
        events = sum(move.count for move in moves)
        # An event of a case touches no other one.
        return objects.Kind(
            kind, self._label_of(kind), cases, events, 0, repeated
        ), moves

    @takes(
        filters=MAYBE_OBJECT, kind=TEXT, activity=MAYBE_TEXT, next_activity=MAYBE_TEXT
    )
    def open_objects(self, filters=None, kind="", activity=None, next_activity=None):
        """The objects of a kind, of those only to which ``activity`` happens, or ``next_activity`` right after it.

        :param kind: a ``type`` of ``object_map``
        :return: a window action: the records, or the imported events that touch the objects
        :raises ValidationError: unknown filter key, bad value, no such object that the user may see
        """
        definition = self._one()
        if next_activity and not activity:
            raise ValidationError(
                self.env._("activity: needed with next_activity, which comes after it.")
            )
        parsed, relations = definition._parsed(filters), definition._relations()
        if definition._touches_cases_too() and kind == definition._case_kind():
            action = definition._cases_at(parsed, relations, activity, next_activity)
        else:
            action = definition._objects_at(
                parsed, relations, kind, (activity, next_activity)
            )
        if not action:
            raise ValidationError(
                self.env._(
                    "kind: %(process)s has no object of the kind %(kind)s there that you may see. Ask object_map for "
                    "those there are.",
                    process=definition.name,
                    kind=kind,
                )
            )
        return action

    def _cases_at(self, filters, relations, activity, next_activity):
        if next_activity:
            pair = (activity, next_activity)
            filters = replace(filters, follows=(*filters.follows, pair))
        elif activity:
            filters = replace(filters, has=(*filters.has, activity))
        rows = self.env.execute_query(
            questions.case_keys(relations, filters, const.MAX_CASES_OPENED)
        )
        if not rows:
            return None
        action = self._cases_action([key for key, _total in rows], rows[0][1])
        return self._called(action, self._case_kind(), rows[0][1])

    def _objects_at(self, filters, relations, kind, names):
        # A name that no event carries is nowhere, just as one whose events are all hidden.
        places = [relations.names.id_of(name) or 0 if name else None for name in names]
        touched = self._touched(filters, relations)
        rows = touched and self._ask_by_hash(
            ask.found(touched, kind, *places, const.MAX_CASES_OPENED)
        )
        if not rows:
            return None
        if self.source == "log":
            seqs = sorted({seq for row in rows for seq in row[2]})
            domain = [("id", "in", seqs[: const.MAX_EVENTS_OPENED])]
            action = self._window("process_intelligence.log_event", 0, domain, {})
        else:
            action = self._ledger_cases_action([row[0] for row in rows], 0)
        return self._called(action, kind, rows[0][1])

    def _called(self, action, kind, total):
        name = self.env._(
            "%(process)s: %(count)s of the kind %(kind)s",
            process=self.name,
            count=total,
            kind=self._label_of(kind),
        )
        return {**action, "name": name}

    def _touched(self, filters, relations):
        """:return: CTEs of what the events of the chosen cases touch beside their cases, or of an OCEL log at all;
        None where that is nothing"""
        if not self._touches_cases_too():
            links = ask.of_log("case", self._log_objects())
        elif self.source == "log" or not self._objects_readable():
            return None
        else:
            linked = self._linked_objects()
            models_ = [
                model for (model,) in self.env.execute_query(ask.models_of(linked))
            ]
            if not models_:
                return None
            visible = self._visible_cases(models_, SQL.identifier("item"))
            links = ask.of_ledger(linked, visible)
        return ask.touched(relations, filters, links)

    def _ask_by_hash(self, query):
        """The database takes a million steps for some hundred, and would look up each one's objects by itself."""
        return self._ask_without("nestloop", query)

    def _label_of(self, kind):
        """:return: what people call the kind of record"""
        if self.source == "ledger" and kind in self.env:
            return self.env["ir.model"]._get(kind).sudo().name
        words = kind.replace("_", " ")
        return words[:1].upper() + words[1:]
