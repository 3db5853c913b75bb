from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..policies import changes
from ..tools import past
from ..tools.event_row import EventRow
from .event_hub_background import CANCELLED, DONE, DRAFT, RUNNING

CRON = "event_hub.ir_cron_backfill"
BATCH = 1000  # records or changes written to the ledger in one transaction


def _now():
    """:return: naive UTC with its microseconds: what was made in this very second is past, too"""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class EventHubBackfill(models.Model):
    """Brings what happened before the hub listened into the ledger, as history.

    Reads when records were made, and the changes the chatter has on record. An event is
    known by where it comes from, so a second run, or one that was cut, adds nothing twice.
    """

    _name = "event_hub.backfill"
    _inherit = ["event_hub.background"]
    _description = "Backfill"
    _order = "id desc"
    _hub_transitions = {
        DRAFT: {RUNNING},
        RUNNING: {DONE, CANCELLED},
        DONE: {RUNNING},
        CANCELLED: {RUNNING},
    }

    model_id = fields.Many2one(
        "ir.model",
        "Records",
        required=True,
        ondelete="cascade",
        domain=[("is_mail_thread", "=", True), ("transient", "=", False)],
    )
    res_model = fields.Char(related="model_id.model")
    date_from = fields.Date(
        "From", help="Only what happened on or after this day (UTC). Empty: everything."
    )
    until = fields.Datetime(
        readonly=True,
        copy=False,
        help="From here on the hub listens itself.",
    )
    last_record_id = fields.Integer(readonly=True, copy=False)
    last_change_id = fields.Integer(readonly=True, copy=False)
    event_count = fields.Integer("Events Added", readonly=True, copy=False)
    total = fields.Integer(readonly=True, copy=False)
    seen = fields.Integer(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")

    @api.depends("model_id")
    def _compute_display_name(self):
        for backfill in self:
            backfill.display_name = (
                self.env._("Past of %(records)s", records=backfill.model_id.name)
                if backfill.model_id
                else self.env._("New Backfill")
            )

    @api.depends("total", "seen", "state")
    def _compute_progress(self):
        for backfill in self:
            share = 100 * backfill.seen / backfill.total if backfill.total else 0
            backfill.progress = 100 if backfill.state == DONE else min(share, 99)

    @api.constrains("model_id")
    def _check_model(self):
        for backfill in self:
            model = self.env.get(backfill.res_model)
            if (
                model is None
                or not model._auto
                or model._transient
                or not model._log_access  # nobody noted when they were made
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s keeps no records whose past could be told.",
                        name=backfill.model_id.name,
                    )
                )

    # ------------------------------------------------------------------- actions

    def action_start(self):
        """Begin, or begin anew: what is in the ledger already is passed over."""
        self._check_admin()
        self.env.flush_all()
        for backfill in self.sudo():
            backfill._set_state(
                RUNNING,
                user_id=self.env.uid,
                until=backfill._first_heard(),
                last_record_id=0,
                last_change_id=0,
                event_count=0,
                seen=0,
                total=backfill._count(),
                finished_at=False,
            )
        self.env["event_hub.waker"]._wake(CRON)
        return True

    def action_cancel(self):
        """Stop. What was added stays: it is true."""
        self._check_admin()
        self.sudo()._set_state(CANCELLED)
        return True

    def action_open_events(self):
        """:return: action that opens what is in the ledger about these records"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "event_hub.event_hub_event_action"
        )
        action["domain"] = [
            ("case_model", "=", self.res_model),
            ("history", "=", True),
        ]
        action["context"] = {}
        return action

    # ---------------------------------------------------------------- what to tell

    def _first_heard(self):
        """:return: naive UTC: when the hub itself began to hear of these records, else now"""
        self.env.cr.execute(
            SQL(
                "SELECT min(recorded_at) FROM event_hub_event WHERE case_model = %s AND NOT history",
                self.res_model,
            )
        )
        return self.env.cr.fetchone()[0] or _now()

    def _since(self):
        return fields.Datetime.to_datetime(
            self.date_from
        ) or fields.Datetime.to_datetime("1970-01-01")

    def _count(self):
        return sum(
            self.env.execute_query(query)[0][0]
            for query in (
                SQL("SELECT count(*) %s", self._from_records()),
                SQL("SELECT count(*) %s", self._from_changes()),
            )
        )

    def _from_records(self):
        table = SQL.identifier(self.env[self.res_model]._table)
        return SQL(
            "FROM %s r WHERE r.create_date >= %s AND r.create_date < %s",
            table,
            self._since(),
            self.until or _now(),
        )

    def _from_changes(self):
        return SQL(
            """FROM mail_tracking_value v
            JOIN mail_message m ON m.id = v.mail_message_id
            JOIN ir_model_fields f ON f.id = v.field_id
            WHERE m.model = %s AND m.date >= %s AND m.date < %s AND f.name = ANY(%s)""",
            self.res_model,
            self._since(),
            self.until or _now(),
            self._free_fields(),
        )

    def _free_fields(self):
        """:return: names of fields that everybody who reads the record reads"""
        model = self.env[self.res_model]
        return [name for name, field in model._fields.items() if not field.groups]

    # ----------------------------------------------------------------- doing it

    @api.model
    def _cron_backfill(self):
        """Work off what runs, one batch a transaction; called by a Scheduled Action."""
        cron = self.env["ir.cron"]
        running = self.search([("state", "=", RUNNING)], order="id")
        cron._commit_progress(remaining=len(running))
        queue = self.env["event_hub.message"]
        for backfill in running:
            while queue._again_on_conflict(backfill._step):
                if not cron._commit_progress(1, remaining=1):
                    return True
            if not cron._commit_progress(1):
                break
        return True

    def _step(self, limit=BATCH):
        """Write one batch to the ledger, or finish; without committing.

        :return: whether there is more to do
        """
        self.ensure_one()
        self.env.flush_all()
        self.invalidate_recordset()
        if self.state != RUNNING:  # somebody cancelled it meanwhile
            return False
        rows, seen, position = self._next_created(limit)
        if not seen:
            rows, seen, position = self._next_changed(limit)
        if not seen:
            self._set_state(DONE, finished_at=fields.Datetime.now())
            return False
        added = self.env["event_hub.event"]._append(rows)
        self._record(
            **position,
            seen=self.seen + seen,
            event_count=self.event_count + len(added),
        )
        return True

    def _next_created(self, limit):
        """:return: rows of the next records, and where we are then; nothing if all are told"""
        found = self.env.execute_query(
            SQL(
                "SELECT r.id, r.create_date, r.create_uid %s AND r.id > %s ORDER BY r.id LIMIT %s",
                self._from_records(),
                self.last_record_id,
                limit,
            )
        )
        if not found:
            return [], 0, {}
        model = self.env[self.res_model]
        kind = getattr(model, "_hub_created", changes.CREATED)
        context = self._context_of([id_ for id_, *_rest in found])
        logins = self._logins({uid for _id, _at, uid in found})
        rows = [
            self._row(
                context[id_],
                kind,
                self.env._("Created") if kind == changes.CREATED else "",
                at,
                uid,
                logins.get(uid),
                f"created:{id_}",
                {},
            )
            for id_, at, uid in found
            if id_ in context
        ]
        return rows, len(found), {"last_record_id": found[-1][0]}

    def _next_changed(self, limit):
        """:return: as ``_next_created``, for the changes that the chatter has on record"""
        found = self.env.execute_query(
            SQL(
                "SELECT v.id, m.res_id, m.date, m.author_id %s AND v.id > %s ORDER BY v.id LIMIT %s",
                self._from_changes(),
                self.last_change_id,
                limit,
            )
        )
        if not found:
            return [], 0, {}
        context = self._context_of({res_id for _id, res_id, *_rest in found})
        authors = self.env["res.partner"].browse({a for *_rest, a in found if a})
        users = {p.id: p.user_ids[:1] for p in authors.sudo().exists()}
        told = self._told([id_ for id_, *_rest in found])
        rows = []
        for id_, res_id, at, author in found:
            user = users.get(author, self.env["res.users"])
            what = told.get(id_)
            if what and res_id in context:
                rows.append(
                    self._row(
                        context[res_id],
                        what.type,
                        what.activity,
                        at,
                        user.id,
                        user.login,
                        f"change:{id_}",
                        what.attributes,
                    )
                )
        return rows, len(found), {"last_change_id": found[-1][0]}

    def _told(self, ids):
        """:return: ``{id of a tracking value: Told}`` of those worth an event"""
        model = self.env[self.res_model]
        watched = getattr(model, "_hub_watched", {})
        result = {}
        for value in self.env["mail.tracking.value"].sudo().browse(ids):
            name = value.field_id.name
            field = model._fields[name]
            label = field._description_string(self.env)
            before, after = past.ends(self.env, field, value)
            told = changes.tell(name, label, watched.get(name), before, after)
            if told and (not watched or name in watched):
                result[value.id] = told
        return result

    def _context_of(self, ids):
        """:return: ``{record id: values of a row that do not depend on the event}``"""
        model = self.env[self.res_model].sudo()
        case_type = getattr(model, "_hub_case_type", None) or self.res_model
        result = {}
        for record in model.with_context(active_test=False).browse(ids).exists():
            if not getattr(record, "_hub_is_told", lambda: True)():
                continue
            result[record.id] = {
                "case_type": case_type,
                "case_model": self.res_model,
                "case_id": record.id,
                "company_id": past.company(record).id or None,
                "account_id": past.account(record).id or None,
                "correlation": past.story(self.res_model, record.id),
            }
        return result

    def _logins(self, uids):
        users = self.env["res.users"].sudo().browse(filter(None, uids)).exists()
        return {user.id: user.login for user in users}

    def _row(self, context, kind, activity, at, uid, login, key, attributes):
        return EventRow(
            type=kind,
            activity=activity,
            occurred_at=at,
            actor_id=uid or None,
            actor=login or "system",
            ce_source=f"history:{self.res_model}",
            ce_id=key,
            attributes=attributes,
            history=True,
            **context,
        )
