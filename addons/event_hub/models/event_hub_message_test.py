# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import consteq, hmac

from ..policies import trial
from ..policies.cloudevents import BadEnvelope, BadJson
from ..policies.identity import body_digest

# What is told in short, but for the body: that may be large, and is read of one message only.
SHORTLY = ["source_id", "headers", "body_sha256", "received_at", "state", "error"]


class EventHubMessage(models.Model):
    """Test events that this server sent to itself: read as any message, without effect.

    They carry a mark that nobody else can make, as it rests on a key of this database, the
    source and the very body. So no sender, and nobody on the way, can take the effect
    from a real message, and none of ours is taken for one.
    """

    _inherit = "event_hub.message"

    is_test = fields.Boolean(
        "Test Event",
        compute="_compute_is_test",
        help="Sent by this server to try the connection; it had no effect.",
    )

    def _compute_is_test(self):
        for message in self:
            mark = (message.headers or {}).get(trial.HEADER)
            own = self._test_mark_of(message.source_id.id, message.body_sha256)
            # As bytes: whoever sends a header may put any character into it.
            message.is_test = bool(mark) and consteq(mark.encode(), own.encode())

    @api.model
    def _test_mark(self, source_id, body):
        """:return: what the header of a test event with this body holds"""
        return self._test_mark_of(source_id, body_digest(body))

    @api.model
    def _test_mark_of(self, source_id, digest):
        return hmac(self.env(su=True), "event_hub.test", (source_id, digest))

    def _as_tests(self, pending):
        """:param pending: ``Pending`` of one test event
        :return: the same as ``hub.test``, which has no effect
        """
        return [
            replace(
                p,
                event=replace(
                    p.event,
                    type=trial.TEST_TYPE,
                    id=f"{self.id}:{number}",
                    source="/event-hub/test",
                    subject=None,
                    dataschema=None,
                    data={"read_as": p.event.type, "subject": p.event.subject or ""},
                ),
            )
            for number, p in enumerate(pending)
        ]

    # ------------------------------------------------------------------- in short

    def _told_shortly(self):
        """:return: ``{"id", "at", "types", "state", "label", "reason"}``, False if there is no message"""
        if not self:
            return False
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "at": fields.Datetime.to_string(self.received_at),
            "types": self._types_heard(),
            "state": self.state,
            "label": labels[self.state],
            "reason": self.error or "",
        }

    def _types_heard(self):
        """:return: sorted types of the events in this message, also before it is understood"""
        events = self.sudo().event_ids
        if events:
            return sorted(
                {
                    (event.attributes or {}).get("read_as", event.type)
                    if self.is_test
                    else event.type
                    for event in events
                }
            )
        alone = self.sudo().with_prefetch()
        try:
            items = self.env["event_hub.processor"]._items(alone)
        except (BadJson, BadEnvelope):  # its mapping has changed, or it was purged
            return []
        return sorted({item.event.type for item in items if item.event})
