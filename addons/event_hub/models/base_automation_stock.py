# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import time
from contextlib import nullcontext

from psycopg2.errors import InFailedSqlTransaction

from odoo import fields, models

from ..policies import governance
from ..policies.event_run import DONE, OBSERVED, SKIPPED
from ..policies.governance import OBSERVE
from ..tools import reaction, undone
from .base_automation import TRIGGER

WEBHOOK = "on_webhook"
BEGIN_AGAIN = "event_hub.webhook_begins_again"  # in the cursor's cache: the error
DONE_KEY = "__action_done"  # stock's note of what a rule has run on in this call
FEEDBACK_KEY = "__action_feedback"


class BaseAutomation(models.Model):
    """Governance of the triggers that Odoo brings: observe, the kill switches and the run log.

    Stock runs every rule that is not a live update of a form through ``_process``, in the
    transaction that triggered it. What is decided here is read from fields that stock has
    fetched for its own conditions, so rules nobody governs cost no query.
    """

    _inherit = "base.automation"

    # Whoever knows it may call the webhook: not for those who only read rules.
    webhook_uuid = fields.Char(groups="base.group_system")
    url = fields.Char(groups="base.group_system")

    def _process(self, records, domain_post=None):
        """Stock's one door to the actions: held, observed or carried out, and written down."""
        rule = self.sudo()
        held = rule._held_words()
        act = super()._process
        if not (held or rule.governed or rule.mode == OBSERVE):
            return act(records, domain_post=domain_post)
        due = self._due_among(records)
        if not due:
            return act(records, domain_post=domain_post)
        if held:
            self._note_taken(due)
            return rule._log_runs(due, SKIPPED, error=held)
        if rule.mode == OBSERVE:
            self._note_taken(due)
            return rule._log_observed(due)
        return self._act_on(due, lambda: act(records, domain_post=domain_post))

    def _act_on(self, due, act):
        """Carry the actions out, and write down a run for each of ``due``.

        A webhook has nobody to roll its transaction back: its route answers 500 and commits.
        So what failed is undone here, and its run is written in the same transaction.
        """
        rule = self.sudo()
        # All of it before: the actions may delete the records, or leave a transaction that answers nothing.
        lines, trigger = rule._run_lines(due), rule.trigger
        is_hook = trigger == WEBHOOK
        started = time.monotonic()
        try:
            with (
                self.env.cr.savepoint() if is_hook else nullcontext(),
                reaction.use(reaction.Reaction(rule.id, ())),
            ):
                result = act()
        except Exception as caught:
            error = _first(caught)
            if not isinstance(error, undone.BEGINS_AGAIN):
                rule._log_broken(lines, trigger, error)
            elif is_hook:  # else the whole request begins again by itself
                self.env.cr.cache[BEGIN_AGAIN] = error
            raise error from error.__cause__
        took = int((time.monotonic() - started) * 1000)
        self.env["event_hub.run"].sudo()._log(lines, DONE, duration_ms=took)
        return result

    def _search_time_based_automation_records(self, *, until):
        """What fell due. Held: nothing yet. Observed: written down in one go, and nothing to do."""
        rule = self.sudo()
        if rule._held_words():
            return self.env[self.model_name]
        records = super()._search_time_based_automation_records(until=until)
        if rule.mode == OBSERVE and records:
            rule._log_observed(records)
            return records.browse()
        return records

    def write(self, vals):
        """A rule on dates that is held does not note that it looked: it finds later what falls due meanwhile."""
        if set(vals) == {"last_run"}:
            going = self.filtered(lambda rule: not rule._held_words())
            return super(BaseAutomation, going).write(vals) if going else True
        return super().write(vals)

    # ------------------------------------------------------------------ what is due

    def _due_among(self, records):
        """:return: those of ``records`` that stock would run the actions on"""
        seen = self.env.context.get(DONE_KEY, {}).get(self, records.browse())
        return (records - seen).filtered("id").filtered(self._check_trigger_fields)

    def _note_taken(self, due):
        """As stock does while it computes the fields of a condition: the same change counts once."""
        if self.env.context.get(FEEDBACK_KEY):
            taken = self.env.context[DONE_KEY]
            taken[self] = taken.get(self, due.browse()) | due

    def _held_words(self):
        """:return: why a rule on a stock trigger does nothing now; False if it may run"""
        if self.trigger == TRIGGER:
            return False
        if self.paused:
            return self.env._(
                "Not run: the rule is paused by %(user)s: %(reason)s",
                user=self.paused_by_id.name or "?",
                reason=self.paused_reason or "?",
            )
        if self._all_held():
            return self.env._("Not run: all rules are paused.")
        return False

    # ------------------------------------------------------------------ the run log

    def _log_observed(self, due):
        names = self.action_server_ids.mapped("name")
        if not names:
            note = self.env._("Would have failed: the rule has no action.")
            return self._log_runs(due, OBSERVED, note=note)
        notes = {
            record.id: self.env._(
                "Would have run: %(actions)s. On: %(model)s %(id)s. As: %(user)s.",
                actions=self.env._(", then ").join(names),
                model=self.model_id.name,
                id=record.id,
                user=self.env.user.name,
            )
            for record in due
        }
        return self.env["event_hub.run"]._log(
            self._run_lines(due), OBSERVED, notes=notes
        )

    def _log_runs(self, due, state, **values):
        return (
            self.env["event_hub.run"].sudo()._log(self._run_lines(due), state, **values)
        )

    def _run_lines(self, due):
        """:return: list of ``event_hub.run.Line``, one per record"""
        return self.env["event_hub.run"].sudo()._lines(self, due.sudo())

    # ------------------------------------------------------------------ in words

    def _stock_sentence(self):
        """:return: what triggers a rule on a stock trigger, in a sentence"""
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        what = self.env._(
            "%(trigger)s: %(model)s",
            trigger=labels.get(self.trigger, self.trigger),
            model=self.model_id.name,
        )
        watched = self.trigger_field_ids.mapped("field_description")
        if watched:
            what = self.env._(
                "%(what)s, when one of these changes: %(fields)s",
                what=what,
                fields=", ".join(watched),
            )
        if self.trg_date_id:
            units = dict(
                self._fields["trg_date_range_type"]._description_selection(self.env)
            )
            modes = dict(
                self._fields["trg_date_range_mode"]._description_selection(self.env)
            )
            what = self.env._(
                "%(what)s, %(number)s %(unit)s %(mode)s %(field)s",
                what=what,
                number=self.trg_date_range,
                unit=units.get(self.trg_date_range_type, ""),
                mode=modes.get(self.trg_date_range_mode, ""),
                field=self.trg_date_id.field_description,
            )
        return what

    def _stock_snapshot(self):
        """:return: ``{name: value}``: what of a stock trigger decides when the rule runs"""
        is_hook = self.trigger == WEBHOOK
        return {
            "condition before the change": self.filter_pre_domain,
            "watched fields": ", ".join(sorted(self.trigger_field_ids.mapped("name"))),
            "date": self.trg_date_id.name,
            "time from the date": f"{self.trg_date_range} {self.trg_date_range_type} {self.trg_date_range_mode}"
            if self.trg_date_id
            else False,
            "working calendar": self.trg_date_calendar_id.name,
            "finds the record by": is_hook and self.record_getter,
            "webhook address": is_hook and governance.digest(self.webhook_uuid),
        }


def _first(error):
    """:return: what went wrong: stock looks for more words about it, which fails once the transaction has ended"""
    masked = isinstance(error, InFailedSqlTransaction) and error.__context__
    return masked or error
