# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import logging
from dataclasses import dataclass

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base_automation.models.base_automation import CREATE_WRITE_SET

from ..policies.event_run import DEAD, SKIPPED
from ..tools import undone
from .base_automation_stock import WEBHOOK

_logger = logging.getLogger(__name__)

CHANGES = CREATE_WRITE_SET | {"on_unlink"}  # what a rule can refuse


@dataclass(frozen=True)
class Broken:
    """Why a rule failed on one record: plain values, for its transaction is lost."""

    line: object  # event_hub.run.Line
    trigger: str
    refused: bool
    kind: str
    why: str

    def words(self, env):
        if self.refused:
            return env._("Refused the change: %(why)s", why=self.why)
        values = {"kind": self.kind, "why": self.why}
        if self.trigger in CHANGES:
            return env._(
                "Failed, and the change that triggered it with it. %(kind)s: %(why)s",
                **values,
            )
        return env._(
            "Failed, and all that it did was undone. %(kind)s: %(why)s", **values
        )


class BaseAutomation(models.Model):
    """Rules on stock triggers that fail: on record although what they did is not."""

    _inherit = "base.automation"

    def _log_broken(self, lines, trigger, error):
        """Write a run for each line once the transaction is rolled back, which takes its own run log with it.

        A ``UserError`` refuses a change. Where there is none, on a date, a mail or a webhook,
        it is a failure like any other. Asks the database nothing: the error may have ended
        the transaction.
        """
        refused = (
            trigger in CHANGES
            and isinstance(error, UserError)
            and not isinstance(error, AccessError)
        )
        kind, why = type(error).__name__, str(error)[:2000]
        broken = [Broken(line, trigger, refused, kind, why) for line in lines]
        registry, lang = self.env.registry, self.env.context.get("lang")

        def write(notes):
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"lang": lang} if lang else {})
                _write_down(env, notes)

        undone.note(
            self.env.cr,
            {(b.line.rule_id, b.line.res_model, b.line.res_id): b for b in broken},
            write,
        )
        if trigger == WEBHOOK:
            self._log_broken_here(broken)

    def _log_broken_here(self, broken):
        """What a webhook did is undone already: its route keeps the transaction, and so what is written here."""
        try:
            with self.env.cr.savepoint():
                _write_down(self.sudo().env, broken)
        except Exception:  # never in the way of the webhook's own error
            _logger.exception("Could not write down that webhook %s failed", self.id)


def _write_down(env, broken):
    groups = {}
    for one in broken:
        state = SKIPPED if one.refused else DEAD
        groups.setdefault((state, one.words(env)[:2000]), []).append(one.line)
    for (state, words), lines in groups.items():
        env["event_hub.run"]._log(lines, state, error=words)
