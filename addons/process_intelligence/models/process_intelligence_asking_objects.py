from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.event_hub.policies.arguments import MAYBE_OBJECT, MAYBE_TEXT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies import flow, objects
from ..tools import questions_exchange
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
        touched, relations = definition._touched(filters)
        names, rows = relations.names, {}
        for kind, source, target, *counted in self.env.execute_query(
            ask.flows(touched)
        ):
            move = flow.Row(
                names.of(source), names.of(target), *counted[:2], counted[2] or ()
            )
            rows.setdefault(kind, []).append(move)
        return objects.object_map(
            [
                objects.Kind(kind, definition._label_of(kind), *counts)
                for kind, *counts in self.env.execute_query(ask.kinds(touched))
            ],
            rows,
            [
                objects.Count(names.of(activity), *counts)
                for activity, *counts in self.env.execute_query(ask.counts(touched))
            ],
        )

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
        touched, relations = definition._touched(filters)
        # A name that no event carries is nowhere, just as one whose events are all hidden.
        places = [
            None if name is None or name is False else relations.names.id_of(name) or 0
            for name in (activity, next_activity)
        ]
        rows = self.env.execute_query(
            ask.found(touched, kind, *places, const.MAX_CASES_OPENED)
        )
        if not rows:
            raise ValidationError(
                self.env._(
                    "kind: %(process)s has no object of the kind %(kind)s there that you may see. Ask object_map for "
                    "those there are.",
                    process=definition.name,
                    kind=kind,
                )
            )
        return definition._objects_action(kind, rows)

    def _objects_action(self, kind, rows):
        name = self.env._(
            "%(process)s: %(count)s of the kind %(kind)s",
            process=self.name,
            count=rows[0][1],
            kind=self._label_of(kind),
        )
        if self.source == "log":
            seqs = sorted({seq for row in rows for seq in row[2]})
            domain = [("id", "in", seqs[: const.MAX_EVENTS_OPENED])]
            action = self._window("process_intelligence.log_event", 0, domain, {})
        else:
            action = self._ledger_cases_action([row[0] for row in rows], 0)
        return {**action, "name": name}

    def _touched(self, filters):
        """:return: ``(CTEs of what the events of the chosen cases touch, relations)``"""
        parsed, relations = self._parsed(filters), self._relations()
        links = self._object_links(parsed, relations)
        return ask.touched(relations, parsed, links), relations

    def _object_links(self, filters, relations):
        """:return: SELECT as ``questions_objects.touched`` takes it"""
        if self.source == "log":
            return ask.of_log("case", self._log_objects())
        kind = self.case_type
        if not self._objects_readable():
            return ask.of_cases(kind)
        linked = self._linked_objects()
        models_ = [
            model
            for (model,) in self.env.execute_query(
                questions_exchange.linked_models(relations, filters, linked)
            )
        ]
        visible = self._visible_cases(models_, SQL.identifier("item"))
        return ask.of_ledger(kind, linked, visible)

    def _log_objects(self):
        query = self.env["process_intelligence.log_event"]._search(
            Domain("definition_id", "=", self.id)
        )
        return SQL(
            "SELECT id AS seq, log_id || ' ' || origin AS origin, objects FROM %s WHERE %s",
            query.from_clause,
            query.where_clause or SQL("TRUE"),
        )

    def _label_of(self, kind):
        """:return: what people call the kind of record"""
        if self.source == "ledger" and kind in self.env:
            return self.env["ir.model"]._get(kind).sudo().name
        words = kind.replace("_", " ")
        return words[:1].upper() + words[1:]
