import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import LooseMany2one
from ..policies import event_run
from ..policies.event_run import DEAD, FAILED, PENDING
from ..tools import undone

_logger = logging.getLogger(__name__)

CRON = "event_hub.ir_cron_react"
FETCH = 500  # runs looked at together; the largest batch an action is called with


class EventHubRun(models.Model):
    """What rules did about events: the log, and the queue it grows from.

    One row for each (event, rule). A row is planned in the transaction that records the
    event and carried out in another one, so that a rule that fails never erases the fact.
    Governed rules on stock triggers have one row for each record and time, without event.
    Times are naive UTC.
    """

    _name = "event_hub.run"
    _inherit = ["event_hub.planned"]
    _description = "Automation Run"
    _hub_cron = CRON
    _hub_due_states = event_run.DUE
    _hub_transitions = event_run.TRANSITIONS
    _hub_once = ("event_id", "automation_id")
    _hub_columns = (
        *("event_id", "automation_id", "event_type", "state", "attempts", "planned_at"),
        *("next_try_at", "error", "correlation", "res_model", "res_id", "actor_id"),
        *("company_id", "owner_told"),
    )
    _order = "id desc"
    _rec_name = "event_type"
    _log_access = False

    event_id = LooseMany2one(
        "event_hub.event",
        "Event",
        readonly=True,
        help="Empty for a rule that no event but a change of a record triggers.",
    )
    event_type = fields.Char(
        "Triggered By", readonly=True, help="The event's type, or the rule's trigger."
    )
    automation_id = LooseMany2one(
        "base.automation",
        "Rule",
        required=True,
        readonly=True,
        context={"active_test": False},
    )
    state = fields.Selection(
        event_run.STATES, required=True, readonly=True, default=PENDING
    )
    attempts = fields.Integer("Tries", readonly=True)
    planned_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    next_try_at = fields.Datetime("Next Try", readonly=True)
    started_at = fields.Datetime("Last Try", readonly=True)
    duration_ms = fields.Integer(
        "Duration (ms)", readonly=True, aggregator="avg", help="Of the batch it ran in."
    )
    error = fields.Text(
        "Reason", readonly=True, help="Why it was skipped, failed or given up."
    )
    correlation = fields.Char(readonly=True, index=True)
    res_model = fields.Char("Record Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Record Id", model_field="res_model", readonly=True
    )
    record_name = fields.Char("Record", compute="_compute_record_name")
    actor_id = LooseMany2one("res.users", "Event Actor", readonly=True)
    run_as_id = LooseMany2one("res.users", "Ran As", readonly=True)
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    owner_told = fields.Boolean(readonly=True, default=False)

    _event_rule_uniq = models.Constraint(
        "UNIQUE(event_id, automation_id)", "A rule reacts once to an event."
    )
    _due_idx = models.Index("(next_try_at, id) WHERE state IN ('pending', 'failed')")
    _untold_idx = models.Index(
        "(automation_id) WHERE state = 'dead' AND NOT owner_told"
    )
    _dead_idx = models.Index("(planned_at) WHERE state = 'dead'")
    _case_idx = models.Index("(res_model, res_id)")
    _rule_idx = models.Index("(automation_id, planned_at)")

    def action_retry(self):
        """Run again what failed or was given up, now."""
        self._check_may_retry()
        movable = self.sudo().filtered(
            lambda run: run.state in (FAILED, DEAD) and run.event_id
        )
        if self and not self.sudo().event_id:
            raise UserError(
                self.env._(
                    "A rule on records fails together with the change that triggered it: mend the rule, then make"
                    " the change again. Nothing waits here to be tried."
                )
            )
        if not movable:
            raise UserError(self.env._("Only failed or dead runs can be tried again."))
        movable._set_state(
            PENDING, attempts=0, next_try_at=fields.Datetime.now(), owner_told=False
        )
        return self._wake()

    # -------------------------------------------------------------------- planning

    @api.model
    def _heard(self, kinds):
        """:param kinds: set of (type, model of the case or None)
        :return: those that any rule reacts to, from memory
        """
        rules = self.env["base.automation"]._hub_rules()
        return {kind for kind in kinds if event_run.listening(rules, *kind)}

    @api.model
    def _plan(self, events):
        """Plan the reactions ``events`` ask for; called by the ledger in the transaction that writes them.

        :param events: new ledger events, none of them history, in superuser mode
        """
        rules = self.env["base.automation"]._hub_rules()
        if not rules:
            return True
        now = fields.Datetime.now()
        heard = {}  # (type, model): rules
        rows = []
        for event in events:
            key = event.type, event.case_model or None
            if key not in heard:
                heard[key] = event_run.listening(rules, *key)
            rows.extend(self._row(event, rule, now) for rule in heard[key])
        return self._insert(rows)

    def _row(self, event, rule, now):
        loop = event_run.is_loop(event.depth)
        why = loop and self.env._(
            "Not run: this event is already %(depth)s reactions away from what started it, which looks like rules"
            " that trigger each other. Open the event's story, then change one of the rules.",
            depth=event.depth,
        )
        return (
            event.id,
            rule.id,
            event.type,
            DEAD if loop else PENDING,
            0,
            now,
            None if loop else event_run.due_at(rule, now),
            why or None,
            event.correlation,
            event.case_model or None,
            event.case_id or None,
            event.actor_id.id or None,
            event.company_id.id or None,
            False,
        )

    # -------------------------------------------------------------------- reacting

    @api.model
    def _cron_react(self):
        """Carry out what is due, batch by batch, each in a transaction of its own."""
        self._work_off(self._rounds(), self._count_due)
        self._tell_owners()
        self.env["ir.cron"]._commit_progress()
        return True

    def _rounds(self):
        """Carry out batch by batch; give how many runs of each were ours."""
        while ids_by_batch := self._due_batches():
            took = 0
            for ids in ids_by_batch:
                ours = self._react_apart(ids)
                took += ours
                yield ours
            if not took:  # somebody else has them all in hand
                break

    def _due_batches(self):
        """:return: ids of due runs, grouped as they run together"""
        runs = self.search_fetch(
            self._due_domain(),
            ["automation_id", "res_model", "res_id", "actor_id", "company_id"],
            limit=FETCH,
            order="id",
        )
        plain = [
            event_run.Run(
                run.id,
                run.automation_id.id,
                (run.res_model or "", run.res_id or 0),
                run.actor_id.id or None,
                run.company_id.id or None,
            )
            for run in runs
        ]
        return [[run.id for run in batch] for batch in event_run.batches(plain)]

    def _react_apart(self, ids):
        """Run one batch; begin again when another transaction was in the way.

        :return: how many runs of it were ours to carry out
        """
        try:
            return self._again_on_conflict(self._react_to, ids)
        except undone.BEGINS_AGAIN as error:
            runs = self._lock_due(ids)
            runs._fail(error)
            return len(runs)

    def _react_to(self, ids):
        runs = self._lock_due(ids)
        runs._react()
        return len(runs)

    def _react(self):
        """Run one batch in a savepoint; halve it until the run that fails stands alone."""
        if not self:
            return
        error = self._try(time.monotonic())
        if error is None:
            return
        parts = event_run.halves(self.ids)
        for part in parts:
            self.browse(part)._react()
        if not parts:
            self._fail(error)

    def _try(self, started):
        """:return: None if the batch was carried out, else the error that undid all of it"""
        try:
            with undone.dropped(self.env.cr), self.env.cr.savepoint():
                self.env["event_hub.reaction"]._carry_out(self)
                self._note_duration(started)
        except undone.BEGINS_AGAIN:
            raise
        except Exception as error:  # whatever a rule does: it is written down, and never erases the fact
            return error
        return None

    def _note_duration(self, started):
        now = fields.Datetime.now()
        took = int((time.monotonic() - started) * 1000)
        return self.write({"started_at": now, "duration_ms": took})

    def _fail(self, error):
        """Write down why the try failed, and when the next one is due, if any."""
        now = fields.Datetime.now()
        words = _words(self.env, error)
        for run in self:
            tries = run.attempts + 1
            wait = event_run.backoff(tries, random.random())
            run._set_state(
                FAILED if wait else DEAD,
                attempts=tries,
                started_at=now,
                error=words,
                next_try_at=now + _whole_seconds(wait) if wait else False,
            )
            _logger.info(
                "Rule %s failed on event %s (try %s): %s",
                run.automation_id.id,
                run.event_id.id,
                tries,
                words,
                exc_info=None if isinstance(error, UserError) else error,
            )
        self._wake_for_next_try()

    def _tell_owners(self):
        """One activity for the owner of each rule whose runs were given up."""
        untold = self.search([("state", "=", DEAD), ("owner_told", "=", False)])
        for rule, runs in untold.grouped("automation_id").items():
            if rule.exists():
                rule._tell_owner(
                    self.env._("Runs of this rule were given up"), runs._given_up()
                )
        return untold.write({"owner_told": True})

    def _given_up(self):
        """:return: what its owner hears about these runs of one rule, the latest first"""
        latest = self[0]
        if len(self) == 1:
            return self.env._(
                "A run on %(type)s was given up: %(error)s",
                type=latest.event_type,
                error=latest.error,
            )
        return self.env._(
            "%(count)s runs were given up, the latest on %(type)s: %(error)s",
            count=len(self),
            type=latest.event_type,
            error=latest.error,
        )

    # --------------------------------------------------------------------- display

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        """The name as far as the reader may read the record."""
        for model, runs in self.grouped("res_model").items():
            if not model or model not in self.env:
                runs.record_name = False
                continue
            records = (
                self.env[model]
                .browse({run.res_id for run in runs if run.res_id})
                .exists()
            )
            names = {
                record.id: record.display_name
                for record in records._filtered_access("read")
            }
            for run in runs:
                run.record_name = names.get(run.res_id, False)

    def action_open_record(self):
        """:return: action that opens the record the event is about"""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            raise UserError(self.env._("The event of this run is about no record."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_story(self):
        """:return: action that opens every event with this run's correlation"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [("correlation", "=", self.correlation)]
        return action


def _words(env, error):
    """What went wrong, in words for the rule's owner; the traceback is in the server log."""
    if isinstance(error, UserError):
        return str(error)
    return env._(
        "%(kind)s: %(detail)s",
        kind=type(error).__name__,
        detail=str(error) or env._("no detail"),
    )[:2000]


def _whole_seconds(wait):
    """Datetime fields keep whole seconds; never round down to a try that is due at once."""
    return timedelta(seconds=max(1, round(wait.total_seconds())))
