import logging
import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from odoo import api, fields, models

from .. import const
from ..exceptions import ParkMessage
from ..policies import adapters, states, trial
from ..policies.backoff import decide_retry
from ..policies.cloudevents import BadEnvelope, BadJson, CloudEvent
from ..policies.correlation import decide_correlation
from ..tools import schemas, trace, undone
from ..tools.event_row import EventRow
from ..tools.incoming import Incoming

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pending:
    """One event of one message, on its way into the ledger."""

    message: models.BaseModel
    source_id: int
    event: CloudEvent
    correlation: str

    @property
    def identity(self):
        return self.source_id, self.event.source, self.event.id

    @property
    def subject(self):
        return self.source_id, self.event.subject


@dataclass(frozen=True)
class Sender:
    """Whose events these are, looked up once for all of them."""

    source: models.BaseModel  # with the environment its events are handled in
    company: models.BaseModel  # with the same
    code: str
    user_id: int

    @property
    def env(self):
        return self.source.env

    @property
    def actor(self):
        return {"actor": f"source:{self.code}", "actor_id": self.user_id}


class EventHubProcessor(models.AbstractModel):
    """From messages to ledger events and their effects: all of a batch in one savepoint, or none."""

    _name = "event_hub.processor"
    _description = "Processes inbox messages"

    # ---------------------------------------------------------------- isolation

    @api.model
    def _process(self, messages):
        """Process a batch; one that fails is halved until the guilty message stands alone.

        Whatever happens to a message, its neighbours are not touched by it.
        """
        todo = [messages] if messages else []
        while todo:
            batch = todo.pop()
            try:
                with undone.dropped(self.env.cr), self.env.cr.savepoint():
                    self._process_together(batch)
            except undone.BEGINS_AGAIN:
                raise  # this transaction sees an old world: only a new one can succeed
            except Exception as error:
                if len(batch) == 1:
                    self._set_aside(batch, error)
                else:
                    half = len(batch) // 2
                    todo += [batch[half:], batch[:half]]  # the older half first
        stuck = messages.filtered(lambda m: m.state in (states.PARKED, states.DEAD))
        if stuck:
            stuck.source_id._ask_owner()

    def _set_aside(self, message, error):
        """Note why one message could not be processed; nothing else of it is kept."""
        if isinstance(error, ParkMessage):
            self._park(message, error)
            return
        attempts = message.attempts + 1
        _logger.warning(
            "Message %s of source %s failed (try %s): %s",
            message.external_id,
            message.source_id.code,
            attempts,
            error,
            exc_info=error,
        )
        decision = decide_retry(
            attempts=attempts, now=fields.Datetime.now(), random=random.random()
        )
        message._set_state(
            states.DEAD if decision.dead else states.FAILED,
            attempts=attempts,
            error_code="handler",
            error=_words(error),
            next_try_at=decision.next_try_at and _round_up(decision.next_try_at),
        )
        message._wake_for_next_try()

    @staticmethod
    def _park(message, reason):
        message._set_state(
            states.PARKED,
            attempts=message.attempts + 1,
            next_try_at=False,
            error_code=reason.code,
            error=reason.detail[: const.MAX_ERROR_CHARS],
        )

    # -------------------------------------------------------------------- a batch

    def _process_together(self, messages):
        pending = self._drop_known(
            [p for message in messages for p in self._read(message)]
        )
        accounts = self._find_accounts({p.subject for p in pending if p.event.subject})
        parked = {}  # id of a message: why
        stopped = {s.id: s._service_problem() for s in messages.source_id}
        for p in pending:
            reason = stopped[p.source_id] or self._reason_to_park(p, accounts)
            if reason:
                parked.setdefault(p.message.id, reason)
        good = self._drop_twins([p for p in pending if p.message.id not in parked])
        senders = {id_: self._sender(id_) for id_ in {p.source_id for p in good}}
        # Consecutive ones only: order matters, so not Odoo's groupby.
        for (source_id, code), group in groupby(  # pylint: disable=bad-builtin-groupby
            good, key=lambda p: (p.source_id, p.event.type)
        ):
            self._take_effect(senders[source_id], code, list(group), accounts)
        for message_id, reason in parked.items():
            self._park(messages.browse(message_id), reason)
        settled = messages.browse([id_ for id_ in messages.ids if id_ not in parked])
        settled._set_state(
            states.PROCESSED,
            processed_at=fields.Datetime.now(),
            next_try_at=False,
            error_code=False,
            error=False,
        )

    def _read(self, message):
        """:return: the events of a message; items the door rejected are left out"""
        if not message.body:
            raise ParkMessage(
                "schema",
                self.env._(
                    "The contents of this message were erased: it says nothing."
                ),
            )
        try:
            items = self._items(message)
        except (BadJson, BadEnvelope) as error:  # its mapping has changed meanwhile
            raise ParkMessage("schema", str(error)) from None
        good = [item for item in items if item.event]
        source_id = message.source_id.id
        pending = [
            Pending(
                message,
                source_id,
                item.event,
                message.correlation
                if item is good[0]
                else decide_correlation(
                    item.event.correlationid,
                    (item.event.traceparent,),
                    lambda: message.correlation,
                ),
            )
            for item in good
        ]
        is_test = trial.HEADER in (message.headers or {}) and message.is_test
        return message._as_tests(pending) if is_test else pending

    @staticmethod
    def _items(message):
        """:raise BadJson, BadEnvelope: if the body says nothing any more"""
        return adapters.adapt(
            message.scheme,
            message.headers or {},
            message.content_type,
            (message.body or "").encode(),
            lambda value: message.source_id._mapped()(value),
        )

    def _drop_known(self, pending):
        known = (
            self.env["event_hub.event"]
            .sudo()
            ._known_identities({p.identity for p in pending})
        )
        return [p for p in pending if p.identity not in known]

    @staticmethod
    def _drop_twins(pending):
        """:return: the first of each identity: two messages may bring the same event"""
        first = {}
        for p in pending:
            first.setdefault(p.identity, p)
        return list(first.values())

    def _reason_to_park(self, p, accounts):
        """:return: ``ParkMessage`` if a person must act first, else None"""
        definition = self.env["event_hub.event_type"]._definition(p.event.type)
        if definition is None:
            return ParkMessage(
                "unknown_type",
                self.env._(
                    "Nobody has defined the event type %(type)s. Define it under Configuration, then replay.",
                    type=p.event.type,
                ),
            )
        if definition.inside:
            return ParkMessage(
                "unknown_type",
                self.env._(
                    "Only this database tells %(type)s itself; no source may send it.",
                    type=p.event.type,
                ),
            )
        problem = schemas.data_problem(
            definition.validator_for(p.event.dataschema), p.event.data
        )
        if problem:
            return ParkMessage("schema", problem)
        found = accounts.get(p.subject)
        if isinstance(found, ParkMessage) and definition.account_required:
            return found
        if not p.event.subject and definition.account_required:
            return ParkMessage(
                "unknown_account",
                self.env._("The event names no account: its subject is missing."),
            )
        return None

    def _sender(self, source_id):
        source = self.env["event_hub.source"].browse(source_id).sudo()
        env = source._service_env()
        return Sender(
            source=source.with_env(env),
            company=source.company_id.with_env(env),
            code=source.code,
            user_id=source.user_id.id,
        )

    def _take_effect(self, sender, code, group, accounts):
        """Write events of one type and source to the ledger and call their handler once."""
        definition = self.env["event_hub.event_type"]._definition(code)
        env = sender.env
        incoming = [self._incoming(p, accounts, sender) for p in group]
        cases = self._cases(definition, incoming, sender)
        events = env["event_hub.event"]._append(
            [
                self._row(p, i, case, definition, sender)
                for p, i, case in zip(group, incoming, cases, strict=True)
            ]
        )
        if definition.handler and events:
            with trace.use(events._trace_map()):
                getattr(env[definition.subject_model], definition.handler)(events)
                env["event_hub.event"]._flush_emitted()

    def _incoming(self, p, accounts, sender):
        found = accounts.get(p.subject)
        account = (
            found if isinstance(found, models.BaseModel) else self.env["res.partner"]
        )
        received_at = p.message.received_at
        return Incoming(
            type=p.event.type,
            data=p.event.data,
            account=account.with_env(sender.env),
            company=sender.company,
            source=sender.source,
            # Nothing happens after we heard of it: a clock that is ahead must not
            # outrank what truly comes later.
            occurred_at=min(p.event.time or received_at, received_at),
            correlation=p.correlation,
            ce_source=p.event.source,
            ce_id=p.event.id,
        )

    def _cases(self, definition, incoming, sender):
        """:return: the record each event is about, same order"""
        if not definition.subject_model:
            return [i.account for i in incoming]
        traces = trace.TraceMap(
            default=trace.Trace(incoming[-1].correlation, **sender.actor),
            by_account={
                i.account.id: trace.Trace(i.correlation, **sender.actor)
                for i in incoming
            },
        )
        with trace.use(traces):
            cases = sender.env[definition.subject_model]._hub_subjects(incoming)
        for i, case in zip(incoming, cases, strict=True):
            self._check_company(case, i)
        return cases

    def _check_company(self, case, incoming):
        if "company_id" not in case._fields:
            return
        company = case.sudo().company_id
        if company and company != incoming.company:
            raise ParkMessage(
                "wrong_company",
                self.env._(
                    "The event is about a record of another company than %(company)s, the one of source %(sender)s.",
                    company=incoming.company.sudo().name,
                    sender=incoming.source.sudo().name,
                ),
            )

    @staticmethod
    def _row(p, incoming, case, definition, sender):
        return EventRow(
            type=incoming.type,
            correlation=incoming.correlation,
            occurred_at=incoming.occurred_at,
            company_id=sender.company.id,
            case_type=definition.case_type,
            case_model=case._name if case else None,
            case_id=case.id if case else None,
            account_id=incoming.account.id or None,
            attributes=incoming.data,
            message_id=p.message.id,
            source_id=p.source_id,
            ce_source=incoming.ce_source,
            ce_id=incoming.ce_id,
            **sender.actor,
        )


def _words(error):
    """:return: the error in one line for the person who looks after it"""
    text = str(error) or type(error).__name__
    return f"{type(error).__name__}: {text}"[: const.MAX_ERROR_CHARS]


def _round_up(moment):
    """:return: ``moment`` at the next full second, as the ORM compares; never at once"""
    return moment.replace(microsecond=0) + timedelta(seconds=1)
