import time

from odoo import models
from odoo.exceptions import AccessError
from odoo.http import request as http

from odoo.addons.base.models.res_users import check_identity

from ..policies import seats

IDENTITY_LASTS = 10 * 60  # seconds; as Odoo's own check of the password


class ApprovalEngineRequest(models.Model):
    """Steps that are decided only by who has just confirmed their password, in the browser."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _must_identify(self):
        """:return: whether the caller may have to confirm the password before deciding any of these"""
        asking = self.step_ids.filtered(
            lambda s: s.state == seats.PENDING and s.policy_step_id.identity_required
        )
        if not asking or self._is_identified():
            return False
        people = {self.env.uid}.union(*(r._lenders() for r in asking.request_id))
        return any(
            seat.state == seats.PENDING and seat.user_id.id in people
            for seat in asking.assignment_ids
        )

    def _ask_identity(self, method, *args):
        """:return: the action that asks for the password, then calls ``method`` with ``args``

        :raises AccessError: (403) nobody is there to be asked
        """
        self._refuse_without_person()
        return getattr(self.with_env(self.env(su=False)), method)(*args)

    @check_identity
    def _approve_identified(self, comment, option):
        return self.action_approve(comment, option)

    @check_identity
    def _reject_identified(self, comment):
        return self.action_reject(comment)

    @check_identity
    def _choose_identified(self, option):
        return self.action_choose(option)

    def _is_in_browser(self):
        """Whether a person is there: a session of the web client that is theirs, and no key."""
        return bool(
            http
            and http.session.uid == self.env.uid
            and not http.httprequest.headers.get("Authorization")
        )

    def _is_identified(self):
        return (
            self._is_in_browser()
            and http.session.get("identity-check-last", 0)
            > time.time() - IDENTITY_LASTS
        )

    def _refuse_without_person(self):
        if not self._is_in_browser():
            raise AccessError(
                self.env._(
                    "%(request)s: this step is decided in the browser only, after confirming the password. A program, "
                    "or a call with a key or a stored password, cannot decide it.",
                    request=", ".join(self.mapped("display_name")),
                )
            )

    def _refuse_unidentified(self, step):
        """The gate itself, whatever door the decision came through.

        :raises AccessError: (403) the step asks for the password, which was not confirmed just now
        """
        if not step.policy_step_id.identity_required or self._is_identified():
            return
        self._refuse_without_person()
        raise AccessError(
            self.env._(
                "%(request)s: step %(step)s asks for your password. Open the request and decide it there.",
                request=self.display_name,
                step=step.name,
            )
        )
