from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError

from ..const import INBOX_MESSAGE
from ..policies import progress, seats

LET_READ = """
    INSERT INTO approval_engine_request_asked_rel (approval_engine_request_id, res_users_id)
    VALUES %s ON CONFLICT DO NOTHING
"""


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
        gone = MissingError(
            self.env._("This approval request does not exist (any more).")
        )
        if self.env.su and self.exists() != self:
            raise gone
        try:
            # whoever may change it may read it, and that is asked with less to look up
            if not self.has_access("write"):
                self.check_access("read")
        except MissingError:
            raise gone from None
        except AccessError:
            if self.sudo().exists() != self:
                raise gone from None
            raise
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

    def _look_at_routes(self):
        """Read the steps and seats of all these in two queries, instead of one for each way to them."""
        mine = [("request_id", "in", self.ids)]
        steps = self.env["approval_engine.request_step"].search_fetch(
            mine, order="sequence, id"
        )
        seated = self.env["approval_engine.assignment"].search_fetch(mine, order="id")
        self._know_route(steps, seated)
        people = seated.user_id | seated.decided_by_id | self.requester_id
        self._look_at_people(people | self.policy_id.owner_id | self.env.user)

    def _know_route(self, steps, seated):
        """Remember all steps and all seats of these requests as what their fields say."""
        steps = steps.sorted(lambda step: (step.sequence, step.id))
        places = {step: place for place, step in enumerate(steps)}
        in_order = seated.sorted(lambda seat: (places[seat.step_id], seat.id))
        _remember_lines(self, "step_ids", steps, "request_id")
        _remember_lines(steps, "assignment_ids", seated, "step_id")
        _remember_lines(self, "assignment_ids", in_order, "request_id")

    def _look_at_people(self, people):
        """Read names and rights of all these together, and of the companies that are asked in."""
        companies = self.company_id
        (people.sudo().partner_id | companies.partner_id).mapped("name")
        for company in companies:
            people._able_to_approve(company)

    def _write_steps(self, steps, lent=None):
        """Bring the rows in line with ``steps``; tell those who are asked now, and who stand in for them.

        :param lent: what those with a seat lend right now, if known
        """
        before, seated = (
            set(self._asked_now().ids),
            set(self.assignment_ids.user_id.ids),
        )
        self.step_ids._apply(steps)
        everybody = {seat.user_id for step in steps for seat in step.seats}
        if everybody != seated:
            self.invalidate_recordset(["assignment_ids"])
        # the row of the request changes with its steps, so that of two at once the later one starts over
        self._write_guarded({"round": self.round})
        asked = _asked_in(steps)
        lent = self._covering(self._lent_by(everybody) if lent is None else lent)
        self._let_read(
            {self: (everybody | set(self._standing_in(lent).delegate_id.ids)) - seated}
        )
        self._notify_inbox_of(_with_stand_ins(asked ^ before, lent))
        self._asked_anew(self.env["res.users"].browse(sorted(asked - before)))

    def _lent_by(self, user_ids):
        return self.env["approval_engine.delegation"]._live_of(user_ids)

    def _let_them_see(self, planned):
        """Let those who have a seat read the request, and who stands in for them; tell those who are asked now.

        :param planned: {request: its steps as just laid}
        """
        everybody = {
            request: {seat.user_id for step in steps for seat in step.seats}
            for request, steps in planned.items()
        }
        lent = self._lent_by(set().union(*everybody.values()))
        told, asked = set(), set()
        for request, steps in planned.items():
            covering = request._covering(lent)
            everybody[request].update(request._standing_in(covering).delegate_id.ids)
            asked |= _asked_in(steps)
            told |= _with_stand_ins(_asked_in(steps), covering)
        self._let_read(everybody)
        self._notify_inbox_of(told)
        self._asked_anew(self.env["res.users"].browse(sorted(asked)))

    def _asked_anew(self, users):
        """Called once these people have to decide ``self``, or some of it; for those who extend it."""

    @api.model
    def _let_read(self, people):
        """In one statement for all, as far as it is new.

        :param people: {request: ids of users}
        """
        pairs = [(r.id, id_) for r, ids in people.items() for id_ in sorted(ids)]
        if not pairs:
            return
        self.env.cr.execute_values(LET_READ, pairs)
        self.browse(r.id for r in people).invalidate_recordset(
            ["asked_user_ids"], flush=False
        )

    @api.model
    def _notify_inbox_of(self, user_ids):
        self._notify_inbox(self.env["res.users"].browse(sorted(user_ids)))

    def _asked_now(self):
        return self.assignment_ids.filtered(lambda a: a.state == seats.PENDING).user_id

    def _close_steps(self, lent=None):
        """:param lent: as ``_write_steps``"""
        for request in self:
            request._write_steps(progress.close(request._steps()), lent)

    def _notify_inbox(self, users, reminder=""):
        """Tell the web clients of these people that what waits for them changed, or is due soon."""
        for user in users:
            user._bus_send(INBOX_MESSAGE, {"reminder": reminder})


def _asked_in(steps):
    """:return: ids of those who have to decide now"""
    return {s.user_id for step in steps for s in step.seats if s.state == seats.PENDING}


def _with_stand_ins(user_ids, lent):
    """:param lent: delegations; :return: these people, and to whom they lend their decisions"""
    return user_ids | {one.delegate_id.id for one in lent if one.user_id.id in user_ids}


def _remember_lines(records, name, lines, inverse):
    """Put into memory what a one2many of ``records`` would read."""
    found = {record.id: [] for record in records}
    for line in lines:
        found[line[inverse].id].append(line.id)
    for record in records:
        records._fields[name]._update_cache(record, tuple(found[record.id]))
