from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


@tagged("post_install", "-at_install")
class TestPersons(ApprovalCase):
    """Two logins of one person are one person: no self-approval, no second voice, no second pair of eyes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._person("twin", f"approval_engine.group_approval_user,{MANAGER}")
        cls.twin.email = "somebody.else@example.com"

    def _are_one(self, user):
        """The twin becomes a second login of ``user``, by the address written in another way."""
        self.twin.email = f"Somebody <{user.email.upper()}>"

    def _policy_of(self, *users, **step):
        self.credit_policy.action_retire()
        people = [Command.set([user.id for user in users])]
        step = {"name": "Two", "user_ids": people, **step}
        return self._policy(self.credit_type, [step])

    def _asked(self, request):
        return request.sudo().assignment_ids.user_id

    def test_logins_match_by_address_and_by_contact(self):
        users = self.env["res.users"]
        self.assertNotIn(self.twin.id, users._logins())
        self._are_one(self.ria)
        self.assertEqual(self.ria._all_logins(), self.ria | self.twin)
        self.twin.email = False
        self.assertEqual(self.twin._all_logins(), self.twin)
        self.twin.partner_id = self.ria.partner_id
        self.assertEqual(self.twin._all_logins(), self.ria | self.twin)

    def test_an_archived_login_counts_and_the_system_does_not(self):
        self._are_one(self.ria)
        self.twin.active = False
        self.assertEqual(self.ria._all_logins(), self.ria | self.twin)
        self.assertNotIn(self.env.ref("base.user_root").id, self.ria._logins())

    def test_contacts_that_are_merged_make_one_person_of_their_logins(self):
        self.assertEqual(self.ria._all_logins(), self.ria)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        both = self.ria.partner_id | self.account
        wizard._merge(both.ids, self.account, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(self.ria.partner_id, self.account)
        self.twin.partner_id.email = "x@example.com"
        self.account.email = "x@example.com"
        self.assertEqual(self.ria._all_logins(), self.ria | self.twin)

    def test_the_other_login_of_the_requester_gets_no_seat(self):
        self._policy_of(self.fred, self.twin)
        self._are_one(self.ria)
        request = self._submitted()
        self.assertEqual(self._asked(request), self.fred)
        with self.assertRaises(AccessError):
            self._approve(request, self.twin)

    def test_nobody_approves_what_they_asked_for_after_their_logins_became_one(self):
        self._policy_of(self.fred, self.twin)
        request = self._submitted()
        self.assertIn(self.twin, self._asked(request))
        self._are_one(self.ria)
        for act in (
            lambda r: r.action_approve(),
            lambda r: r.action_reject("No."),
            lambda r: r.action_ask("Why?"),
        ):
            with self.assertRaises(UserError):
                act(request.with_user(self.twin))
        self.assertFalse(request.with_user(self.twin).can_decide)
        self.assertEqual(request.state, "pending")

    def test_two_logins_of_one_person_are_no_quorum(self):
        self._policy_of(self.fred, self.fay, self.twin, mode="quorum", quorum=2)
        request = self._submitted()
        self.assertEqual(self._asked(request), self.fred | self.fay | self.twin)
        self._are_one(self.fred)
        self._approve(request, self.fred)
        with self.assertRaises(UserError):
            self._approve(request, self.twin)
        self.assertEqual(request.state, "pending")
        self._approve(request, self.fay)
        self.assertEqual(request.state, "executed")

    def test_one_person_is_asked_once_whatever_the_login(self):
        self._policy_of(self.fred, self.fay, self.twin, mode="all")
        self._are_one(self.fred)
        self.assertEqual(self._asked(self._submitted()), self.fred | self.fay)

    def test_nobody_is_added_under_another_login_after_they_decided(self):
        self._policy_of(self.fred, self.fay, mode="all")
        request = self._submitted()
        self._are_one(self.fred)
        self._approve(request, self.fred)
        with self.assertRaises(UserError):
            request.with_user(self.fay).action_add_approver(self.twin.id, "More eyes")
        self.assertEqual(self._asked(request), self.fred | self.fay)

    def test_the_other_login_of_the_requester_cannot_stand_in(self):
        self._policy_of(self.fred)
        request = self._submitted()
        now = self.env.cr.now()
        self.env["approval_engine.delegation"].create(
            {
                "user_id": self.fred.id,
                "delegate_id": self.twin.id,
                "date_from": now.replace(microsecond=0),
                "date_to": now.replace(year=now.year + 1, microsecond=0),
                "reason": "Away",
            }
        )
        self._are_one(self.ria)
        with self.assertRaises(AccessError):
            self._approve(request, self.twin)

    def test_nobody_lends_themselves_the_decisions_of_another_through_a_second_login(
        self,
    ):
        self._are_one(self.max)
        now = self.env.cr.now().replace(microsecond=0)
        with self.assertRaisesRegex(AccessError, "nobody lends themselves"):
            self.env["approval_engine.delegation"].with_user(self.max).create(
                {
                    "user_id": self.fred.id,
                    "delegate_id": self.twin.id,
                    "date_from": now,
                    "date_to": now.replace(year=now.year + 1),
                    "reason": "Away",
                }
            )

    def test_nobody_agrees_to_their_own_policy_under_another_login(self):
        self._managers(self.twin, self.cleo)
        policy = self.credit_policy.copy({"name": "Looser"})
        self._are_one(self.max)
        policy.with_user(self.max).action_activate()
        self.assertEqual(policy.state, "proposed")
        self.assertFalse(policy.with_user(self.twin).can_agree)
        with self.assertRaises(AccessError):
            policy.with_user(self.twin).action_activate()
        self.assertTrue(policy.with_user(self.cleo).can_agree)

    def test_nobody_confirms_their_own_right_under_another_login(self):
        self._managers(self.twin, self.cleo)
        self._are_one(self.max)
        row = (
            self.env["approval_engine.authority"]
            .sudo()
            .search([("user_id", "=", self.max.id)], limit=1)
        )
        with self.assertRaises(AccessError):
            row.with_user(self.twin).action_refuse()

    def test_nobody_sets_their_own_limit_under_another_login(self):
        self._managers(self.twin, self.cleo)
        self._are_one(self.max)
        with self.assertRaises(AccessError):
            self.max.with_user(self.twin).set_approval_authority(approval_limit=5000)

    def _managers(self, *users):
        for user in users:
            user.group_ids += self.env.ref(MANAGER)
        authority = self.env["approval_engine.authority"].sudo()
        authority._follow()
        rows = authority.search([("state", "=", "waiting")])
        rows._confirm(how="system")

    def test_a_login_made_later_is_known_at_once(self):
        self.assertNotIn(self.ria.id, self.env["res.users"]._logins())
        later = self._person("later")
        self.assertEqual(later._all_logins(), later)
        later.partner_id.email = self.ria.email
        self.assertEqual(self.ria._all_logins(), self.ria | later)
        born = self.env["res.users"].create(
            {"login": "born_later", "name": "Born", "email": self.ria.email}
        )
        self.assertEqual(self.ria._all_logins(), self.ria | later | born)
        later.email = False
        self.assertEqual(self.ria._all_logins(), self.ria | born)
        born.sudo().unlink()
        self.assertEqual(self.ria._all_logins(), self.ria)
