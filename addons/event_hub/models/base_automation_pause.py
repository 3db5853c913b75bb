# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies.arguments import MAYBE_TEXT
from ..policies.event_run import DUE, SKIPPED
from ..tools.arguments import takes
from .base_automation_governance import LIVE

PAUSE_ALL = "event_hub.automation_paused"  # JSON: {"at", "by", "by_id", "why"}
PAUSE_FIELDS = frozenset({"paused", "paused_at", "paused_by_id", "paused_reason"})


class BaseAutomation(models.Model):
    """The kill switches: one for each rule, one for all of them.

    What is due for rules on business events or dates waits meanwhile and goes on after; or
    it is skipped, by choice. Rules on records cannot wait, for the change that triggers them
    does not: they skip it, and the run log says so.
    """

    _inherit = "base.automation"

    paused = fields.Boolean(readonly=True, copy=False, tracking=True)
    paused_at = fields.Datetime("Since When Paused", readonly=True, copy=False)
    paused_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    paused_reason = fields.Text("Reason of the Pause", readonly=True, copy=False)
    all_paused = fields.Text(compute="_compute_all_paused")

    def _compute_all_paused(self):
        self.all_paused = self._pause_all_words()

    def _refuse_gated(self, vals):
        if PAUSE_FIELDS & set(vals):
            raise UserError(
                self.env._("A rule is paused and resumed with Pause and Resume.")
            )
        return super()._refuse_gated(vals)

    @api.model
    def _follows(self, field):
        return super()._follows(field) or field.name in PAUSE_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [{**vals, **dict.fromkeys(PAUSE_FIELDS, False)} for vals in vals_list]
        )

    # ------------------------------------------------------------------- one rule

    @takes(reason=MAYBE_TEXT)
    def action_pause(self, reason):
        """Hold these rules: what is due for them waits. Hub administrators only.

        :param reason: why, in a sentence
        """
        rules = self._for_admin()
        reason = self._said(reason)
        live = rules.filtered(lambda rule: rule.trigger == LIVE)
        if live:
            raise UserError(
                self.env._(
                    "%(name)s runs on live updates of a form and cannot be paused. Switch it off instead.",
                    name=live[0].name,
                )
            )
        rules.filtered(lambda rule: not rule.paused)._write_gated(
            {
                "paused": True,
                "paused_at": fields.Datetime.now(),
                "paused_by_id": self.env.uid,
                "paused_reason": reason,
            }
        )
        return True

    def action_resume(self):
        """Let these rules go on, with what has waited. Hub administrators only."""
        rules = self._for_admin().filtered("paused")
        rules._write_gated(dict.fromkeys(PAUSE_FIELDS, False))
        rules._wake_runs()
        return True

    @takes(reason=MAYBE_TEXT)
    def action_skip_waiting(self, reason):
        """Skip what waits for these rules, for good. Hub administrators only.

        :param reason: why, in a sentence
        """
        rules = self._for_admin()
        reason = self._said(reason)
        runs = self.env["event_hub.run"].sudo()
        waiting = runs.search(
            [("automation_id", "in", rules.ids), ("state", "in", DUE)]
        )
        waiting._set_state(
            SKIPPED,
            error=self.env._(
                "Skipped by %(user)s: %(reason)s",
                user=self.env.user.name,
                reason=reason,
            ),
            next_try_at=False,
        )
        return True

    # ------------------------------------------------------------------ all of them

    @api.model
    @takes(reason=MAYBE_TEXT)
    def action_pause_all(self, reason):
        """Hold every rule, apart from those on live updates of a form. Hub administrators only.

        :param reason: why, in a sentence
        """
        self._for_admin()
        words = {
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "by": self.env.user.name,
            "by_id": self.env.uid,
            "why": self._said(reason),
        }
        if not self._pause_all_state():
            self.env["ir.config_parameter"].sudo().set_param(
                PAUSE_ALL, json.dumps(words)
            )
        return True

    @api.model
    def action_resume_all(self):
        """Let every rule go on that is not paused itself. Hub administrators only."""
        self._for_admin()
        self.env["ir.config_parameter"].sudo().set_param(PAUSE_ALL, False)
        self._wake_runs()
        return True

    @api.model
    def pause_all_status(self):
        """:return: ``{"paused": bool, "words": str}`` for the pages about rules"""
        self.browse().check_access("read")
        words = self._pause_all_words()
        return {"paused": bool(words), "words": words or ""}

    @api.model
    def _pause_all_state(self):
        """:return: ``{"at", "by", "by_id", "why"}`` while all rules are paused, else None

        Read from the table and not from what the process remembers: a switch that is heard
        late is none.
        """
        found = (
            self.env["ir.config_parameter"]
            .sudo()
            .search_fetch([("key", "=", PAUSE_ALL)], ["value"])
            .value
        )
        if not found:
            return None
        try:
            state = json.loads(found)
        except ValueError:
            state = None
        if not isinstance(
            state, dict
        ):  # written by hand: paused, by whom we cannot say
            state = {}
        return {"at": "", "by": "", "by_id": False, "why": "", **state}

    @api.model
    def _pause_all_words(self):
        """:return: who has paused all rules, when and why; False while they run"""
        state = self._pause_all_state()
        if not state:
            return False
        return self.env._(
            "All rules are paused since %(at)s UTC by %(by)s: “%(why)s”. What is due for events and dates waits; rules"
            " on records skip what happens meanwhile.",
            at=state["at"] or "?",
            by=state["by"] or "?",
            why=state["why"] or "?",
        )

    @api.model
    def _paused_ids(self):
        """:return: ids of the rules that are paused now, read from the table"""
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("paused", "=", True)])
            .ids
        )

    @api.model
    def _all_held(self):
        """:return: whether all rules are paused, from memory: rules on records ask at each change

        Other processes hear of it with their next request.
        """
        return bool(self.env["ir.config_parameter"].sudo().get_param(PAUSE_ALL))

    def _wake_runs(self):
        self.env["event_hub.waker"]._wake("event_hub.ir_cron_react")

    def _said(self, reason):
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Give a reason: it stays on record."))
        return reason.strip()
