"""Every change of a governed rule, its actions and its charter is kept."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_governance import GovernedCase


@tagged("post_install", "-at_install")
class TestVersions(GovernedCase):
    def versions(self, rule):
        return self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rule.id)]
        )

    def last_diff(self, rule):
        return self.versions(rule)[:1].diff

    def test_every_change_of_rule_action_and_charter_is_a_version(self):
        rule = self.governed()
        action = rule.action_server_ids
        before = len(self.versions(rule))
        rule.with_user(self.env.ref("base.user_admin")).write(
            {"event_pattern": "test.other"}
        )
        last = self.versions(rule)[0]
        self.assertEqual(last.user_id, self.env.ref("base.user_admin"))
        self.assertIn("event types: test.* → test.other", last.diff)
        action.code = "a = 1\nrecords.write({'comment': 'new'})"
        self.assertIn("+a = 1", self.last_diff(rule))
        rule.write(
            {"action_server_ids": [Command.update(action.id, {"code": "b = 2\nc = 3"})]}
        )
        self.assertIn("+b = 2", self.last_diff(rule))
        rule.charter_id.minutes_saved = 9
        self.assertIn("minutes saved: 5.0 → 9.0", self.last_diff(rule))
        self.as_admin(rule).action_switch_to_act()
        self.assertIn("mode: observe → act", self.last_diff(rule))
        self.assertEqual(len(self.versions(rule)), before + 5)
        self.assertEqual(rule.version_count, before + 5)

    def test_a_version_is_named_by_its_rule_and_the_first_one_says_only_that(self):
        rule = self.governed()
        first = self.versions(rule)[-1]
        self.assertEqual(first.display_name, f"{rule.name}, version 1")
        self.assertEqual(first.summary, "First version.")
        rule.event_pattern = "test.other"
        self.assertIn("test.other", self.versions(rule)[0].summary)

    def test_a_change_deep_in_an_action_of_actions_is_a_version(self):
        rule = self.governed()
        outer = rule.action_server_ids
        inner = self.env["ir.actions.server"].create(
            {
                "name": "Inner",
                "model_id": outer.model_id.id,
                "state": "code",
                "code": "x = 1",
            }
        )
        outer.write({"state": "multi", "child_ids": [Command.link(inner.id)]})
        inner.code = "x = 2"
        self.assertIn("x = 1", self.last_diff(rule))
        self.assertIn("x = 2", self.last_diff(rule))

    def test_that_an_address_of_a_webhook_changed_is_told_and_not_what_it_is(self):
        rule = self.governed()
        action = rule.action_server_ids
        action.write({"state": "webhook", "webhook_url": "https://hooks.test/first"})
        action.webhook_url = "https://hooks.test/second"
        self.assertIn("webhook_url: secret, SHA-256", self.last_diff(rule))
        versions = self.versions(rule)
        self.assertNotIn("hooks.test", str(versions.mapped("diff")))
        self.assertNotIn("hooks.test", str(versions.mapped("snapshot")))
        for user in (self.reader, self.admin):
            seen = action.with_user(user)
            self.assertTrue(seen.name)
            with self.assertRaises(AccessError):
                seen.read(["webhook_url"])
            with self.assertRaises(AccessError):
                seen.search([("webhook_url", "like", "hooks")])

    def test_nothing_changed_is_no_version_and_neither_is_an_ungoverned_rule(self):
        rule = self.governed()
        before = len(self.versions(rule))
        rule.write({"name": rule.name})
        rule.action_server_ids.write({"code": rule.action_server_ids.code})
        self.assertEqual(len(self.versions(rule)), before)
        plain = self.rule()
        plain.name = "Other"
        self.assertFalse(self.versions(plain))

    def test_a_change_made_around_the_hub_is_told_with_the_next_one(self):
        rule = self.governed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_act_server SET code = 'sneaky' WHERE id = %s",
            [rule.action_server_ids.id],
        )
        self.env.invalidate_all()
        rule.name = "Renamed"
        self.assertIn("sneaky", self.last_diff(rule))

    def test_versions_cannot_be_changed_or_made_by_hand(self):
        rule = self.governed()
        version = self.versions(rule)[0]
        with self.assertRaises(UserError):
            version.diff = "nothing happened"
        with self.assertRaises(UserError):
            version.unlink()
        with self.assertRaises(AccessError):
            version.with_user(self.admin).create(
                {"automation_id": rule.id, "version": 99}
            )

    def test_ungoverned_rules_cost_no_query_for_versions(self):
        rule = self.rule()
        rule.fetch(["governed"])
        with self.assertQueryCount(0):
            rule._record_version()
