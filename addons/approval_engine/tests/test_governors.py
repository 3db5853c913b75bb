from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


@tagged("post_install", "-at_install")
class TestGovernors(ApprovalCase):
    """Who may decide how much is seen; a higher limit takes two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._person("mia", MANAGER)
        rows = cls.env["approval_engine.authority"].search(
            [("user_id", "in", (cls.mia | cls.max).ids), ("state", "=", "waiting")]
        )
        rows._set_state("confirmed")

    def _exceptions(self, record):
        ledger = self.env["event_hub.event"]
        ledger._flush_emitted()
        found = ledger.sudo().search(
            [
                ("type", "=", "approval.audit_exception"),
                ("case_model", "=", record._name),
                ("case_id", "=", record.id),
            ],
            order="id",
        )
        return [row.attributes["kind"] for row in found]

    # ------------------------------------------------------------------ managers and limits

    def _set(self, user=None, person=None, **values):
        return (
            (person or self.fred)
            .with_user(user or self.max)
            .set_approval_authority(**values)
        )

    def test_a_higher_limit_counts_once_a_second_manager_agreed(self):
        found = self._set(approval_limit=5000)
        self.assertEqual(found["state"], "waiting")
        self.assertEqual(self.fred.sudo().approval_limit, 0)
        row = self.env["approval_engine.authority_change"].browse(found["id"])
        with self.assertRaises(AccessError):
            row.with_user(self.max).action_agree()
        row.with_user(self.mia).action_agree()
        self.assertEqual((row.state, row.decided_by_id), ("done", self.mia))
        self.assertEqual(self.fred.sudo().approval_limit, 5000)
        with self.assertRaises(ConflictError):
            row.with_user(self.mia).action_agree()
        self.assertEqual(self._exceptions(row), [])

    def test_a_lower_limit_and_a_manager_count_at_once(self):
        self.fred.sudo()._write_authority({"approval_limit": 900})
        self.assertEqual(self._set(approval_limit=100)["state"], "done")
        self.assertEqual(self._set(approval_manager_id=self.cleo.id)["state"], "done")
        self.assertEqual(self.fred.sudo().approval_limit, 100)
        self.assertEqual(self.fred.sudo().approval_manager_id, self.cleo)

    def test_who_makes_themselves_the_manager_waits_for_a_second_one(self):
        found = self._set(approval_manager_id=self.max.id)
        self.assertEqual(found["state"], "waiting")
        self.assertFalse(self.fred.sudo().approval_manager_id)
        with self.assertRaisesRegex(UserError, "second person"):
            self._set(self.mia, approval_manager_id=self.cleo.id)
        row = self.env["approval_engine.authority_change"].browse(found["id"])
        with self.assertRaises(AccessError):
            row.with_user(self.max).action_agree()
        row.with_user(self.mia).action_agree()
        self.assertEqual(self.fred.sudo().approval_manager_id, self.max)

    def test_a_manager_that_is_another_by_now_is_not_agreed_to(self):
        row = self.env["approval_engine.authority_change"].browse(
            self._set(approval_manager_id=self.max.id)["id"]
        )
        self.fred.sudo()._write_authority({"approval_manager_id": self.cleo.id})
        with self.assertRaises(ConflictError):
            row.with_user(self.mia).action_agree()

    def test_a_settings_administrator_who_names_themselves_is_seen(self):
        admin = self.env.ref("base.user_admin")
        self.fred.with_user(admin).approval_manager_id = admin
        row = self.env["approval_engine.authority_change"].search(
            [("user_id", "=", self.fred.id)]
        )
        self.assertEqual(self._exceptions(row), ["named_self_manager_directly"])

    def test_a_refused_limit_changes_nothing_and_who_asked_may_take_it_back(self):
        rows = self.env["approval_engine.authority_change"]
        for user in (self.mia, self.max):
            row = rows.browse(self._set(approval_limit=5000)["id"])
            with self.assertRaises(UserError):
                self._set(approval_limit=6000)
            row.with_user(user).action_refuse()
            self.assertEqual(row.state, "refused")
        self.assertEqual(self.fred.sudo().approval_limit, 0)

    def test_a_limit_that_is_another_by_now_is_not_agreed_to(self):
        row = self.env["approval_engine.authority_change"].browse(
            self._set(approval_limit=5000)["id"]
        )
        self.fred.sudo()._write_authority({"approval_limit": 10})
        with self.assertRaises(ConflictError):
            row.with_user(self.mia).action_agree()

    def test_nobody_sets_their_own_and_only_confirmed_managers_set_any(self):
        with self.assertRaises(AccessError):
            self._set(person=self.max, approval_limit=1)
        for user in (self.ria, self.audrey):
            with self.assertRaises(AccessError):
                self._set(user, approval_limit=1)
        new = self._person("newcomer", MANAGER)
        rows = self.env["approval_engine.authority"].search([("user_id", "=", new.id)])
        rows._write_guarded({"state": "waiting"})
        with self.assertRaises(AccessError):
            self._set(new, approval_limit=1)
        row = self.env["approval_engine.authority_change"].browse(
            self._set(person=self.mia, approval_limit=5)["id"]
        )
        with self.assertRaises(AccessError):
            row.with_user(self.mia).action_agree()

    def test_what_is_no_limit_no_person_or_a_ring_is_refused_in_words(self):
        for limit in (-1, float("inf"), float("nan"), "5000", True, 10**16, [1]):
            with self.assertRaises(UserError):
                self._set(approval_limit=limit)
        with self.assertRaises(UserError):
            self._set()
        with self.assertRaises(MissingError):
            self._set(approval_manager_id=999999)
        with self.assertRaises(ValidationError):
            self._set(approval_manager_id=self.fred.id)
        with self.assertRaises(UserError):
            self.fred.browse().with_user(self.max).set_approval_authority(None, 5)

    def test_where_nobody_else_could_agree_one_is_enough_and_an_exception(self):
        others = (
            self.env["approval_engine.authority"]._confirmed(self.env.ref(MANAGER))
            - self.max
        )
        self.env["approval_engine.authority"].search(
            [("user_id", "in", others.ids), ("state", "=", "confirmed")]
        )._set_state("refused")
        found = self._set(approval_limit=5000)
        self.assertEqual(found["state"], "done")
        row = self.env["approval_engine.authority_change"].browse(found["id"])
        self.assertEqual(self._exceptions(row), ["limit_raised_alone"])

    def test_a_settings_administrator_can_do_it_directly_and_is_seen(self):
        admin = self.env.ref("base.user_admin")
        self.fred.with_user(admin).approval_limit = 7000
        row = self.env["approval_engine.authority_change"].search(
            [("user_id", "=", self.fred.id)]
        )
        self.assertEqual(
            (row.state, row.directly, row.old_limit, row.limit, row.asked_by_id),
            ("done", True, 0, 7000, admin),
        )
        self.assertEqual(self._exceptions(row), ["limit_raised_directly"])
        with self.assertRaises(UserError):
            row.with_user(admin).write({"limit": 1})
        with self.assertRaises(UserError):
            row.with_user(admin).unlink()

    def test_a_user_made_with_a_limit_is_seen_too(self):
        admin = self.env.ref("base.user_admin")
        user = (
            self.env["res.users"]
            .with_user(admin)
            .create({"login": "rich", "name": "Rich", "approval_limit": 900})
        )
        row = self.env["approval_engine.authority_change"].search(
            [("user_id", "=", user.id)]
        )
        self.assertEqual((row.limit, row.directly, row.asked_by_id), (900, True, admin))
        self.assertEqual(self._exceptions(row), ["limit_raised_directly"])
