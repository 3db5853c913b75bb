import json

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const
from ..exceptions import ConflictError
from ..policies import lanes, states
from ..policies.adapters import ADAPTERS
from ..policies.correlation import decide_correlation
from ..policies.identity import body_digest, decide_identity
from ..tools import trace

ERROR_CODES = [
    ("unknown_type", "Unknown event type"),
    ("schema", "Data does not fit the schema"),
    ("unknown_account", "Unknown account"),
    ("wrong_company", "Belongs to another company"),
    ("handler", "The effect failed"),
]


class EventHubMessage(models.Model):
    """The inbox: what was heard, byte for byte, and what became of it.

    Rows are born at the door (``_accept``) and change state in ``_set_state`` only.
    """

    _name = "event_hub.message"
    _description = "Inbox Message"
    _order = "id desc"
    _rec_name = "external_id"
    _log_access = False

    source_id = fields.Many2one(
        "event_hub.source",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="source_id.company_id")
    external_id = fields.Char(
        "Message Id",
        required=True,
        readonly=True,
        help="The sender's own id of this message.",
    )
    body = fields.Text(readonly=True, help="Byte for byte as it came in.")
    body_sha256 = fields.Char("SHA-256", readonly=True)
    headers = fields.Json(readonly=True, help="Without signatures and credentials.")
    scheme = fields.Selection(
        [(code, adapter.label) for code, adapter in ADAPTERS.items()],
        "Read As",
        readonly=True,
        help="The adapter that its signature chose.",
    )
    content_type = fields.Char(readonly=True)
    state = fields.Selection(
        [
            (states.RECEIVED, "Received"),
            (states.PROCESSED, "Processed"),
            (states.FAILED, "Failed"),
            (states.PARKED, "Parked"),
            (states.DEAD, "Dead"),
        ],
        default=states.RECEIVED,
        required=True,
        readonly=True,
        help="Received: not yet understood. Failed: tried again soon. Parked: a person must act first. "
        "Dead: tried five times.",
    )
    error_code = fields.Selection(ERROR_CODES, "Reason", readonly=True)
    error = fields.Text("What Is Wrong", readonly=True)
    lane = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Messages of one lane and source are worked off in order, lanes side by side. "
        "-1: about cases of several lanes, so after all that was sent before and before all that was sent after.",
    )
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    correlation = fields.Char(readonly=True, index=True)
    received_at = fields.Datetime("Received", readonly=True)
    processed_at = fields.Datetime("Processed", readonly=True)
    event_ids = fields.Many2many(
        "event_hub.event", string="Events", compute="_compute_event_ids"
    )
    event_count = fields.Integer(compute="_compute_event_ids")
    event_types = fields.Char("Became", compute="_compute_event_ids")
    body_pretty = fields.Text("Body (pretty)", compute="_compute_pretty")
    headers_pretty = fields.Text("Headers (pretty)", compute="_compute_pretty")

    _identity_uniq = models.UniqueIndex("(source_id, external_id)")
    _latest_idx = models.Index("(source_id, id)")  # also what the foreign key needs
    _lane_idx = models.Index("(source_id, lane, id) WHERE state = 'received'")
    _again_idx = models.Index("(next_try_at, id) WHERE state = 'failed'")
    _person_idx = models.Index("(source_id) WHERE state IN ('parked', 'dead')")

    # ----------------------------------------------------------------- computes

    def _compute_event_ids(self):
        events = self.env["event_hub.event"].search(
            [("message_id", "in", self.ids)], order="id"
        )
        by_message = events.grouped("message_id")
        for message in self:
            message.event_ids = by_message.get(message, events.browse())
            message.event_count = len(message.event_ids)
            message.event_types = ", ".join(sorted({e.type for e in message.event_ids}))

    def _compute_pretty(self):
        for message in self:
            message.body_pretty = _pretty(message.body)
            message.headers_pretty = "\n".join(
                f"{k}: {v}" for k, v in sorted((message.headers or {}).items())
            )

    # -------------------------------------------------------------------- guards

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Messages come in through a source's endpoint only.")
        )

    @api.ondelete(at_uninstall=True)  # else a flag in the context would let it through
    def _unlink_never(self):
        raise UserError(self.env._("Messages are kept: they prove what was heard."))

    def _set_state(self, target, **values):
        """The one gate of ``state``.

        :raise ConflictError: if a message has moved meanwhile
        """
        for message in self:
            if not states.may_move(message.state, target):
                raise ConflictError(
                    self.env._(
                        "Message %(message)s is %(state)s and cannot become %(target)s.",
                        message=message.external_id,
                        state=message.state,
                        target=target,
                    )
                )
        return self._write_same({"state": target, **values})

    def _write_same(self, values):
        """Write the same values to all of ``self``, in one statement: the ORM would repeat them for each row."""
        columns = {self._fields[name]: value for name, value in values.items()}
        if self:
            assignments = [
                SQL(
                    "%s = %s",
                    SQL.identifier(field.name),
                    field.convert_to_column(value, self),
                )
                for field, value in columns.items()
            ]
            self.env.cr.execute(
                SQL(
                    "UPDATE event_hub_message SET %s WHERE id = ANY(%s)",
                    SQL(", ").join(assignments),
                    self.ids,
                )
            )
            for field, value in columns.items():
                field._update_cache(self, field.convert_to_cache(value, self))
            self.modified(values)
        return True

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse every other way to change a message."""
        raise UserError(
            self.env._("Messages are not changed by hand. Replay them instead.")
        )

    # ---------------------------------------------------------------------- door

    @api.model
    def _accept(self, heard):
        """Store one message, or find out that it is known.

        :param heard: ``Heard``
        :return: ``(answer, HTTP status)`` as the door gives them
        """
        event = next(item.event for item in heard.items if item.event)
        correlation = decide_correlation(
            event.correlationid,
            (event.traceparent, heard.headers.get("traceparent")),
            trace.new_correlation,
        )
        digest = body_digest(heard.body)
        lane = lanes.lane_of_items(heard.items)
        row = self._insert_message(heard, correlation, digest, lane)
        if row is None:
            return self._answer_known(heard, digest)
        self.env["event_hub.waker"]._wake(
            const.CRONS_PROCESS[lanes.lane_to_wake(lane, row)]
        )
        answer = {"status": "accepted", "message": row, "correlation": correlation}
        if heard.batch:
            answer["items"] = self._answer_items(heard)
        return answer, 202

    def _insert_message(self, heard, correlation, digest, lane):
        """:return: id of the new row, None if the message is known"""
        headers = {
            name: value[: const.MAX_HEADER_CHARS]
            for name, value in heard.headers.items()
            if name not in const.SECRET_HEADERS
        }
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO event_hub_message (source_id, external_id, body, body_sha256, headers, scheme, content_type,
                                           lane, state, attempts, next_try_at, correlation, received_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'received', 0, %s, %s, %s)
            ON CONFLICT (source_id, external_id) DO NOTHING RETURNING id
            """,
                heard.source_id,
                heard.message_id,
                heard.body.decode(),
                digest,
                Json(headers),
                heard.scheme,
                heard.content_type,
                lane,
                heard.received_at.replace(microsecond=0),
                correlation,
                heard.received_at,
            )
        )
        row = self.env.cr.fetchone()
        return row[0] if row else None

    def _answer_known(self, heard, digest):
        known = self.search(
            [
                ("source_id", "=", heard.source_id),
                ("external_id", "=", heard.message_id),
            ]
        )
        if decide_identity(known.body_sha256, digest) == "conflict":
            self.env["event_hub.clash"].sudo()._note(known, digest)
            return {
                "error": {
                    "code": "conflict",
                    "detail": "Another body was sent under this message id before.",
                },
            }, 409
        answer = {
            "status": "duplicate",
            "message": known.id,
            "correlation": known.correlation,
        }
        if heard.batch:
            answer["items"] = self._answer_items(heard, "duplicate")
        return answer, 200

    def _answer_items(self, heard, good="accepted"):
        """:return: what became of each item of a batch, in order"""
        seen = (
            self.env["event_hub.event"]
            .sudo()
            ._known_identities(
                [
                    (heard.source_id, item.event.source, item.event.id)
                    for item in heard.items
                    if item.event
                ]
            )
        )
        answers = []
        for item in heard.items:
            if not item.event:
                answers.append(
                    {"id": item.id, "status": "rejected", "error": item.error}
                )
                continue
            identity = heard.source_id, item.event.source, item.event.id
            answers.append(
                {"id": item.id, "status": "duplicate" if identity in seen else good}
            )
            seen.add(identity)
        return answers

    # ------------------------------------------------------------------- actions

    def action_open_events(self):
        """:return: action that opens the ledger on the story of these messages"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [
            "|",
            ("message_id", "in", self.ids),
            ("correlation", "in", self.mapped("correlation")),
        ]
        action["context"] = {}
        return action


def _pretty(body):
    """:return: JSON with indentation; anything else as it is"""
    try:
        return json.dumps(json.loads(body or ""), indent=2, ensure_ascii=False)
    except ValueError:
        return body
