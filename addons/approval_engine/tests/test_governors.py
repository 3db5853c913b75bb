from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


@tagged("post_install", "-at_install")
class TestGovernors(ApprovalCase):
    """Who changes what is governed, and who may decide how much, is seen; a higher limit takes two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._person("mia", MANAGER)
        rows = cls.env["approval_engine.authority"].search(
            [("user_id", "in", (cls.mia | cls.max).ids), ("state", "=", "waiting")]
        )
        rows._set_state("confirmed")
        cls.changes = cls.env["approval_engine.governed_change"]

    def _govern(self, user=None):
        fields = self.env["ir.model.fields"]
        return (
            self.env["approval_engine.governed"]
            .with_user(user or self.max)
            .create(
                {
                    "name": "Names of contacts",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "type_id": self.credit_type.id,
                    "field_ids": [Command.set(fields._get("res.partner", "ref").ids)],
                    "domain": "[('ref', '=', 'never')]",
                }
            )
        )

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

    # ------------------------------------------------------------------ what is governed

    def test_each_change_of_what_is_governed_is_kept_and_told(self):
        governed = self._govern()
        governed.write({"domain": "[('ref', '=', 'x')]", "hold_unlink": True})
        governed.write({"domain": "[('ref', '=', 'x')]"})  # nothing changed
        governed.action_archive()
        governed.action_unarchive()
        rows = self.changes.with_user(self.audrey).search(
            [("governed_id", "=", governed.id)], order="id"
        )
        self.assertEqual(rows.mapped("kind"), ["made", "changed", "off", "on"])
        self.assertEqual(set(rows.mapped("user_login")), {self.max.login})
        self.assertEqual(
            rows[1].changes,
            {
                "domain": ["[('ref', '=', 'never')]", "[('ref', '=', 'x')]"],
                "hold_unlink": [False, True],
            },
        )
        self.assertIn("→", rows[1].words)
        self.assertEqual(
            self._exceptions(governed),
            [f"governance_{kind}" for kind in ("made", "changed", "off", "on")],
        )

    def test_a_condition_over_what_its_author_may_not_read_is_refused(self):
        governed = self._govern()
        hidden = "[('user_ids.totp_secret', '=like', 'A%')]"
        for values in ({"domain": hidden}, {"in_force": hidden}):
            with self.assertRaisesRegex(ValidationError, "may not read"):
                governed.write(values)

    def test_a_deleted_definition_leaves_its_trail(self):
        governed = self._govern()
        id_ = governed.id
        governed.unlink()
        rows = self.changes.search([("governed_id", "=", id_)])
        self.assertEqual(rows.mapped("kind"), ["deleted", "made"])
        self.assertIn("Names of contacts", rows[0].words)

    def test_sudo_hides_nobody_and_nobody_writes_the_trail(self):
        governed = self._govern()
        governed.sudo().active = False
        row = self.changes.search([("governed_id", "=", governed.id)], limit=1)
        self.assertEqual((row.kind, row.user_id), ("off", self.max))
        for user in (self.max, self.audrey, self.env.user):
            with self.assertRaises(UserError):
                row.with_user(user).write({"user_login": "nobody"})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.assertRaises(UserError):
                self.changes.with_user(user).create({"name": "x"})

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
