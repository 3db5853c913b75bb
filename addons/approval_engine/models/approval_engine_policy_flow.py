from collections import defaultdict

from odoo import api, fields, models

from ..policies import policy_checks, policy_state, routing, seats

ASKED_DAYS = 90  # how far back it is looked who asks
MOST_NAMES = 4  # people named in a step of the flow


class ApprovalEnginePolicy(models.Model):
    """The steps of a policy as a picture, with what is weak about them beside them."""

    _inherit = "approval_engine.policy"  # pylint: disable=consider-merging-classes-inherited

    flow = fields.Json(compute="_compute_flow")

    @api.depends("sentence", "step_ids", "auto_amount", "state", "owner_id")
    @api.depends_context("uid")
    def _compute_flow(self):
        """Shape: {"auto": text, "groups": [[{"name", "how", "people", "who", "when", "checks"}]], "checks"}, checks:
        [{"level", "words"}]
        """
        for policy in self:
            steps = policy.step_ids.sorted(lambda s: s.sequence)
            drafts = [step._as_draft(key) for key, step in enumerate(steps)]
            said = policy._said(policy._findings(drafts))
            groups = {}
            for key, step in enumerate(steps):
                card = step._card(drafts[key]) | {"checks": said[key]}
                groups.setdefault(step.sequence, []).append(card)
            policy.flow = {
                "auto": policy._auto_limit_words(),
                "groups": list(groups.values()),
                "checks": said[None],
            }

    def _auto_limit_words(self):
        if self.auto_amount <= 0:
            return ""
        return self.env._(
            "Up to %(limit)s nobody is asked.",
            limit=self.currency_id.format(self.auto_amount),
        )

    def _findings(self, drafts):
        if self.state == policy_state.RETIRED:
            return []
        company = self.company_id or self.env.company
        return policy_checks.find(
            drafts,
            owner_id=self.sudo().owner_id._able_to_approve(company).id or None,
            auto_amount=self.auto_amount,
            asks=self._asked_by(),
        )

    def _asked_by(self):
        """:return: {user id: requests of this type in the last days}, as far as the reader sees them"""
        groups = self.env["approval_engine.request"]._read_group(
            [
                ("type_id", "=", self.type_id._origin.id),
                ("submitted_at", ">=", f"today -{ASKED_DAYS}d"),
            ],
            ["requester_id"],
            ["__count"],
        )
        return {user.id: count for user, count in groups}

    # ------------------------------------------------------------------ words

    def _said(self, findings):
        """:return: {number of the step, None for the policy: [{"level", "words"}]}, empty where nothing is weak"""
        said = defaultdict(list)
        for one in findings:
            words = {"level": one.level, "words": self._finding_words(one)}
            said[one.key].append(words)
        return said

    def _finding_words(self, one):
        owner = self.owner_id.name or self.env._("nobody")
        user = (
            self.env["res.users"].sudo().browse(one.user_id).name if one.user_id else ""
        )
        amount = self.currency_id.format(one.amount) if one.amount else ""
        values = {
            "owner": owner,
            "user": user,
            "amount": amount,
            "step": one.step,
            "count": one.count,
            "of": one.of,
        }
        return self._finding_text(one.code) % values

    def _finding_text(self, code):
        return {
            policy_checks.NOBODY: self.env._(
                "Nobody can decide this step today: %(owner)s, the policy's owner, is asked instead."
            ),
            policy_checks.TOO_FEW: self.env._(
                "It needs %(of)s approvals and has %(count)s people: it can never be approved by them alone."
            ),
            policy_checks.ONE_PERSON: self.env._(
                "This step has one person, %(user)s. When they ask for it themselves, %(owner)s decides."
            ),
            policy_checks.ASKS_OFTEN: self.env._(
                "This step has one person, %(user)s, who is often the requester (%(count)s of %(of)s in 90 days). "
                "Then %(owner)s decides."
            ),
            policy_checks.GAP: self.env._(
                "From %(amount)s no step is for it: such requests are refused."
            ),
            policy_checks.ONLY_IF: self.env._(
                "From %(amount)s there are only steps with a condition: what meets none of them is refused."
            ),
            policy_checks.SHORT: self.env._(
                "There are not enough different people for all steps (%(step)s): nobody decides two of them, so "
                "%(owner)s is asked."
            ),
            policy_checks.STUCK: self.env._(
                "Step %(step)s cannot be decided, not even by the policy's owner: requests of %(amount)s are refused."
            ),
            policy_checks.STUCK_IF: self.env._(
                "If %(user)s asks, nobody is left for step %(step)s: their requests are refused."
            ),
            policy_checks.NO_OWNER: self.env._(
                "The policy has no owner who can decide: where nobody is left for a step, nobody steps in."
            ),
        }[code]


class ApprovalEnginePolicyStep(models.Model):
    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    def _as_draft(self, key):
        people = self._known_seats()
        return policy_checks.Draft(
            key,
            self.name or "?",
            self.sequence,
            self.mode,
            self.quorum if self.mode != seats.WEIGHTED else 1,
            self.percent,
            self._pick_size(),
            self.amount_from,
            self.amount_to,
            people,
            bool(self.condition),
        )

    def _known_seats(self):
        """:return: seats of those who could decide today; None if that follows from the request"""
        step = self.sudo()
        if step.route == routing.PEOPLE:
            people = step.user_ids._origin | step._members()
        elif step.route == routing.MATRIX and step.matrix_role_id:
            people = step.matrix_role_id._people()
        else:
            return None
        company = step.policy_id.company_id or self.env.company
        return tuple(
            seats.Seat(user.id)
            for user in people._able_to_approve(company._origin).sorted("id")
        )

    def _card(self, draft):
        """:return: what the flow shows of a step"""
        words = self._words()[0]
        bounds = [
            self.env._("above %s", words.amount_from) if words.amount_from else "",
            self.env._("up to %s", words.amount_to) if words.amount_to else "",
        ]
        return {
            "name": self.name or "?",
            "how": self._how_words(),
            "who": getattr(self, f"_who_words_{self.route}")(),
            "people": self._people_words(draft.people),
            "when": " ".join(filter(None, bounds)),
            "extras": list(words.extras),
        }

    def _how_words(self):
        """:return: how many have to say yes; empty where it is one person anyway"""
        if not self._is_several():
            return ""
        return {
            seats.ALL: self.env._("everybody has to approve"),
            seats.ANY: self.env._("the first answer decides"),
            seats.QUORUM: self.env._("%s of them have to approve", self.quorum),
            seats.PERCENT: self.env._("%s %% of them have to approve", self.percent),
            seats.WEIGHTED: self.env._("enough weight together: %s", self.quorum),
        }[self.mode]

    def _people_words(self, people):
        if people is None:
            return self.env._("found when a request is made")
        names = (
            self.env["res.users"]
            .sudo()
            .browse([seat.user_id for seat in people])
            .mapped("name")
        )
        more = len(names) - MOST_NAMES
        return ", ".join(names[:MOST_NAMES]) + (f" +{more}" if more > 0 else "")
