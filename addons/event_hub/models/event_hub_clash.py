from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..policies import clashes as policy
from ..policies.clashes import OPEN, SETTLED

ACTIVITY = "event_hub.mail_activity_clash"
SHOWN = 5  # ids named in an activity


class EventHubClash(models.Model):
    """A message id that its sender used again for other content; the door refused that (409).

    Rows are only inserted by the door, one per message however often it is repeated, and settled
    once the source has been quiet. While one is open, the source's owner has one activity and
    the alert of this queue fires.
    """

    _name = "event_hub.clash"
    _inherit = ["event_hub.guarded"]
    _description = "Message Id Used Again"
    _order = "id desc"
    _rec_name = "external_id"
    _log_access = False

    message_id = fields.Many2one(
        "event_hub.message",
        "Known Message",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="What came first under this id; it stays as it is.",
    )
    source_id = fields.Many2one(
        "event_hub.source",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="source_id.company_id")
    external_id = fields.Char(related="message_id.external_id")
    state = fields.Selection(
        policy.STATES, required=True, readonly=True, default=OPEN, index=True
    )
    heard_at = fields.Datetime("First Refused", required=True, readonly=True)
    settled_at = fields.Datetime("Settled", readonly=True)
    body_sha256 = fields.Char(
        "SHA-256 of the Other Body",
        readonly=True,
        help="The other body itself is not kept: the sender was told, and still has it.",
    )

    _message_uniq = models.UniqueIndex("(message_id) WHERE state = 'open'")

    # --------------------------------------------------------------------- guards

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("The door notes ids that are used again."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Ids that were used again are settled, not changed.")
        )

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(
            self.env._("Ids that were used again stay on record with their message.")
        )

    def _set_state(self, target):
        """:return: those that moved"""
        moved = self.filtered(lambda clash: target in policy.TRANSITIONS[clash.state])
        super(EventHubClash, moved).write(  # pylint: disable=super-method-mismatch
            {"state": target, "settled_at": fields.Datetime.now()}
        )
        return moved

    # ------------------------------------------------------------------- the door

    @api.model
    def _note(self, message, digest):
        """Note that the id of ``message`` came again with another body; nothing if that is noted and open."""
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO event_hub_clash (message_id, source_id, state, heard_at, body_sha256)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (message_id) WHERE state = 'open' DO NOTHING
            """,
                message.id,
                message.source_id.id,
                OPEN,
                fields.Datetime.now(),
                digest,
            )
        )
        return True

    # ------------------------------------------------------------------ every minute

    @api.model
    def _check(self):
        """Settle what is over and tell the owners of the rest, each once."""
        opened = self.sudo().search([("state", "=", OPEN)])
        refused = self._last_refused(opened.source_id)
        now = fields.Datetime.now()
        for source, clashes in opened.grouped("source_id").items():
            latest = max(clashes.mapped("heard_at"))
            last = max(filter(None, (latest, refused.get(source.code))))
            if policy.is_over(last=last, now=now):
                clashes._set_state(SETTLED)
        still = opened.filtered(lambda clash: clash.state == OPEN)
        still._tell_owners()
        self._told_sources().filtered(
            lambda s: s not in still.source_id
        ).activity_feedback(
            [ACTIVITY],
            feedback=self.env._("No id was used again for an hour."),
        )
        return True

    def _last_refused(self, sources):
        """:return: ``{code of the source: the last minute in which the door said conflict}``"""
        rows = self.env["event_hub.tally"]._read_group(
            [
                ("metric", "=", "door"),
                ("outcome", "=", "conflict"),
                ("key", "in", sources.mapped("code")),
                ("minute", ">=", fields.Datetime.now() - 2 * policy.QUIET),
            ],
            ["key"],
            ["minute:max"],
        )
        # A count of a minute may have been made at its end.
        return {code: minute + timedelta(minutes=1) for code, minute in rows}

    def _told_sources(self):
        """:return: the sources whose owners have the activity open"""
        activities = self.env["mail.activity"].sudo()
        told = activities.search(
            [
                ("res_model", "=", "event_hub.source"),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ]
        )
        return (
            self.env["event_hub.source"].sudo().browse(told.mapped("res_id")).exists()
        )

    def _tell_owners(self):
        known = self._told_sources()
        for source, clashes in self.grouped("source_id").items():
            if source in known or not source.owner_id.active:
                continue
            source.activity_schedule(
                ACTIVITY,
                user_id=source.owner_id.id,
                summary=self.env._(
                    "%(sender)s uses message ids again for other content",
                    sender=source.name,
                ),
                note=self.env._(
                    "The other content was refused (409) and is not here. Ids: %(ids)s. Each message needs an id of its"
                    " own; ask whoever looks after the sender to mend that and to send again what was refused."
                    " This closes by itself after an hour without.",
                    ids=", ".join(clashes[:SHOWN].mapped("external_id")),
                ),
            )
        return True

    # -------------------------------------------------------------------- actions

    def action_settle(self):
        """The sender was told: close these."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can settle this.")
            )
        self.sudo()._set_state(SETTLED)
        return self.sudo()._check()
