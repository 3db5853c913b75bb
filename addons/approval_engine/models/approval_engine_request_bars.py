from odoo import fields, models
from odoo.exceptions import UserError

from ..policies import bars, persons, seats


class ApprovalEngineRequest(models.Model):
    """Who must not decide this, beyond whoever asked; judged on the real person."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    beneficiary_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Who gains by it, if not the account: does not decide it.",
    )

    def _content_fields(self):
        return (*super()._content_fields(), "beneficiary_id")

    def _content(self):
        content = super()._content()
        if self.beneficiary_id:  # requests of before were hashed without
            content["beneficiary"] = self.beneficiary_id.id
        return content

    def _bar_facts(self, rules, people=None):
        """:return: ``bars.Facts``, as of now, as far as ``rules`` (policy steps) ask for them

        :param people: users, if only they matter: then nobody else is looked for
        """
        self.ensure_one()
        account = self.partner_id.commercial_partner_id
        gains = owns = made = self.env["res.users"].browse()
        if rules.policy_id.filtered("bar_beneficiary"):
            gains = self.beneficiary_id | self._users_of_account(people)
        if any(rules.mapped("bar_account_owner")):
            owns = account.account_owner_id
        if any(rules.mapped("bar_creator")):
            made = (self._subject() or self.env["res.users"]).sudo().create_uid
        return bars.Facts(
            frozenset(gains.ids),
            frozenset(owns.ids),
            frozenset(made.ids),
            persons.others({self.requester_id.id}, self._logins()),
            self._logins(),
        )

    def _logins(self):
        return self.env["res.users"]._logins()

    def _spent_elsewhere(self):
        """:return: ids of the further logins of those who decided a step"""
        return persons.others(seats.deciders(self._steps()), self._logins())

    def _insiders(self, policies):
        """:return: users who belong to the account of any of ``self``, as far as the policies ask

        :param policies: {request: policy}
        """
        asked = self.filtered(lambda request: policies[request].bar_beneficiary)
        accounts = asked.partner_id.commercial_partner_id
        users = self.env["res.users"].sudo()
        if not accounts:
            return users
        return users.search([("partner_id.commercial_partner_id", "in", accounts.ids)])

    def _users_of_account(self, people=None):
        """:return: users who belong to the account; to a company of this database all of us belong"""
        partner = self.partner_id
        if not partner:
            return self.env["res.users"]
        account = partner.commercial_partner_id
        if people is not None:
            found = people.sudo().filtered(
                lambda user: user.partner_id.commercial_partner_id == account
            )
        else:
            belongs = [("partner_id.commercial_partner_id", "=", account.id)]
            found = self.env["res.users"].sudo().search(belongs)
        ours = [("partner_id", "=", account.id)]
        if found and self.env["res.company"].sudo().search_count(ours, limit=1):
            return found.filtered(lambda user: user.partner_id == partner)
        return found

    def _steps_today(self, others=None):
        """:return: as ``_steps``, with those barred who became what bars them after they were asked

        :param others: users who matter besides the caller and those with a seat
        """
        rules = self._rules_that_bar()
        people = self.assignment_ids.user_id | self.env.user | self.policy_id.owner_id
        people |= others or people
        facts = self._bar_facts(rules, people)
        barred = {rule: frozenset(rule._barred(facts)) for rule in rules}
        anywhere = frozenset().union(*barred.values())
        today = {
            row.id: barred.get(row.policy_step_id, anywhere) for row in self.step_ids
        }
        steps = (seats.with_barred(s, today[s.key]) for s in self._steps())
        return persons.marked_steps(steps, self._logins())

    def _rules_that_bar(self):
        """:return: the policy steps of the route; all, where it has a step of somebody who was added"""
        added = self.step_ids.filtered(lambda row: not row.policy_step_id)
        return self.policy_id.step_ids if added else self.step_ids.policy_step_id

    def _refuse_without_comment(self, step, comment):
        if step.policy_step_id.comment_required and not comment:
            raise UserError(
                self.env._(
                    "%(request)s: step %(step)s asks why you approve it (comment).",
                    request=self.display_name,
                    step=step.name,
                )
            )
