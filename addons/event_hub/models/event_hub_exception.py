from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..fields import LooseMany2one
from ..policies.arguments import MAYBE_TEXT, id_of
from ..tools.arguments import takes

KINDS = [
    ("message", "Message"),
    ("delivery", "Delivery"),
    ("run", "Automation run"),
    ("conflict", "Field conflict"),
    ("clash", "Id used again"),
]
# Row ids are unique over all kinds: the id of the thing times eight, plus the place of its kind.
PLACES = {kind: place for place, (kind, _label) in enumerate(KINDS)}
WARNING = "mail.mail_activity_data_warning"

COLUMNS = {
    "message": SQL(
        """
        'event_hub.message' AS res_model, t.external_id AS name, source.name AS place,
        CASE t.error_code WHEN 'unknown_type' THEN 'Unknown event type' WHEN 'schema' THEN 'Breaks its schema'
             WHEN 'unknown_account' THEN 'Unknown account' WHEN 'wrong_company' THEN 'Another company''s'
             WHEN 'handler' THEN 'Its effect failed' ELSE coalesce(t.error_code, 'Given up') END AS category,
        t.error AS detail, source.owner_id AS found_owner_id, t.received_at AS since,
        source.company_id AS company_id, NULL::int AS account_id, t.correlation AS correlation
        """
    ),
    "delivery": SQL(
        """
        'event_hub.delivery' AS res_model, t.event_type AS name, endpoint.name AS place,
        'Delivery given up' AS category, t.error AS detail, endpoint.owner_id AS found_owner_id,
        coalesce(t.last_try_at, t.planned_at) AS since, t.company_id AS company_id,
        event.account_id AS account_id, t.correlation AS correlation
        """
    ),
    "run": SQL(
        """
        'event_hub.run' AS res_model, t.event_type AS name, rule.name->>'en_US' AS place,
        'Automation given up' AS category, t.error AS detail, rule.owner_id AS found_owner_id,
        coalesce(t.started_at, t.planned_at) AS since, t.company_id AS company_id,
        event.account_id AS account_id, t.correlation AS correlation
        """
    ),
    "conflict": SQL(
        """
        'event_hub.conflict' AS res_model, t.field AS name, source.name AS place,
        'Another value offered' AS category,
        concat('Ours: ', t.current_value, '. Theirs: ', t.offered_value, '.') AS detail,
        t.owner_id AS found_owner_id, t.create_date AS since, t.company_id AS company_id,
        t.account_id AS account_id, t.correlation AS correlation
        """
    ),
    "clash": SQL(
        """
        'event_hub.clash' AS res_model, first.external_id AS name, source.name AS place,
        'Same id, other content' AS category,
        'The other content was refused (409) and is not here. Ask the sender for an id per message and to send'
        ' it again, then settle this.' AS detail,
        source.owner_id AS found_owner_id, t.heard_at AS since, source.company_id AS company_id,
        NULL::int AS account_id, first.correlation AS correlation
        """
    ),
}
JOINS = {
    "message": SQL("JOIN event_hub_source source ON source.id = t.source_id"),
    "delivery": SQL(
        "JOIN event_hub_endpoint endpoint ON endpoint.id = t.endpoint_id"
        " LEFT JOIN event_hub_event event ON event.id = t.event_id"
    ),
    "run": SQL(
        "LEFT JOIN base_automation rule ON rule.id = t.automation_id"
        " LEFT JOIN event_hub_event event ON event.id = t.event_id"
    ),
    "conflict": SQL("JOIN event_hub_source source ON source.id = t.source_id"),
    "clash": SQL(
        "JOIN event_hub_source source ON source.id = t.source_id"
        " JOIN event_hub_message first ON first.id = t.message_id"
    ),
}
STUCK = {  # states
    "message": ("parked", "dead"),
    "delivery": ("dead",),
    "run": ("dead",),
    "conflict": ("open",),
    "clash": ("open",),
}
DECIDED = ("conflict", "clash")  # there is nothing to try again


class EventHubException(models.Model):
    """Everything that waits for a person, of all kinds, on one screen.

    A view over four tables, each read with the reader's own rights, so that nobody finds
    here what he may not see there.
    """

    _name = "event_hub.exception"
    _description = "Waits for a Person"
    _inherit = ["event_hub.loose"]
    _auto = False
    _order = "since, id"

    kind = fields.Selection(KINDS, readonly=True)
    res_model = fields.Char("Record Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Record Id", model_field="res_model", readonly=True, aggregator=None
    )
    name = fields.Char("About", readonly=True)
    place = fields.Char("Where", readonly=True, help="Source, endpoint or rule.")
    category = fields.Char(readonly=True)
    detail = fields.Text("What Is Wrong", readonly=True)
    owner_id = LooseMany2one("res.users", "Owner", readonly=True)
    since = fields.Datetime(readonly=True)
    age_hours = fields.Float("Age (Hours)", readonly=True, aggregator="max")
    company_id = LooseMany2one("res.company", "Company", readonly=True)
    account_id = LooseMany2one("res.partner", "Account", readonly=True)
    correlation = fields.Char(readonly=True)
    discarded = fields.Boolean(readonly=True)
    discard_reason = fields.Text("Why Discarded", readonly=True)

    # --------------------------------------------------------------------- the view

    @property
    def _table_query(self):
        self.env["event_hub.exception_mark"].flush_model()
        parts = [self._part(kind) for kind, _label in KINDS]
        return SQL(" UNION ALL ").join([part for part in parts if part] or [EMPTY])

    def _part(self, kind):
        """:return: SQL of what of one kind is stuck, as far as the reader sees it; None if he sees none"""
        model = self.env[f"event_hub.{kind}"]
        if not model.has_access("read"):
            return None
        model.flush_model()
        readable = model._search([("state", "in", STUCK[kind])]).subselect()
        return SQL(
            """
            SELECT t.id::bigint * 8 + %(place)s AS id, %(kind)s AS kind, t.id AS res_id, found.*,
                   coalesce(mark.owner_id, found.found_owner_id) AS owner_id,
                   extract(epoch FROM (now() AT TIME ZONE 'UTC') - found.since)::float / 3600 AS age_hours,
                   mark.discarded_at IS NOT NULL AS discarded, mark.reason AS discard_reason
              FROM %(table)s t %(joins)s
         LEFT JOIN event_hub_exception_mark mark ON mark.kind = %(kind)s AND mark.res_id = t.id
CROSS JOIN LATERAL (SELECT %(columns)s) found
             WHERE t.state IN %(states)s AND t.id IN %(readable)s
            """,
            place=PLACES[kind],
            kind=kind,
            columns=COLUMNS[kind],
            table=SQL.identifier(model._table),
            joins=JOINS[kind],
            # Said twice, for the planner: what is stuck has small indexes of its own.
            states=STUCK[kind],
            readable=readable,
        )

    # ---------------------------------------------------------------------- actions

    def action_open(self):
        """:return: action that opens the thing itself"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_retry(self):
        """Try again: replay messages, send deliveries, run automations; each with the rights that takes."""
        things = self._things()
        if set(things) == {"clash"}:
            raise UserError(
                self.env._(
                    "What came under an id used again was refused and is not here: the sender must send it again."
                    " Settle this once they know."
                )
            )
        if set(things) <= set(DECIDED):
            raise UserError(
                self.env._("A field conflict is decided: keep ours or take theirs.")
            )
        for kind, records in things.items():
            if kind == "message":
                records.action_replay()
            elif kind not in DECIDED:
                records.action_retry()
        return True

    def action_keep(self):
        """Keep our values in the chosen field conflicts."""
        self._only_conflicts().action_keep()
        return True

    def action_take(self):
        """Take the offered values in the chosen field conflicts."""
        self._only_conflicts().action_take()
        return True

    def action_settle(self):
        """The senders know of the ids they used again: close these."""
        things = self._things()
        if set(things) != {"clash"}:
            raise UserError(
                self.env._(
                    "Only ids used again are settled like this. Choose none but them."
                )
            )
        return things["clash"].action_settle()

    @takes(user_id=id_of("res.users"))
    def action_assign(self, user_id):
        """Let another user look after these; administrators of the hub only.

        :param user_id: id of an active internal user
        """
        self._check_admin()
        user = self.env["res.users"].browse(user_id).exists()
        if not user or not user.active or user.share:
            raise UserError(self.env._("Choose an active internal user."))
        for kind, records in self._things().items():
            if kind == "conflict":
                records.sudo()._assign(user)
            else:
                self.env["event_hub.exception_mark"].sudo()._put(
                    kind, records.ids, {"owner_id": user.id}
                )
        return True

    @takes(reason=MAYBE_TEXT)
    def action_discard(self, reason):
        """Nothing will be done about these: they leave the screen, and stay on record as they are.

        :param reason: why, in a sentence
        """
        self._check_admin()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Give a reason: it stays on record."))
        things = self._things()
        if "conflict" in things:
            raise UserError(
                self.env._("A field conflict is decided: keep ours or take theirs.")
            )
        marks = self.env["event_hub.exception_mark"].sudo()
        for kind, records in things.items():
            marks._put(
                kind,
                records.ids,
                {
                    "discarded_at": fields.Datetime.now(),
                    "discarded_by_id": self.env.uid,
                    "reason": reason.strip(),
                },
            )
            marks.flush_model()
            if kind == "clash":
                records.action_settle()
                continue
            self._close_questions(
                records.sudo()[
                    {
                        "message": "source_id",
                        "delivery": "endpoint_id",
                        "run": "automation_id",
                    }[kind]
                ]
            )
        return True

    def _check_admin(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only administrators of the event hub may do this.")
            )

    def _things(self):
        """:return: ``{kind: records}`` behind these rows"""
        self.check_access("read")
        return {
            kind: self.env[f"event_hub.{kind}"].browse(rows.mapped("res_id"))
            for kind, rows in self.grouped("kind").items()
        }

    def _only_conflicts(self):
        things = self._things()
        if set(things) != {"conflict"}:
            raise UserError(
                self.env._(
                    "Only field conflicts are decided like this. Choose none but them."
                )
            )
        return things["conflict"]

    # -------------------------------------------------------------------- activities

    @api.model
    def _discarded_messages(self, sources):
        """:return: ``{source id: how many of its stuck messages were discarded}``, one query"""
        self.env["event_hub.exception_mark"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.source_id, count(*)
                  FROM event_hub_exception_mark k JOIN event_hub_message m ON m.id = k.res_id
                 WHERE k.kind = 'message' AND k.discarded_at IS NOT NULL AND m.state IN ('parked', 'dead')
                   AND m.source_id = ANY(%s)
              GROUP BY m.source_id
                """,
                sources.ids,
            )
        )
        return dict(rows)

    @api.model
    def _close_questions(self, places):
        """Finish the activity of sources, rules and endpoints of which nothing waits any more.

        :param places: records of one model
        """
        places = places.sudo().exists()
        if not places:
            return True
        if places._name == "event_hub.source":
            places.invalidate_recordset(["message_waiting_count"])
            done = places.filtered(lambda source: not source.message_waiting_count)
            done.activity_feedback(["event_hub.mail_activity_waiting"])
            return True
        kind, link = (
            ("run", "automation_id")
            if places._name == "base.automation"
            else ("delivery", "endpoint_id")
        )
        things = self.env[f"event_hub.{kind}"].sudo()
        marked = (
            self.env["event_hub.exception_mark"]
            .sudo()
            .search([("kind", "=", kind), ("discarded_at", "!=", False)])
        )
        waiting = things._read_group(
            [
                (link, "in", places.ids),
                ("state", "=", "dead"),
                ("id", "not in", marked.mapped("res_id")),
            ],
            [link],
        )
        open_ids = {place.id for (place,) in waiting}
        done = places.filtered(lambda place: place.id not in open_ids)
        done.activity_feedback([WARNING])
        return True


EMPTY = SQL(
    "SELECT 0::bigint AS id, '' AS kind, 0 AS res_id, '' AS res_model, '' AS name, '' AS place, '' AS category,"
    " '' AS detail, NULL::int AS owner_id, NULL::timestamp AS since, 0::float AS age_hours, NULL::int AS company_id,"
    " NULL::int AS account_id, '' AS correlation, false AS discarded, '' AS discard_reason WHERE false"
)
