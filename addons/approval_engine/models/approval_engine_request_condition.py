from odoo import fields, models

from ..policies import request_state


class ApprovalEngineRequest(models.Model):
    """What a request rests on: once the reason has gone, it lapses."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _recheck_condition(self):
        """Lapse those whose reason has gone; for pending and approved requests.

        :return: the requests that lapsed
        """
        lapsed = self.browse()
        for request in self.sudo().filtered(lambda r: r.state in request_state.LIVE):
            holds, why = request._condition()
            if not holds:
                request._lapse(why)
                lapsed += request
        return lapsed.with_env(self.env)

    def _condition(self):
        """:return: (holds, why): whether the reason of this request is still there"""
        self.ensure_one()
        subject = self._subject()
        if subject is not None and not subject:
            return False, self.env._(
                "What it is about (%(model)s %(id)s) is gone.",
                model=self.res_model,
                id=self.res_id,
            )
        if not self.type_id.condition or not subject:
            return True, ""
        return getattr(subject.with_env(self.env), self.type_id.condition)(self)

    def _lapse(self, why):
        self._set_state(
            request_state.LAPSED,
            "approval.lapsed",
            {
                "outcome": why,
                "decided_at": self.decided_at or fields.Datetime.now(),
                "next_try_at": False,
            },
            why=why,
        )
        self._close_steps()
