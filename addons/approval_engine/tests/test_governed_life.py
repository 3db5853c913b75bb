from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_governed_life import MANAGER, LifeCase


@tagged("post_install", "-at_install")
class TestGovernedLife(LifeCase):
    """What waits for an approval is put in force, changed and switched off by two people."""

    def test_it_holds_once_a_second_manager_agreed(self):
        governed = self._govern(active=True, state="active")
        self.assertEqual((governed.state, governed.active), ("draft", False))
        self.assertFalse(self._holds())
        governed.action_activate()
        self.assertEqual((governed.state, governed.active), ("proposed", False))
        self.assertIn("Proposed by Max", governed.standing)
        self.assertFalse(self._holds())
        with self.assertRaisesRegex(AccessError, "somebody else has to agree. .*Mia"):
            governed.action_activate()
        self.assertFalse(governed.can_agree)
        self.assertTrue(governed.with_user(self.mia).can_agree)
        governed.with_user(self.mia).action_activate()
        self.assertTrue(self._holds())
        self.assertEqual(self._exceptions(governed), [])

    def test_sent_back_it_is_a_draft_again(self):
        governed = self._govern()
        governed.action_activate()
        with self.assertRaisesRegex(UserError, "frozen"):
            governed.name = "Another"
        governed.with_user(self.mia).action_send_back()
        governed.name = "Another"
        self.assertFalse(self._holds())

    def test_in_force_nobody_changes_or_deletes_it_alone(self):
        governed = self._in_force()
        for user in (self.max, self.mia):
            mine = governed.with_user(user)
            for values in (
                {"domain": "[('ref', '=', 'never')]"},
                {"field_ids": [Command.clear()]},
                {"hold_write": False, "hold_unlink": True},
                {"company_id": self.env.company.id},
                {"name": "x"},
            ):
                for records in (mine, mine.sudo()):
                    with self.subTest(values=values), self.assertRaises(UserError):
                        records.write(values)
            for values in ({"active": False}, {"state": "draft"}, {"revises_id": 1}):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    mine.sudo().write(values)
            with self.assertRaisesRegex(UserError, "is in force"):
                mine.unlink()
        self.assertTrue(self._holds())

    def test_a_change_waits_for_the_second_and_then_takes_its_place(self):
        governed = self._in_force()
        revision = governed.browse(governed.open_revision()["res_id"])
        self.assertEqual(governed.open_revision()["res_id"], revision.id)
        revision.domain = "[('ref', '=', 'never')]"
        self.assertIn("held% → ", revision.proposal_words.replace("')]", ""))
        revision.action_activate()
        self.assertTrue(self._holds())
        with self.assertRaises(AccessError):
            revision.action_activate()
        shown = revision.with_user(self.mia).action_activate()
        self.assertEqual(shown["res_id"], governed.id)
        self.assertFalse(revision.exists())
        self.assertEqual(governed.domain, "[('ref', '=', 'never')]")
        self.assertEqual(
            (governed.state, governed.proposed_by_id), ("active", self.max)
        )
        self.assertFalse(self._holds())
        row = self.changes.search([("governed_id", "=", governed.id)], limit=1)
        self.assertEqual((row.kind, row.user_id), ("changed", self.mia))

    def test_a_change_to_a_company_without_another_manager_is_agreed_on_as_before(self):
        governed = self._in_force()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.max.company_ids += company
        revision = governed.browse(governed.open_revision()["res_id"])
        revision.company_id = company
        revision.action_activate()
        self.assertEqual(revision.state, "proposed")
        self.assertTrue(self._holds())

    def test_switching_off_takes_two_and_holds_until_then(self):
        governed = self._in_force()
        governed.action_archive()
        self.assertEqual((governed.state, governed.active), ("leaving", True))
        self.assertIn("it holds", governed.standing)
        self.assertTrue(self._holds())
        with self.assertRaises(AccessError):
            governed.action_switch_off()
        governed.with_user(self.mia).action_send_back()
        self.assertEqual(governed.state, "active")
        governed.with_user(self.mia).action_switch_off()
        governed.action_switch_off()
        self.assertEqual((governed.state, governed.active), ("draft", False))
        self.assertFalse(self._holds())
        governed.unlink()

    def test_a_change_of_what_is_to_be_switched_off_is_refused_in_words(self):
        governed = self._in_force()
        revision = governed.browse(governed.open_revision()["res_id"])
        revision.name = "Others"
        revision.action_activate()
        governed.action_switch_off()
        with self.assertRaisesRegex(UserError, "to be switched off"):
            revision.with_user(self.mia).action_activate()
        governed.with_user(self.mia).action_switch_off()
        with self.assertRaisesRegex(UserError, "not in force"):
            governed._new_revision()

    def test_alone_one_is_enough_and_each_time_an_exception(self):
        self._alone()
        governed = self._govern()
        self.assertIn("Nobody else can agree", governed.standing)
        governed.action_activate()
        self.assertTrue(self._holds())
        revision = governed.browse(governed.open_revision()["res_id"])
        revision.name = "Renamed"
        revision.action_activate()
        self.assertEqual(governed.name, "Renamed")
        governed.action_switch_off()
        self.assertFalse(self._holds())
        self.assertEqual(
            self._exceptions(governed),
            [
                "governance_activated_alone",
                "governance_changed_alone",
                "governance_switched_off_alone",
            ],
        )

    def test_a_manager_nobody_agreed_on_is_no_second_person(self):
        governed = self._govern()
        governed.action_activate()
        new = self._person("newcomer", MANAGER)
        rows = self.env["approval_engine.authority"].search([("user_id", "=", new.id)])
        rows._write_guarded({"state": "waiting"})
        with self.assertRaisesRegex(AccessError, "nobody has agreed"):
            governed.with_user(new).action_activate()

    def test_what_the_system_changes_holds_at_once_and_is_an_exception(self):
        governed = self.env["approval_engine.governed"].create(self._values())
        self.assertEqual(governed.state, "active")
        self.assertTrue(self._holds())
        governed.active = False
        self.assertEqual(governed.state, "draft")
        self.assertEqual(
            self._exceptions(governed), ["governance_made", "governance_off"]
        )

    def test_the_form_says_who_is_asked(self):
        governed = self._govern()
        self.assertIn("Finance", governed.asked_words)
        self.env["approval_engine.policy"].search(
            [("type_id", "=", self.credit_type.id)]
        ).filtered(lambda p: p.state == "active").action_retire()
        governed.invalidate_recordset()
        self.assertIn("nobody could approve", governed.asked_words)

    def test_a_condition_over_what_its_author_may_not_read_is_refused(self):
        governed = self._govern()
        hidden = "[('user_ids.totp_secret', '=like', 'A%')]"
        for values in ({"domain": hidden}, {"in_force": hidden}):
            with self.assertRaisesRegex(ValidationError, "may not read"):
                governed.write(values)

    # ------------------------------------------------------------------ the trail

    def test_each_change_of_what_is_governed_is_kept(self):
        governed = self._govern()
        governed.write({"domain": "[('ref', '=', 'x')]", "hold_unlink": True})
        governed.write({"domain": "[('ref', '=', 'x')]"})  # nothing changed
        governed.action_activate()
        governed.with_user(self.mia).action_activate()
        governed.action_switch_off()
        governed.with_user(self.mia).action_switch_off()
        rows = self.changes.with_user(self.audrey).search(
            [("governed_id", "=", governed.id)], order="id"
        )
        self.assertEqual(
            rows.mapped("kind"), ["made", "changed", "changed", "on", "changed", "off"]
        )
        by = self.max, self.max, self.max, self.mia, self.max, self.mia
        self.assertEqual(rows.mapped("user_login"), [user.login for user in by])
        self.assertEqual(
            rows[1].changes,
            {
                "domain": ["[('ref', '=like', 'held%')]", "[('ref', '=', 'x')]"],
                "hold_unlink": [False, True],
            },
        )
        self.assertIn("→", rows[1].words)

    def test_a_deleted_definition_leaves_its_trail(self):
        governed = self._govern()
        id_ = governed.id
        governed.unlink()
        rows = self.changes.search([("governed_id", "=", id_)])
        self.assertEqual(rows.mapped("kind"), ["deleted", "made"])
        self.assertIn("References", rows[0].words)

    def test_sudo_hides_nobody_and_nobody_writes_the_trail(self):
        governed = self._govern()
        governed.sudo().name = "Another"
        row = self.changes.search([("governed_id", "=", governed.id)], limit=1)
        self.assertEqual((row.kind, row.user_id), ("changed", self.max))
        for user in (self.max, self.audrey, self.env.user):
            with self.assertRaises(UserError):
                row.with_user(user).write({"user_login": "nobody"})
            with self.assertRaises(UserError):
                row.with_user(user).unlink()
            with self.assertRaises(UserError):
                self.changes.with_user(user).create({"name": "x"})
