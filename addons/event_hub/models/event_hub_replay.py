from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..policies import replay, states
from ..policies.delivery import parse_moment
from .event_hub_background import CANCELLED, DONE, DRAFT, RUNNING
from .event_hub_message import ERROR_CODES

CRON = "event_hub.ir_cron_replay"
COUNT_TO = 10000  # of what a replay leaves alone; more are not counted for a screen
LOOK_AGAIN_SECONDS = 1  # until we look whether the lanes have room
NEEDED = [  # of a message to replay it; without its contents, which may be large
    *("state", "source_id", "lane", "external_id", "next_try_at", "received_at"),
    *("attempts", "error_code"),
]


class EventHubReplay(models.Model):
    """Tries a whole period of messages again that were set aside.

    What was chosen goes back to the lanes piece by piece, so each case keeps its order and
    what is heard meanwhile waits for one piece, not for all. What has taken effect is not
    touched: an event that the ledger knows has no second one.
    """

    _name = "event_hub.replay"
    _inherit = ["event_hub.background"]
    _description = "Replay"
    _order = "id desc"
    _hub_transitions = {
        DRAFT: {RUNNING},
        RUNNING: {DONE, CANCELLED},
        DONE: set(),
        CANCELLED: set(),
    }
    _hub_outdated = {"trial": False}  # it was about something else

    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        default=lambda self: self.env.companies,
        readonly=True,
        copy=False,
        help="Messages of these companies only: those in which it was asked for.",
    )
    source_ids = fields.Many2many(
        "event_hub.source", string="Sources", help="Empty: all of them."
    )
    parked = fields.Boolean(default=True, help="A person had to act first.")
    dead = fields.Boolean(default=True, help="Five tries failed.")
    failed = fields.Boolean(help="The next try comes by itself; this one comes now.")
    error_code = fields.Selection(ERROR_CODES, "Reason", help="Empty: any.")
    date_from = fields.Datetime("Received From", help="Empty: from the beginning.")
    date_to = fields.Datetime("Received Before", help="Empty: until now.")
    chosen = fields.Json(
        readonly=True, copy=False, help="Ids, if messages were chosen one by one."
    )
    chosen_count = fields.Integer("Chosen Messages", compute="_compute_counts")
    matching_count = fields.Integer("Would Be Replayed", compute="_compute_matching")
    untouched_count = fields.Integer(
        "Processed Already",
        compute="_compute_matching",
        help="Messages of this period that have taken effect: a replay leaves them alone. Counted up to 10,000.",
    )
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    until_id = fields.Integer(readonly=True, copy=False)
    last_id = fields.Integer(readonly=True, copy=False)
    total = fields.Integer("Messages", readonly=True, copy=False)
    released = fields.Integer(readonly=True, copy=False)
    trial = fields.Json(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_counts")
    processed_count = fields.Integer("Worked", compute="_compute_counts")
    again_count = fields.Integer("Set Aside Again", compute="_compute_counts")
    in_lanes_count = fields.Integer("On Their Way", compute="_compute_counts")

    # ----------------------------------------------------------------- computes

    @api.depends("state", "started_at")
    def _compute_display_name(self):
        for asked in self:
            at = asked.started_at or asked.create_date
            asked.display_name = (
                self.env._(
                    "Replay of %(date)s",
                    date=format_datetime(self.env, at, dt_format="short"),
                )
                if at
                else self.env._("New Replay")
            )

    @api.depends("released", "total", "chosen")
    def _compute_counts(self):
        counts = {}
        for asked, state, count in (
            self.env["event_hub.message"]
            .sudo()
            ._read_group(
                [("replay_id", "in", self.ids)], ["replay_id", "state"], ["__count"]
            )
        ):
            counts.setdefault(asked.id, {})[state] = count
        for asked in self:
            of = counts.get(asked.id, {})
            asked.chosen_count = len(asked.chosen or [])
            asked.processed_count = of.get(states.PROCESSED, 0)
            asked.in_lanes_count = of.get(states.RECEIVED, 0)
            asked.again_count = sum(
                of.get(state, 0)
                for state in (states.FAILED, states.PARKED, states.DEAD)
            )
            asked.progress = (
                replay.progress(asked.released, asked.in_lanes_count, asked.total)
                if asked.state != DRAFT
                else 0
            )

    @api.depends(
        *(
            "source_ids",
            "parked",
            "dead",
            "failed",
            "error_code",
            "date_from",
            "date_to",
        ),
        *("state", "chosen"),
    )
    def _compute_matching(self):
        messages = self.env["event_hub.message"].sudo()
        for asked in self:
            asked.matching_count = messages.search_count(asked._domain())
            asked.untouched_count = asked.state == DRAFT and messages.search_count(
                asked._period() & Domain("state", "=", states.PROCESSED),
                limit=COUNT_TO,
            )

    # --------------------------------------------------------------- the choice

    def _period(self):
        """:return: ``Domain`` of the messages that were chosen, whatever became of them"""
        companies = self.sudo().company_ids._origin or self.env.companies
        domain = Domain("source_id.company_id", "in", companies.ids)
        if self.chosen:
            domain &= Domain("id", "in", self.chosen)
        if sources := self.sudo().source_ids._origin:
            domain &= Domain("source_id", "in", sources.ids)
        if self.date_from:
            domain &= Domain("received_at", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("received_at", "<", self.date_to)
        return domain

    def _domain(self):
        """:return: ``Domain`` of those that can be replayed"""
        wanted = [s for s in (states.PARKED, states.DEAD, states.FAILED) if self[s]]
        domain = self._period() & Domain("state", "in", wanted)
        if self.error_code:
            domain &= Domain("error_code", "=", self.error_code)
        return domain

    @api.model
    def _asked(self, sources, wanted, error_code, date_from, date_to):
        """:return: a new replay; arguments as of ``event_hub.message.replay_range``"""
        self._check_admin()
        unknown = replay.unknown_states(wanted or ())
        if unknown:
            raise UserError(
                self.env._(
                    "Messages that are %(states)s cannot be replayed: only parked, dead and failed ones.",
                    states=", ".join(unknown),
                )
            )
        if error_code and error_code not in dict(ERROR_CODES):
            raise UserError(
                self.env._(
                    "“%(code)s” is no reason. Known: %(known)s.",
                    code=error_code[:50],
                    known=", ".join(dict(ERROR_CODES)),
                )
            )
        wanted = wanted or replay.DEFAULT
        return self.create(
            {
                "source_ids": self._sources(sources or ()).ids,
                **{state: state in wanted for state in states.REPLAYABLE},
                "error_code": error_code or False,
                "date_from": self._moment(date_from),
                "date_to": self._moment(date_to),
            }
        )

    def _sources(self, codes):
        found = (
            self.env["event_hub.source"]
            .with_context(active_test=False)
            .search([("code", "in", list(codes))])
        )
        missing = sorted(set(codes) - set(found.mapped("code")))
        if missing:
            raise UserError(
                self.env._(
                    "There is no source %(codes)s.", codes=", ".join(missing)[:200]
                )
            )
        return found

    def _moment(self, text):
        try:
            return parse_moment(text).replace(microsecond=0) if text else False
        except ValueError as error:
            raise UserError(
                self.env._("“%(text)s” is no time in ISO 8601.", text=text[:50])
            ) from error

    @api.model
    def _of_messages(self, messages):
        """:return: action that opens a replay of these messages, tried already"""
        self._check_admin()
        messages._check_replayable()
        asked = self.create({"failed": True})
        asked._record(chosen=messages.ids)
        asked.action_try()
        return asked._form()

    def _form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # ------------------------------------------------------------------ the gate

    def copy(self, default=None):
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            new._record(chosen=old.chosen)
        return copies

    def _check_may_change(self):
        begun = self.filtered(lambda asked: asked.state != DRAFT)
        if begun:
            raise UserError(
                self.env._(
                    "%(name)s has begun and cannot be changed. Ask for another one.",
                    name=begun[0].display_name,
                )
            )

    # ------------------------------------------------------------------- actions

    def action_start(self):
        """Replay them, in the background."""
        self._check_admin()
        for asked in self.sudo():
            if not asked.matching_count:
                raise UserError(
                    self.env._(
                        "There is nothing to replay: no message fits what %(name)s asks for.",
                        name=asked.display_name,
                    )
                )
            newest = (
                self.env["event_hub.message"]
                .sudo()
                .search(asked._domain(), order="id desc", limit=1)
            )
            asked._set_state(
                RUNNING,
                user_id=self.env.uid,
                started_at=fields.Datetime.now(),
                until_id=newest.id,
                total=asked.matching_count,
            )
        self.env["event_hub.waker"]._wake(CRON)
        return True

    def action_cancel(self):
        """Stop. What went back to the lanes is worked off; the rest stays as it is."""
        self._check_admin()
        self.sudo()._set_state(CANCELLED, finished_at=fields.Datetime.now())
        return True

    def action_open_messages(self):
        """:return: action that opens the messages of this replay: those that would be replayed, or were"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_message_action"
        )
        action["domain"] = (
            list(self._domain())
            if self.state == DRAFT
            else [("replay_id", "=", self.id)]
        )
        action["context"] = {"search_default_group_state": 1}
        return action

    # ----------------------------------------------------------------- doing it

    @api.model
    def _cron_replay(self):
        """Give back to the lanes what they have room for; called by a Scheduled Action."""
        cron = self.env["ir.cron"]
        running = self.search([("state", "=", RUNNING)], order="id")
        cron._commit_progress(remaining=len(running))
        messages = self.env["event_hub.message"]
        for asked in running:
            messages._again_on_conflict(asked._step)
            if not cron._commit_progress(1):
                break
        if self.search_count([("state", "=", RUNNING)], limit=1):
            soon = fields.Datetime.now() + timedelta(seconds=LOOK_AGAIN_SECONDS)
            self.env["event_hub.waker"]._wake_at(CRON, soon)
        return True

    def _step(self):
        """Release one piece, or finish; without committing.

        :return: how many messages went back to the lanes
        """
        self.ensure_one()
        self.invalidate_recordset()
        if self.state != RUNNING:  # somebody cancelled it meanwhile
            return 0
        left = self._domain() & Domain(
            [("id", ">", self.last_id), ("id", "<=", self.until_id)]
        )
        room = replay.room(self.in_lanes_count, replay.AT_ONCE)
        messages = self.env["event_hub.message"].sudo()
        piece = (
            messages.search_fetch(left, NEEDED, order="id", limit=room)
            if room
            else messages
        )
        if piece:
            self._release(piece)
        elif room and not self.in_lanes_count:
            self._finish()
        return len(piece)

    def _release(self, piece):
        """Up to the first that somebody works on: the next look tells what became of it."""
        free = piece.try_lock_for_update()
        held = min((piece - free).ids, default=None)
        if held:
            free = free.filtered(lambda message: message.id < held)
        if free:
            free._make_due(replay_id=self.id)
            free._wake_lanes()
            self._record(last_id=max(free.ids), released=self.released + len(free))

    def _finish(self):
        self._set_state(DONE, finished_at=fields.Datetime.now())
        of_it = (
            self.env["event_hub.message"]
            .sudo()
            ._read_group([("replay_id", "=", self.id)], ["source_id"])
        )
        for (source,) in of_it:
            source._close_question()
