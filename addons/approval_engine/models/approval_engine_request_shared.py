from odoo import Command, api, fields, models
from odoo.exceptions import MissingError, UserError

from ..const import INBOX_MESSAGE
from ..policies import progress, seats


class ApprovalEngineRequest(models.Model):
    """What the parts of a request share: access, the subject, the steps."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _readable(self):
        """:return: ``self`` in sudo, after checking that the user may see it

        :raises MissingError: a record does not exist (404)
        :raises AccessError: the user may not see it (403)
        """
        if not self:
            raise UserError(self.env._("Say which approval request (ids)."))
        if self.exists() != self:
            raise MissingError(
                self.env._("This approval request does not exist (any more).")
            )
        self.check_access("read")
        return self._without_defaults().sudo()

    def _readable_one(self):
        """:return: as ``_readable``, for exactly one request"""
        if len(self) > 1:
            raise UserError(self.env._("Ask for one approval request at a time."))
        return self._readable()

    def _text(self, name, value):
        """:return: an argument as clean text

        :raises UserError: (422) it is something else
        """
        if value and not isinstance(value, str):
            raise UserError(self.env._("%(name)s has to be a text.", name=name))
        return (value or "").replace("\x00", "").strip()

    subject_there = fields.Boolean(
        compute="_compute_subject_there",
        groups=fields.NO_ACCESS,
        help="Whether the record this is about exists, asked once for all that are looked at.",
    )

    def _subject(self):
        """:return: the record this is about, in sudo; None if there is none, empty if it is gone"""
        self.ensure_one()
        subject = self._subject_model()
        if subject is None:
            return None
        there = self.sudo().subject_there
        return subject.browse(self.res_id if there else ())

    def _subject_model(self):
        """:return: the model of the subject, in sudo; None if this is about no record"""
        subject = self.env.get(self.res_model or "")
        if not self.res_id or subject is None or subject._abstract:
            return None
        return subject.sudo()

    @api.depends("res_model", "res_id")
    def _compute_subject_there(self):
        about = {}
        for request in self:
            subject = request._subject_model()
            if subject is not None:
                about.setdefault(subject, set()).add(request.res_id)
        there = {s._name: set(s.browse(ids).exists().ids) for s, ids in about.items()}
        for request in self:
            request.subject_there = request.res_id in there.get(request.res_model, ())

    def _may_requester_see_subject(self):
        """A draft must not show its author what they could not see otherwise."""
        return all(record.has_access("read") for record in self._records_as_requester())

    def _check_subject_access(self):
        """:raises AccessError: the requester may not read the subject, or the account"""
        for record in self._records_as_requester():
            record.check_access("read")

    def _records_as_requester(self):
        """:return: list of the records this names, seen with the requester's rights"""
        return [
            self._as_requester(record) for record in self._named_records() if record
        ]

    def _named_records(self):
        """:return: list of what the requester has to be allowed to read; some may be empty"""
        return [self._subject(), self.partner_id]

    def _as_requester(self, record):
        asked_by = record.sudo(False).with_user(self.requester_id)
        return asked_by.with_company(self.company_id)

    def _steps(self):
        """:return: the route as the policies see it"""
        return tuple(
            step._as_policy_step()
            for step in self.step_ids.sorted(lambda s: (s.sequence, s.id))
        )

    def _write_steps(self, steps):
        """Bring the rows in line with ``steps``; tell those who are asked now, and who stand in for them."""
        before = self._asked_now()
        self.step_ids._apply(steps)
        self.invalidate_recordset(["assignment_ids"])
        asked, lent = self._asked_now(), self._lent()
        stand_ins = self._stand_ins(lent.filtered(lambda one: one.user_id in asked))
        route = (self.assignment_ids.user_id | stand_ins) - self.asked_user_ids
        self._write_guarded(
            {"asked_user_ids": [Command.link(user.id) for user in route]}
        )
        changed = (before | asked) - (before & asked)
        told = lent.filtered(lambda one: one.user_id in changed).delegate_id
        self._notify_inbox(changed | told)

    def _asked_now(self):
        return self.assignment_ids.filtered(lambda a: a.state == seats.PENDING).user_id

    def _close_steps(self):
        for request in self:
            request._write_steps(progress.close(request._steps()))

    def _notify_inbox(self, users, reminder=""):
        """Tell the web clients of these people that what waits for them changed, or is due soon."""
        for user in users:
            user._bus_send(INBOX_MESSAGE, {"reminder": reminder})
