from odoo import models
from odoo.exceptions import AccessError

from ..policies import bars, progress, seats, standing

# they have no say, whatever the state of the request
WITHOUT_RIGHT = (progress.REQUESTER, progress.NOT_APPROVER, progress.BARRED)


class ApprovalEngineRequest(models.Model):
    """Whether the caller may act on the steps today, whatever they were asked for once."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _refusal_at(self, door, lent=None):
        """:return: why the caller may not go through this door of ``policies.standing`` now, or None

        :param lent: as ``_lent_here``, if known
        """
        return standing.refuse(
            door,
            self._steps_today(),
            self._person_today(door, lent),
            requester_id=self.requester_id.id,
            owner_id=self.policy_id.owner_id.id or None,
            logins=self._logins(),
        )

    def _person_today(self, door, lent):
        user = self.env.user
        lending = self._lending(lent)
        mine = self.assignment_ids.filtered(
            lambda seat: (
                user in seat.user_id | seat.decided_by_id
                and (seat.state in seats.UNDECIDED or door != standing.DECIDE)
            )
        )
        lost = mine.filtered(
            lambda seat: seat.user_id not in user | lending or not seat._holds()
        )
        return standing.Person(
            user.id,
            frozenset(self._lenders(lent)),
            bool(self._able_people(user)),
            frozenset((seat.step_id.id, seat.user_id.id) for seat in lost),
        )

    def _refuse_at(self, door, lent=None):
        """:raises UserError: of its own kind for each refusal"""
        self._refuse(self._refusal_at(door, lent))

    def _refuse(self, refusal, short_step=""):
        """Raise what a refusal of the policies means; who tried without a right is told in the ledger."""
        if refusal in (*WITHOUT_RIGHT, standing.LOST):
            self._log_denied(refusal)
        if refusal == progress.BARRED:
            raise self._barred_error()
        if refusal == standing.LOST:
            raise self._lost_error()
        if refusal:
            raise self._refusal(refusal, short_step)

    def _barred_error(self):
        """:return: the refusal of whoever is barred: from the steps that are open, else from any"""
        rules = self._rules_that_bar()
        facts = self._bar_facts(rules)
        open_first = self.step_ids.sorted(lambda step: step.state != seats.PENDING)
        whys = [
            *(step._why_barred(self.env.user, facts) for step in open_first),
            *(rule._barred(facts).get(self.env.uid, "") for rule in rules),
        ]
        reason = {
            bars.BENEFICIARY: self.env._("you gain by it"),
            bars.ACCOUNT_OWNER: self.env._("you own the account"),
            bars.CREATOR: self.env._("you made the record it is about"),
            bars.ASKED: self.env._("you asked for it, under another login"),
            "": self.env._("whom you stand in for must not decide it"),
        }[next(filter(None, whys), "")]
        return AccessError(
            self.env._(
                "%(request)s: somebody else has to decide it, as %(reason)s.",
                request=self.display_name,
                reason=reason,
            )
        )

    def _lost_error(self):
        mine = self.assignment_ids.filtered(
            lambda seat: self.env.user in seat.user_id | seat.decided_by_id
        )
        lost = mine.filtered(lambda seat: not seat._holds()) or mine
        return AccessError(
            self.env._(
                "You can no longer decide %(request)s: you are not an approver of %(step)s any more. "
                "Others are asked instead.",
                request=self.display_name,
                step=lost[:1].step_id.name or self.policy_id.name,
            )
        )
