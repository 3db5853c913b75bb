from datetime import datetime, timezone

from odoo import SUPERUSER_ID, api, models

from ..tools import history, reaction, trace
from ..tools.event_row import EventRow, ObjectRow

TRANSACTION_CORRELATION = "event_hub.correlation"  # key in the cursor's cache


class EventHubEmitter(models.AbstractModel):
    """A model that tells its story: each change of a record is an event in the ledger."""

    _name = "event_hub.emitter"
    _description = "Emits business events"

    _hub_case_type = None  # such as "approval"; default: the model name
    _hub_imports_history = True  # False: what an import changes holds from now on

    def _emit(self, type, activity=None, occurred_at=None, objects=(), **attributes):  # noqa: A002
        """Tell that something happened to each record in ``self``.

        :param type: event type, such as ``approval.approved``
        :param activity: the step's name for people; default: the label of the event type, else the type
        :param occurred_at: naive UTC datetime; default now
        :param objects: iterable of ``(role, record)``: further records this event touches
        :param attributes: JSON values; no record ids of others
        Rows are written in one batch at precommit, see ``event_hub.event._flush_emitted``.
        """
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        touched = tuple(
            ObjectRow(role, rec._name, rec.id) for role, recs in objects for rec in recs
        )
        ledger = self.env["event_hub.event"]
        ledger._buffer(
            [
                rec._event_row(
                    type, activity or "", occurred_at or now, touched, attributes
                )
                for rec in self
            ]
        )
        return True

    def _event_row(self, event_type, activity, occurred_at, objects, attributes):
        self.ensure_one()
        account = self._hub_account()
        cause = trace.find(self._name, self.id, account.id)
        actor_id, actor = self._hub_actor(cause)
        rule = reaction.current()
        return EventRow(
            type=event_type,
            activity=activity,
            occurred_at=occurred_at,
            correlation=self._hub_correlation(),
            causation=cause.causation if cause else None,
            depth=cause.depth if cause else 0,
            automation_id=rule.rule_id if rule else None,
            actor=actor,
            actor_id=actor_id,
            company_id=self._hub_company().id or None,
            case_type=self._hub_case_type or self._name,
            case_model=self._name,
            case_id=self.id,
            account_id=account.id or None,
            attributes=attributes,
            objects=objects,
            history=history.is_told(),
        )

    @api.model
    def load(self, fields, data):
        """Import rows. What an import tells is history: it fires no rule and no delivery, but see above."""
        with history.telling(history.is_told() or self._hub_imports_history):
            result = super().load(fields, data)
            self.env["event_hub.event"]._flush_emitted()
        return result

    def _hub_actor(self, cause):
        """:return: ``(user id | None, name)`` of who did it; the system itself has no user id"""
        if cause and (cause.actor_id or cause.actor):
            return cause.actor_id, cause.actor
        user = self.env.user
        if user.id == SUPERUSER_ID:
            return None, "system"
        return user.id, user.login

    def _hub_account(self):
        """:return: the commercial ``res.partner`` this record is about, may be empty"""
        self.ensure_one()
        for name in ("account_id", "partner_id"):
            field = self._fields.get(name)
            if field is not None and field.comodel_name == "res.partner":
                return self.sudo()[name].commercial_partner_id
        return self.env["res.partner"]

    def _hub_company(self):
        """:return: the ``res.company`` this record belongs to"""
        self.ensure_one()
        if "company_id" in self._fields and self.sudo().company_id:
            return self.sudo().company_id
        return self.env.company

    def _hub_correlation(self):
        """:return: the correlation id of this record's story

        Its own ``correlation`` field, else that of what caused the change, else one new
        id for everything that happens in this transaction.
        """
        self.ensure_one()
        if "correlation" in self._fields and self.sudo()["correlation"]:
            return self.sudo()["correlation"]
        cause = trace.find(self._name, self.id, self._hub_account().id)
        if cause:
            return cause.correlation
        return self.env.cr.cache.setdefault(
            TRANSACTION_CORRELATION, trace.new_correlation()
        )

    def action_open_events(self):
        """:return: action that opens the ledger on everything linked to this record"""
        self.ensure_one()
        self.check_access("read")
        ledger = self.env["event_hub.event"]
        own = ledger.search(
            [("case_model", "=", self._name), ("case_id", "=", self.id)]
        )
        correlations = set(own.mapped("correlation"))
        if "correlation" in self._fields and self["correlation"]:
            correlations.add(self["correlation"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [
            "|",
            ("correlation", "in", sorted(correlations)),
            "&",
            ("case_model", "=", self._name),
            ("case_id", "=", self.id),
        ]
        action["display_name"] = self.env._(
            "Events of %(name)s", name=self.display_name
        )
        action["context"] = {}
        return action
