from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, id_of
from odoo.addons.event_hub.tools import gate
from odoo.addons.event_hub.tools.arguments import takes

from ..policies.sla.clock import BREACHED
from ..tools.clock import utcnow

MAX_CHARS = 500
REASON = "support_visibility.breach_reason"


class SupportVisibilitySlaClockReason(models.Model):
    """Why a promise was broken, as somebody who knows says."""

    _inherit = "support_visibility.sla_clock"  # pylint: disable=consider-merging-classes-inherited

    breach_reason_id = fields.Many2one(
        REASON, "Why Broken", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    breach_note = fields.Char("In a Sentence", readonly=True)
    explained_by_id = fields.Many2one("res.users", "Said by", readonly=True)
    explained_at = fields.Datetime("Said", readonly=True)

    @takes(reason_id=id_of(REASON), note=MAYBE_TEXT)
    def action_explain(self, reason_id, note=None):
        """Say why promises were broken. It may be said anew; the ledger keeps what was said before.

        :param int reason_id: a ``support_visibility.breach_reason``
        :param str note: a sentence, up to 500 characters
        :raises UserError: a promise that is not broken
        """
        self.check_access("read")
        self.ticket_id.check_access("write")
        reason = self.env[REASON].browse(reason_id).exists()
        note = (note or "").strip()
        self._check_explanation(reason, note)
        for clock in self:
            vals = {
                "breach_reason_id": reason.id,
                "breach_note": note or False,
                "explained_by_id": self.env.uid,
                "explained_at": utcnow().replace(microsecond=0),
            }
            was = clock.breach_reason_id.code
            gate.admit(clock.sudo(), vals).write(vals)
            clock.ticket_id._tell(
                "support.breach_explained",
                "Breach explained",
                promise=clock.kind,
                reason=reason.code,
                was=was or "",
            )
        return True

    def _check_explanation(self, reason, note):
        if not reason.active:
            raise UserError(
                self.env._("Choose a reason that is still used (reason_id).")
            )
        if len(note) > MAX_CHARS:
            raise UserError(
                self.env._("Say it in %(most)s characters (note).", most=MAX_CHARS)
            )
        kept = self.filtered(lambda clock: clock.state != BREACHED)
        if kept:
            raise UserError(
                self.env._(
                    "%(ticket)s: this promise is not broken, so there is nothing to explain.",
                    ticket=kept[0].ticket_id.number,
                )
            )
