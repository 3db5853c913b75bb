import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import PUBLISH_BATCH
from ..policies import sealing
from ..tools import heads_file

_logger = logging.getLogger(__name__)

PUBLISHED = "published"
WAITING = "waiting"
INSIDE = "inside"


class ApprovalEngineSeal(models.Model):
    """Heads are kept outside the database too: who rewrites all of it cannot rewrite those."""

    _inherit = "approval_engine.seal"  # pylint: disable=consider-merging-classes-inherited

    state = fields.Selection(
        [
            (PUBLISHED, "Outside"),
            (WAITING, "Waiting"),
            (INSIDE, "Inside only"),
        ],
        "Head",
        compute="_compute_state",
        search="_search_state",
        help="Whether the hash is in the file outside the database that audit_heads in odoo.conf names.",
    )

    def _compute_state(self):
        path, last = self._outside()
        for seal in self:
            if not path:
                seal.state = INSIDE
            else:
                seal.state = PUBLISHED if seal.sequence <= last else WAITING

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        path, last = self._outside()
        states = set(value)
        if not path:
            return [("id", "!=", False)] if INSIDE in states else [("id", "=", False)]
        return fields.Domain.OR(
            domain
            for state, domain in (
                (PUBLISHED, [("sequence", "<=", last)]),
                (WAITING, [("sequence", ">", last)]),
            )
            if state in states
        )

    @api.model
    def _outside(self):
        """:return: ``(path of the file of heads | None, number of the seal published last)``

        The number is 0 if the file cannot be read or tells of seals that are not ours: then none counts as published.
        """
        path = heads_file.configured()
        try:
            head = path and heads_file.last_head(path, self.env.cr.dbname)
        except OSError:
            return path, 0
        return path, head.sequence if head and not self._contradicts(head) else 0

    @api.model
    def _publish_heads(self):
        """Append to the file of heads what it lacks. Trouble with it is told by the monitor and stops nobody.

        :return: how many; the seals are committed, and the caller is the single writer
        """
        path = heads_file.configured()
        if not path:
            return 0
        count = 0
        try:
            last = heads_file.last_head(path, self.env.cr.dbname)
            if last and self._contradicts(last):
                _logger.warning("Heads of seals: %s", self._words_of_contradiction())
                return 0
            after = last.sequence if last else 0
            while lines := self._head_lines(after, PUBLISH_BATCH):
                heads_file.append(path, "".join(lines.values()))
                count += len(lines)
                after = max(lines)
        except OSError as error:
            _logger.warning("Heads of seals are not published: %s", error)
        return count

    def _head_lines(self, after, limit):
        """:return: ``{sequence: line}`` of seals after that number"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, s.sequence, s.count, s.total, s.sealed_at, s.previous_hash, s.hash,
                       (SELECT min(e.decision_id) FROM approval_engine_seal_entry e WHERE e.seal_id = s.id)
                  FROM approval_engine_seal s WHERE s.sequence > %s ORDER BY s.sequence LIMIT %s
                """,
                after,
                limit,
            )
        )
        lines = {}
        for *columns, first in rows:
            seal = self._as_seal(*columns)
            lines[seal.sequence] = sealing.head_line(
                self.env.cr.dbname, seal, first or 0
            )
        return lines

    @api.model
    def _as_seal(self, id_, sequence, count, total, sealed_at, previous, hash_):
        return sealing.Seal(
            id_, sequence, count, total, sealed_at.isoformat(" "), previous, hash_
        )

    def _contradicts(self, head):
        """:return: whether the database has another seal of that number, or none"""
        found = self.env.execute_query(
            SQL(
                "SELECT hash FROM approval_engine_seal WHERE sequence = %s",
                head.sequence,
            )
        )
        return found != [(head.hash,)]

    @api.model
    def _publishing_problem(self, late):
        """:param late: whether heads wait for longer than they should
        :return: why heads do not get out, in words; empty if they do
        """
        path = heads_file.configured()
        if not path:
            return ""
        try:
            last = heads_file.last_head(path, self.env.cr.dbname)
        except OSError as error:
            return self.env._(
                "The file of heads cannot be read (%(why)s): audit_heads in odoo.conf names it.",
                why=error.strerror,
            )
        if last and self._contradicts(last):
            return self._words_of_contradiction()
        if late:
            return self.env._(
                "Heads of seals wait to be written to the file that audit_heads in odoo.conf names; the server's"
                " log tells why.",
            )
        return ""

    def _words_of_contradiction(self):
        return self.env._(
            "The file of heads names a last seal that this database does not have. If an older copy was restored"
            " on purpose, move the file away; else keep everything as it is and run scripts/verify_audit."
        )

    @api.model
    def _measure_unpublished(self):
        """:return: ``(seals whose head is not published, seconds since the oldest of them was sealed)``"""
        path, last = self._outside()
        if not path:
            return 0, 0.0
        [(count, oldest)] = self.env.execute_query(
            SQL(
                "SELECT count(*), min(sealed_at) FROM approval_engine_seal WHERE sequence > %s",
                last,
            )
        )
        waited = (fields.Datetime.now() - oldest).total_seconds() if oldest else 0.0
        return count, max(0.0, waited)
