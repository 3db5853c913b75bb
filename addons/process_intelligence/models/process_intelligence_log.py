import dataclasses
import logging
import tempfile

import pytz
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.event_hub.exceptions import ConflictError

from .. import const
from ..policies import import_state
from ..policies.csv_log import LogReader, Rejection
from ..policies.csv_source import Upload
from ..policies.exchange import ExchangeOptions, options_from_json
from ..policies.exchange_in import OcelReader
from ..policies.refusal import Refusal
from ..policies.xes_in import XesReader
from ..tools import import_sight, wording
from ..tools.copy_rows import COPY_COLUMNS, RowWriter
from ..tools.local_time import LocalTime

_logger = logging.getLogger(__name__)

CRON = "process_intelligence.import_cron"
MANAGER = "process_intelligence.group_process_manager"
SPOOL_BYTES = 16 * 1024 * 1024  # rows waiting for COPY go to disk above this


class ProcessIntelligenceLog(models.Model):
    """One import of a file into a process; deleting it deletes its events.

    Nobody writes here by hand: rights allow reading, and managers deleting.
    """

    _name = "process_intelligence.log"
    _inherit = ["event_hub.guarded"]
    _description = "Imported Log"
    _order = "id desc"

    name = fields.Char("File", required=True, readonly=True)
    definition_id = fields.Many2one(
        "process_intelligence.definition",
        "Process",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Imported By", readonly=True)
    imported_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        list(import_state.STATES),
        required=True,
        readonly=True,
        default=import_state.QUEUED,
        index=True,
    )
    progress = fields.Integer("Progress (%)", readonly=True)
    starts = fields.Integer(
        readonly=True, help="How often a background import of this file was begun."
    )
    event_count = fields.Integer("Events in the File", readonly=True, groups=MANAGER)
    case_count = fields.Integer("Cases in the File", readonly=True, groups=MANAGER)
    events = fields.Integer(
        compute="_compute_seen", help="Those of the file that you may see."
    )
    cases = fields.Integer(
        compute="_compute_seen", help="Those of the file that you may see."
    )
    digest = fields.Char(readonly=True, help="SHA-256 of the uncompressed file.")
    options = fields.Json(
        readonly=True, help="Which column is what, as the import was asked for."
    )
    content = fields.Binary(
        attachment=True,
        readonly=True,
        groups=MANAGER,
        help="The file of an import that waits; dropped once it is done.",
    )
    rejected = fields.Json(readonly=True)
    rejected_text = fields.Text(
        "Lines That Cannot Be Read", compute="_compute_rejected_text"
    )
    rejected_count = fields.Integer("Refused Lines", readonly=True)
    notes = fields.Text(
        readonly=True, help="What the import left out, or why it was refused."
    )

    _once = models.UniqueIndex(
        "(definition_id, digest) WHERE state <> 'failed'",
        "This file is already imported into the process.",
    )

    @api.depends("rejected")
    def _compute_rejected_text(self):
        for log in self:
            log.rejected_text = "\n".join(
                self.env._("line %(line)s: %(reason)s", **item)
                for item in log.rejected or []
            )

    @api.depends("event_count", "case_count")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_seen(self):
        seen = self.sudo()._counts() if self._sums_tell() else self._counts_seen()
        for log in self:
            log.events, log.cases = seen.get(log.id, (0, 0))

    def _counts(self):
        return {log.id: (log.event_count, log.case_count) for log in self}

    def _counts_seen(self):
        rows = self.env["process_intelligence.log_event"]._read_group(
            [("log_id", "in", self.ids)],
            ["log_id"],
            ["__count", "case_key:count_distinct"],
        )
        return {log.id: (events, cases) for log, events, cases in rows}

    @api.model
    def _sums_tell(self):
        """:return: whether the user may see every event of the imports that he may see, so that their sums tell him
        nothing else; not where a record rule hides events only
        """
        if self.env.su:
            return True
        rules = self.env["ir.rule"]
        hidden = rules._compute_domain("process_intelligence.log_event", "read")
        return hidden == rules._compute_domain(self._name, "read")

    # ------------------------------------------------------------------ import

    @api.model
    def open_map(self):
        """:return: the client action of the map, on the process of this import"""
        self.ensure_one()
        return self.definition_id.open_map()

    def _import(self, definition, data_base64, options, file_name, background):
        """See ``definition.import_csv``; the caller has checked the rights on the process.

        :param options: ``ImportOptions`` of a CSV, else ``ExchangeOptions``
        """
        try:
            upload = Upload.decode(data_base64)
            measures = upload.measure(_most_bytes(options))
            # names wrong columns before anything is queued
            reader = self._reader(upload, options)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal
        log = self.sudo()._open(definition, measures.digest, options, file_name)
        if background:
            return log._queue(data_base64)
        try:
            return log._take(reader)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal

    def _reader(self, upload, options):
        if isinstance(options, ExchangeOptions):
            return self._exchange_reader(upload, options)
        return LogReader(
            upload.lines,
            options.roles,
            options.dialect,
            self._to_utc(options.tz),
            const.MAX_KEY_LENGTH,
        )

    def _preview(self, upload, options, most=None):
        """See ``definition.preview_xes``.

        :param most: events to read at most; all if left out
        :raises Refusal: the file as a whole cannot be read
        """
        reader = self._reader(upload, options)
        return import_sight.answer_of(self.env, self, reader, options.tz, most)

    def _exchange_reader(self, upload, options):
        to_utc = self._to_utc(options.tz)
        if options.format == "xes":
            return XesReader(upload.stream, to_utc, const.MAX_KEY_LENGTH)
        content = upload.content(const.MAX_OCEL_BYTES)
        return OcelReader(content, options.object_type, to_utc, const.MAX_KEY_LENGTH)

    @api.model
    def _to_utc(self, name):
        try:
            return LocalTime(name)
        except (pytz.UnknownTimeZoneError, AttributeError, TypeError) as error:
            raise Refusal("unknown_tz", tz=str(name)) from error

    def _open(self, definition, digest, options, file_name):
        self._have_alone(definition)
        self._refuse_second(definition, digest)
        return self.create(
            {
                "name": file_name
                or self.env._("Log of %(process)s", process=definition.name),
                "definition_id": definition.id,
                "company_id": definition.company_id.id,
                "user_id": self.env.uid,
                "imported_at": fields.Datetime.now(),
                "digest": digest,
                "options": dataclasses.asdict(options),
            }
        )

    def _have_alone(self, definition):
        """Two imports at once: the second is told to wait."""
        try:
            definition.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise ConflictError(
                self.env._(
                    "Another file is being imported into %(process)s at this moment. Wait until it is done, then "
                    "import this one.",
                    process=definition.name,
                )
            ) from error

    def _refuse_second(self, definition, digest):
        earlier = self.search(
            [
                ("definition_id", "=", definition.id),
                ("digest", "=", digest),
                ("state", "!=", import_state.FAILED),
            ],
            limit=1,
        )
        if earlier:
            raise ConflictError(
                self.env._(
                    "This file was already imported into %(process)s on %(date)s by %(user)s as “%(log)s”. "
                    "Delete that import first if you want to read the file in another way.",
                    process=definition.name,
                    date=fields.Date.to_string(earlier.imported_at),
                    user=earlier.user_id.name,
                    log=earlier.name,
                )
            )

    def _take(self, reader, report=None):
        """Read everything, then write everything or nothing.

        :param report: called now and then with the share read, 0 to 1
        :return: the answer of ``import_csv``
        """
        with tempfile.SpooledTemporaryFile(
            max_size=SPOOL_BYTES, mode="w+", encoding="utf-8", newline="\n"
        ) as spool:
            writer = RowWriter(
                spool, (self.id, self.definition_id.id, self.company_id.id or None)
            )
            rejected, rejected_total = self._read_into(writer, reader, report)
            notes = self._notes(reader)
            if rejected_total:
                return self._refuse(rejected, rejected_total, notes)
            spool.seek(0)
            self.env.cr.copy_expert(COPY, spool)
        self.definition_id._mark_imported(self)
        self._note_names()
        self._set_state(
            import_state.DONE,
            {
                "event_count": writer.events,
                "case_count": len(writer.cases),
                "progress": 100,
                "notes": "\n".join(notes),
                "content": False,
            },
        )
        self.env["process_intelligence.log_event"].invalidate_model()
        return self._result(notes=notes)

    def _note_names(self):
        """Its activities are there at once. Where the writer of what is stored is at work, or has noted names that this
        transaction does not see yet, it is left to it."""
        if not self.env["process_intelligence.store"]._is_alone():
            return
        events = SQL(
            "SELECT activity FROM process_intelligence_log_event WHERE log_id = %s",
            self.id,
        )
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.definition_id.sudo()._note_names(events)
        except UniqueViolation:
            _logger.info("The names of import %s were noted meanwhile", self.id)

    def _read_into(self, writer, reader, report):
        rejected, total = [], 0
        for count, (line, row) in enumerate(reader.rows(), start=1):
            if isinstance(row, Rejection):
                total += 1
                if total <= const.MAX_REJECTED_NAMED:
                    rejected.append(
                        {
                            "line": line,
                            "reason": wording.reason(self.env, row.code, row.facts),
                        }
                    )
            elif not total:
                writer.add(line, row)
            if report and count % const.PROGRESS_EVERY == 0:
                report(count)
        return rejected, total

    def _refuse(self, rejected, total, notes):
        """Keep a background import with its reasons; an import that someone waits for leaves no trace."""
        if self.content:
            self._set_state(
                import_state.FAILED,
                {
                    "rejected": rejected,
                    "rejected_count": total,
                    "content": False,
                    "notes": self.env._(
                        "Lines that cannot be read: %(count)s. Nothing was imported.",
                        count=total,
                    ),
                },
            )
        else:
            self.unlink()
        return {
            "events": 0,
            "cases": 0,
            "rejected": rejected,
            "rejected_total": total,
            "log": False,
            "notes": notes,
        }

    def _result(self, notes=()):
        return {
            "events": self.event_count,
            "cases": self.case_count,
            "rejected": [],
            "rejected_total": 0,
            "log": self.id,
            "notes": list(notes),
        }

    def _notes(self, reader):
        return import_sight.notes(self.env, reader)

    # ------------------------------------------------------------------ state

    def _set_state(self, state, values):
        """Move on and write what came of it."""
        return self.write({"state": state, **values})

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [{**vals, "state": import_state.QUEUED} for vals in vals_list]
        )

    def write(self, vals):
        """The gate of all states, whoever writes."""
        for log in self if "state" in vals else ():
            if not import_state.may_become(log.state, vals["state"]):
                raise UserError(
                    self.env._(
                        "The import %(log)s is %(state)s and cannot become %(target)s.",
                        log=log.name,
                        state=log.state,
                        target=vals["state"],
                    )
                )
        return super().write(vals)

    def unlink(self):
        definitions = self.definition_id
        done = super().unlink()
        for model in ("violation", "finding"):
            self.env[f"process_intelligence.{model}"]._forget_gone(definitions)
        return done

    # ------------------------------------------------------------------ background

    def _queue(self, data_base64):
        self.content = data_base64
        self.env["event_hub.waker"]._wake(CRON)
        return self._result(
            notes=[
                self.env._("The import waits for its turn; the log shows its progress.")
            ]
        )

    @api.model
    def _cron_import(self):
        """Import the files that wait, the oldest first, each in a transaction of its own."""
        waiting = [("state", "=", import_state.QUEUED), ("content", "!=", False)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(waiting))
        for log in self.search(waiting, order="id"):
            if log.try_lock_for_update():  # else somebody deletes it, or has done so
                log._import_queued()
            if not cron._commit_progress(1):
                break

    def _import_queued(self):
        self.starts += 1
        self.env[
            "ir.cron"
        ]._commit_progress()  # so that a file that kills the server is noticed
        if not self.try_lock_for_update():
            return
        if self.starts > const.MAX_IMPORT_STARTS:
            self._give_up(
                self.env._(
                    "The import was interrupted %(count)s times.", count=self.starts - 1
                )
            )
            return
        log, name = self.with_user(self.user_id).sudo(), self.name
        if not self._may_still_import():
            self._give_up(
                self.env._(
                    "Who imported this file may not change the process any more. Import it again as a process manager."
                )
            )
            return
        try:
            upload = Upload.decode(log.content)
            options = options_from_json(log.options)
            measures = upload.measure(_most_bytes(options))
            log._take(
                log._reader(upload, options),
                log._report(measures.line_ends),
            )
        except Refusal as refusal:
            self._give_up(wording.reason(log.env, refusal.code, refusal.facts))
        except Exception as error:
            self.env.cr.rollback()
            if self.exists():
                _logger.exception("Import %s of %s failed", self.id, name)
            else:
                _logger.info("Import %s of %s was deleted while it ran", self.id, name)
            self._give_up(self.env._("The import failed: %(error)s", error=error))
        self._tell_user()

    def _may_still_import(self):
        """Rights may have gone while the file waited."""
        user = self.user_id
        if not user.active:
            return False
        definition = self.definition_id.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return definition.has_access("write")

    def _report(self, line_ends):
        """A function that notes the progress; the number of lines is only estimated by the line ends."""
        lines = max(line_ends, 1)

        def report(count):
            self.progress = min(99, 100 * count // lines)
            self.env["ir.cron"]._commit_progress()

        return report

    def _give_up(self, why):
        if self.exists():  # else a manager deleted it meanwhile
            self._set_state(import_state.FAILED, {"notes": why, "content": False})

    def _tell_user(self):
        if not self.exists():
            return
        done = self.state == import_state.DONE
        message = (
            self.notes
            if not done
            else self.env._(
                "%(events)s events of %(cases)s cases are in the map now.",
                events=self.event_count,
                cases=self.case_count,
            )
        )
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": message,
                "type": "success" if done else "danger",
                "sticky": not done,
            },
        )


def _most_bytes(options):
    return const.MAX_BYTES[getattr(options, "format", "csv")]


COPY = SQL(
    "COPY process_intelligence_log_event (%s) FROM STDIN",
    SQL(", ").join(map(SQL.identifier, COPY_COLUMNS)),
).code
