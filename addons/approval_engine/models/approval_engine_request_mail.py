from datetime import timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from ..policies import digest, request_state, seats

SUBJECT_MAX = 150  # characters of a subject line
LISTED_MAX = 30  # requests in one mail; the rest is behind the link
OUTCOME_DAYS = 7  # how old an outcome is told at most
NOTES = "approval_engine_notes"  # in the context: where notes wait to be made together


class _Notes(list):
    """Of a kind that no client can put into a context."""


class ApprovalEngineRequest(models.Model):
    """What approvers are told by mail: once a day what is due, once before a deadline. Mails never decide."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_digest(self):
        """Mail each approver once a day, in their morning, what waits for them."""
        now = fields.Datetime.now()
        pending = [
            ("state", "=", seats.PENDING),
            ("request_id.state", "=", request_state.PENDING),
        ]
        groups = self.env["approval_engine.assignment"]._read_group(
            pending, ["user_id"], ["request_id:recordset"]
        )
        waiting = self._with_stand_ins(dict(groups))
        settled = self._settled_for_watchers(now)
        lapsed = self._lapsed_for_asked(now)
        people = list(dict.fromkeys([*waiting, *settled, *lapsed]))
        todo = [user for user in people if user._awaits_approval_digest(now)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        nothing = self.browse()
        for user in todo:
            last, user.sudo().approval_digest_at = user.approval_digest_at, now
            news, gone = (
                told.get(user, nothing).filtered(
                    lambda r, last=last: not last or r.decided_at > last
                )
                for told in (settled, lapsed)
            )
            waiting.get(user, nothing)._mail_digest(user, now, news, gone)
            if not cron._commit_progress(1):
                break

    @api.model
    def _settled_for_watchers(self, now):
        """:return: {user: requests}: what came of late of what each one watches"""
        settled = self.search(
            [
                ("state", "not in", (request_state.DRAFT, request_state.PENDING)),
                ("decided_at", ">", now - timedelta(days=OUTCOME_DAYS)),
                ("watcher_ids", "!=", False),
            ]
        )
        told = {}
        for request in settled:
            for user in request.watcher_ids:
                told[user] = told.get(user, self.browse()) | request
        return told

    @api.model
    def _lapsed_for_asked(self, now):
        """:return: {user: requests}: what is no longer needed, of what each one was asked to decide"""
        lapsed = self.search(
            [
                ("state", "=", request_state.LAPSED),
                ("decided_at", ">", now - timedelta(days=OUTCOME_DAYS)),
            ]
        )
        told = {}
        for request in lapsed:
            for user in request.asked_user_ids - request.requester_id:
                told[user] = told.get(user, self.browse()) | request
        return told

    @api.model
    def _with_stand_ins(self, waiting):
        """:return: ``waiting``, {user: requests}, with what is lent to each"""
        told = dict(waiting)
        for lent in self.env["approval_engine.delegation"]._live():
            requests = waiting.get(lent.user_id, self.browse()).filtered(lent._covers)
            if requests:
                told[lent.delegate_id] = (
                    told.get(lent.delegate_id, self.browse()) | requests
                )
        return told

    def _mail_digest(self, user, now, settled, lapsed):
        """One mail with what is due, what came of what they watch, and what is no longer needed; none without."""
        shown = self._to_tell(user)
        plan = digest.digest(
            now,
            [digest.Waiting(r.id, r.due_at or None) for r in shown],
            [digest.Settled(r.id, r.decided_at) for r in settled._to_tell(user)],
            [digest.Settled(r.id, r.decided_at) for r in lapsed._to_tell(user)],
        )
        if plan.is_worth_a_mail:
            self._mail(
                user,
                shown.browse(plan.due),
                shown.browse(plan.later),
                outcomes=shown.browse(plan.outcomes),
                lapsed=shown.browse(plan.lapsed),
            )

    def _mail_reminders(self):
        """One mail to each person asked, about all of ``self`` that is due soon."""
        asked = {}
        for seat in self.assignment_ids.filtered(lambda a: a.state == seats.PENDING):
            asked.setdefault(seat.user_id, self.browse())
            asked[seat.user_id] |= seat.request_id
        for user, requests in self._with_stand_ins(asked).items():
            shown = requests._to_tell(user)
            if shown:
                self._mail(user, shown.sorted("due_at"), self.browse(), reminder=True)

    def _to_tell(self, user):
        """:return: those of ``self`` the user may open and that are no history"""
        told = (
            self.env["event_hub.event"]
            .sudo()
            .search_fetch(
                [
                    ("case_model", "=", self._name),
                    ("case_id", "in", self.ids),
                    ("type", "=", "approval.submitted"),
                    ("history", "=", True),
                ],
                ["case_id"],
            )
        )
        live = self - self.browse(told.mapped("case_id"))
        if not user.active or not user.email:
            return self.browse()
        return live.with_user(user)._filtered_access("read").with_env(self.env)

    # ------------------------------------------------------------------ what changed, in the conversation

    def _message_track(self, fields_iter, initial_values_dict):
        """What changed of many requests becomes notes in one statement, instead of one each."""
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        notes = _Notes()
        tracking = super(
            ApprovalEngineRequest, self.with_context(**{NOTES: notes})
        )._message_track(fields_iter, initial_values_dict)
        self.sudo()._make_notes(notes)
        return tracking

    def _make_notes(self, notes):
        """:param notes: values of messages; of their commands only those that make a tracked value are known here"""
        values = [note.pop("tracking_value_ids", None) or [] for note in notes]
        messages = self._message_create(notes) if notes else ()
        self.env["mail.tracking.value"].create(
            [
                command[2] | {"mail_message_id": message.id}
                for message, commands in zip(messages, values, strict=True)
                for command in commands
            ]
        )

    def _message_create(self, values_list):
        notes = self.env.context.get(NOTES)
        if not isinstance(notes, _Notes):
            return super()._message_create(values_list)
        notes.extend(values_list)
        return self.env["mail.message"]

    # ------------------------------------------------------------------ the mail

    @api.model
    def _mail(self, user, due, later, reminder=False, outcomes=None, lapsed=None):
        """Put one mail to ``user`` into the queue, in their language and time zone.

        :param reminder: True before a deadline, "escalated" as nobody decided; else it is the digest
        """
        reader = self.with_context(lang=user.lang, tz=user.tz or "UTC")
        outcomes, lapsed = outcomes or self.browse(), lapsed or self.browse()
        subject = reader._mail_subject(due, reminder, outcomes, lapsed)
        body = reader.env["ir.qweb"]._render(
            "approval_engine.mail_waiting",
            {
                "name": user.name,
                "heading": subject,
                "rows": reader._mail_rows(due[:LISTED_MAX], user),
                "later": reader._mail_rows(later[:LISTED_MAX], user),
                "outcomes": reader._mail_outcomes(outcomes[:LISTED_MAX]),
                "lapsed": reader._mail_outcomes(lapsed[:LISTED_MAX]),
                "more": sum(
                    max(len(some) - LISTED_MAX, 0)
                    for some in (due, later, outcomes, lapsed)
                ),
                "inbox": f"{(due | outcomes | lapsed)[:1].get_base_url()}/odoo/approvals-needs-me",
                "reminder": reminder,
            },
            lang=user.lang,
        )
        company = user.company_id
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject[:SUBJECT_MAX],
                "body_html": body,
                "email_to": user.email_formatted,
                "email_from": company.email_formatted
                or self.env.ref("base.user_root").email_formatted,
                "auto_delete": True,
                "headers": {"Auto-Submitted": "auto-generated"},
            }
        )

    def _mail_subject(self, due, reminder, outcomes, lapsed):
        if reminder == "escalated":
            return self.env._(
                "Nobody decided so far: %(request)s", request=due[:1].name
            )
        if not due and not outcomes:
            return self.env._("No longer needed: %(request)s", request=lapsed[:1].name)
        if not due:
            return self.env._(
                "What came of what you watch: %(request)s", request=outcomes[:1].name
            )
        if reminder and len(due) == 1:
            return self.env._("Due soon: %(request)s", request=due.name)
        if reminder:
            return self.env._("%(count)s decisions are due soon", count=len(due))
        if len(due) == 1:
            return self.env._(
                "1 decision needs you today: %(request)s", request=due.name
            )
        return self.env._("%(count)s decisions need you today", count=len(due))

    def _mail_rows(self, requests, user):
        """:return: [{"name", "url", "what", "when"}] as the reader reads it"""
        base = requests[:1].get_base_url()
        return [
            {
                "name": request.name,
                "url": f"{base}/odoo/approvals-needs-me/{request.id}",
                "what": request._sentence(),
                "when": request._mail_due(user),
            }
            for request in requests.with_env(self.env).sudo()
        ]

    def _mail_outcomes(self, requests):
        """:return: as ``_mail_rows``, of what is settled"""
        base = requests[:1].get_base_url()
        return [
            {
                "name": request.name,
                "url": f"{base}/odoo/approvals-done/{request.id}",
                "what": request._sentence(),
                "when": f"{request._state_label()}: {request.outcome or ''}",
            }
            for request in requests.with_env(self.env).sudo()
        ]

    def _mail_due(self, user):
        if self.paused_at:
            return self.env._("a question waits for its answer")
        if not self.due_at:
            return self.env._("no deadline")
        zone = user.tz or "UTC"
        moment = format_datetime(
            self.env, self.due_at, tz=zone, dt_format="medium", lang_code=user.lang
        )
        return f"{self.urgency} · {moment} ({zone})"


def local(moment, zone):
    """:return: naive UTC as naive local time"""
    return utc.localize(moment).astimezone(timezone(zone)).replace(tzinfo=None)
