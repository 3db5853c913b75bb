from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.event_hub.policies import lanes

from .common import HubCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class TestMigrations(HubCommon, TransactionCase):
    """What the upgrade scripts do to the rows of an older version."""

    def _migrate(self, script):
        self.env.flush_all()
        load_script(str(MIGRATIONS / script), "event_hub_migration").migrate(
            self.env.cr, "19.0.1.0.0"
        )
        self.env.invalidate_all()

    def test_what_a_source_may_send_becomes_its_list_of_adapters(self):
        both = self._source("both", self.env.company, self.source.user_id)
        one = self._source("one", self.env.company, self.source.user_id)
        (both + one).adapter_ids = False
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE event_hub_source ADD COLUMN allow_standard bool, ADD COLUMN allow_stripe bool"
        )
        self.env.cr.execute(
            "UPDATE event_hub_source SET allow_standard = true, allow_stripe = (id = %s)",
            [both.id],
        )
        self._migrate("19.0.1.1.0/post-adapters.py")
        self.assertEqual(set(both.adapter_ids.mapped("code")), {"standard", "stripe"})
        self.assertEqual(one.adapter_ids.mapped("code"), ["standard"])

    def test_messages_get_the_lane_they_would_have_got_at_the_door(self):
        single = self._hear(self._event(subject="ACC-001"))
        over = self._hear([self._event(subject=f"ACC-00{n}") for n in (1, 2)])
        purged = self._hear(self._event(subject="ACC-001"))
        messages = single | over | purged
        self.env.cr.execute(
            "UPDATE event_hub_message SET lane = NULL, body = CASE WHEN id = %s THEN NULL ELSE body END"
            " WHERE id = ANY(%s)",
            [purged.id, messages.ids],
        )
        self._migrate("19.0.1.1.0/post-lanes.py")
        self.assertEqual(messages.mapped("lane"), [2, lanes.SEVERAL, 0])

    def test_each_event_type_gets_its_version_once(self):
        event_type = self.env["event_hub.event_type"].create(
            {
                "code": "test.old",
                "name": "Old",
                "version": "1.3",
                "data_schema": {"required": ["a"]},
                "sample": {"a": 1},
            }
        )
        kept = self.env["event_hub.event_type"].create(
            {"code": "test.new", "name": "New"}
        )
        before = kept.version_ids
        self.env.cr.execute(
            "DELETE FROM event_hub_event_type_version WHERE event_type_id = %s",
            [event_type.id],
        )
        self._migrate("19.0.1.1.0/post-versions.py")
        self._migrate("19.0.1.1.0/post-versions.py")
        version = event_type.version_ids
        self.assertEqual(
            (version.version, version.state, version.data_schema, version.sample),
            ("1.3", "current", {"required": ["a"]}, {"a": 1}),
        )
        self.assertEqual(kept.version_ids, before)

    def test_a_type_that_was_defined_by_hand_stays_as_it_is(self):
        ours = self.env.ref("event_hub.event_type_release_published")
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "event_hub"),
                ("name", "=", "event_type_release_published"),
            ]
        )
        data.unlink()
        self._migrate("19.0.1.2.0/pre-event-types.py")
        self._migrate("19.0.1.2.0/pre-event-types.py")
        again = self.env["ir.model.data"].search(
            [("model", "=", "event_hub.event_type"), ("res_id", "=", ours.id)]
        )
        self.assertEqual(
            (again.complete_name, again.noupdate),
            ("event_hub.event_type_release_published", True),
        )

    def test_messages_that_were_counted_in_memory_are_not_counted_again(self):
        tally = self.env["event_hub.tally"]
        counted = [("metric", "=", "door"), ("outcome", "=", "counted")]
        self.env.cr.execute(
            "DELETE FROM event_hub_tally WHERE metric = 'door' AND outcome = 'counted'"
        )
        self._hear(self._event(), self._event())
        self.env.cr.execute(
            "UPDATE event_hub_message SET received_at = now() AT TIME ZONE 'UTC' - interval '1 hour'"
        )
        tally._insert_counts({("door", self.source.code, "accepted", None): (2, 0.0)})
        for _time in range(2):  # a second run changes nothing
            self._migrate("19.0.1.3.0/post-accepted.py")
        self.assertEqual(tally.search_count(counted), 1)
        place = self.source.code, "accepted"
        self.assertEqual(tally._totals()["door"][place][0], 2)

    def test_the_index_that_is_no_longer_declared_is_dropped(self):
        self.env.cr.execute(
            "CREATE INDEX event_hub_run__automation_id_index ON event_hub_run (automation_id)"
        )
        for _again in range(2):
            self._migrate("19.0.1.4.0/pre-run-index.py")
            self.env.cr.execute(
                "SELECT count(*) FROM pg_indexes WHERE indexname = 'event_hub_run__automation_id_index'"
            )
            self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_versions_of_old_no_longer_tell_addresses_of_webhooks(self):
        name = "action 5 (Post): webhook_url"
        first, second = "https://hooks.test/first", "https://hooks.test/second"
        versions = self.env["event_hub.rule_version"].create(
            [
                {
                    "automation_id": 987654,
                    "version": number,
                    "diff": diff,
                    "snapshot": snapshot,
                }
                for number, diff, snapshot in (
                    (1, f"{name}: {first}", {name: first, "on": True}),
                    (2, f"{name}: {first} → {second}", {name: second, "on": True}),
                    (3, f"{name}: {second} → —", {"on": True}),
                )
            ]
        )
        for _again in range(2):
            self._migrate("19.0.1.4.0/post-secrets.py")
            self.assertNotIn("hooks.test", str(versions.mapped("diff")))
            self.assertNotIn("hooks.test", str(versions.mapped("snapshot")))
            self.assertIn("SHA-256", versions[0].snapshot[name])
            self.assertIs(versions[0].snapshot["on"], True)
        self.assertIn("SHA-256", versions[1].diff)

    def test_ownership_that_no_longer_counts_is_archived_and_told(self):
        owner = new_test_user(self.env, "field_boss")
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        owned = self.env["event_hub.field_owner"].create(
            {
                "model_id": field.model_id.id,
                "field_id": field.id,
                "source_id": self.source.id,
                "company_id": self.company_a.id,
                "owner_id": owner.id,
            }
        )
        kept = self.env["event_hub.field_owner"].create(
            {
                "model_id": field.model_id.id,
                "field_id": self.env["ir.model.fields"]._get("res.partner", "phone").id,
                "company_id": self.company_a.id,
            }
        )
        guarded = self.env["res.partner"]._fields["ref"]
        self.patch(guarded, "groups", "base.group_system")
        self._migrate("19.0.1.4.0/post-field-owners.py")
        self.assertEqual((owned.active, kept.active), (False, True))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", owner.partner_id.ids)], limit=1
        )
        self.assertIn("res.partner.ref", told.body)
