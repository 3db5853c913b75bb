import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import approval_engine_seal_publish
from ..tools import audit, heads_file
from .common_seal import SealCase

LOGGER = "odoo.addons.approval_engine.models.approval_engine_seal_publish"


@tagged("post_install", "-at_install")
class TestSealHeads(SealCase):
    """What is kept outside the database."""

    def _sealed(self, count):
        for _number in range(count):
            self._decided()
            self._seal()
        return self.seals.search([], order="sequence")

    def _check(self):
        return self.env["event_hub.monitor"]._health_checks()["approval_heads"]

    def _age(self):
        """As if the seals were made an hour ago; their own hashes are not looked at here."""
        self._tamper(
            "UPDATE approval_engine_seal SET sealed_at = sealed_at - interval '1 hour'"
        )

    def test_every_seal_is_one_line_in_order(self):
        seals = self._sealed(3)
        told = self._published()
        self.assertEqual(
            [(line["sequence"], line["hash"]) for line in told],
            [(seal.sequence, seal.hash) for seal in seals],
        )
        self.assertEqual({line["db"] for line in told}, {self.env.cr.dbname})
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(seals.mapped("state"), ["published"] * 3)

    def test_what_a_kill_kept_back_is_published_by_the_next_run(self):
        self._sealed(1)
        self._decided()
        seal = self._seal(publish=False)
        self.assertEqual(seal.state, "waiting")
        self.assertEqual(self.seals.search([("state", "=", "waiting")]), seal)
        self._run()
        self.assertEqual([line["sequence"] for line in self._published()], [1, 2])
        self.env.invalidate_all()
        self.assertEqual(seal.state, "published")

    def test_a_head_is_published_once(self):
        self._sealed(2)
        for _time in range(3):
            self._run()
        self.assertEqual(len(self._published()), 2)

    def test_a_torn_line_is_told_and_published_again(self):
        self._sealed(1)
        self._decided()
        self._seal(publish=False)
        whole = self.file.read_bytes()
        line = self.seals._head_lines(1, 10)[2].encode()
        for cut in (1, len(line) // 2, len(line) - 2):
            with self.subTest(cut=cut):
                self.file.write_bytes(whole + line[:cut])
                self.assertEqual(self.seals._publish_heads(), 1)
                found = audit.check(self.env, str(self.file), given=True)
                self.assertEqual(
                    (found["ok"], found["heads"], found["unreadable"]), (True, 2, 1)
                )

    def test_a_file_that_was_moved_away_is_written_anew(self):
        self._sealed(3)
        self.file.unlink()
        self.assertEqual(self.seals._publish_heads(), 3)
        self.assertTrue(self._verify()["ok"])

    def test_many_heads_go_out_in_pages(self):
        self._sealed(3)
        self.file.unlink()
        self.patch(approval_engine_seal_publish, "PUBLISH_BATCH", 2)
        self.assertEqual(self.seals._publish_heads(), 3)
        self.assertEqual([line["sequence"] for line in self._published()], [1, 2, 3])

    def test_the_last_head_is_found_behind_many_of_other_databases(self):
        self._sealed(1)
        other = json.dumps({"db": "other", "sequence": 9, "hash": "x" * 64}) + "\n"
        heads_file.append(self.file, other * (2 * heads_file.CHUNK // len(other)))
        last = heads_file.last_head(self.file, self.env.cr.dbname)
        self.assertEqual(last.sequence, 1)
        self.assertEqual(self.seals._publish_heads(), 0)

    @mute_logger(LOGGER)
    def test_a_file_that_cannot_be_written_alerts_and_blocks_nobody(self):
        self.file.mkdir(parents=True)
        seals = self._sealed(2)
        self.assertEqual(seals.mapped("state"), ["waiting", "waiting"])
        self.assertIn("cannot be read", self._check()[1])
        self._age()
        alerts = self.env["event_hub.alert"]
        alerts._check()
        alert = alerts.search([("queue", "=", "approval_heads")])
        self.assertEqual((alert.state, alert.depth), ("firing", 2))
        self.assertEqual(alert.name, "Heads of seals to publish")
        self.assertTrue(alert.action_open_waiting()["domain"])
        self.file.rmdir()
        self.seals._publish_heads()
        alerts._check()
        self.assertEqual(alert.state, "recovered")
        self.assertEqual(self._check(), (True, ""))

    @mute_logger(LOGGER)
    def test_a_disk_that_is_full_is_told_by_the_health_page_after_a_while(self):
        def full(*_args):
            raise OSError(28, "No space left on device")

        self.patch(heads_file, "_write", full)
        self._sealed(1)
        self.assertEqual(self._check(), (True, ""))
        self._age()
        self.assertIn("wait to be written", self._check()[1])

    @mute_logger(LOGGER)
    def test_a_head_that_contradicts_the_database_alerts_and_is_kept(self):
        self._sealed(2)
        self._tamper("UPDATE approval_engine_seal SET hash = 'x' WHERE sequence = 2")
        before = self.file.read_text()
        self._decided()
        self._seal()
        self.assertEqual(self.file.read_text(), before)
        self.assertIn("does not have", self._check()[1])

    def test_without_a_file_seals_stay_inside(self):
        self._configure(None)
        seals = self._sealed(1)
        self.assertEqual((seals.state, self._check()), ("inside", (True, "")))
        self.assertEqual(self.seals.search([("state", "=", "inside")]), seals)
        self.assertFalse(self.seals.search([("state", "!=", "inside")]))
        self.assertEqual((self._verify()["ok"], self._verify()["heads"]), (True, 0))

    # ------------------------------------------------------------------ comparing

    def test_a_copy_is_compared_with_the_heads_of_the_original(self):
        self._sealed(2)
        self.file.write_text(
            self.file.read_text().replace(self.env.cr.dbname, "original")
        )
        found = audit.check(self.env, str(self.file), given=True)
        self.assertEqual(
            (found["ok"], found["heads"], found["heads_of"]), (True, 2, "original")
        )
        found = audit.check(self.env, str(self.file), given=False)
        self.assertEqual((found["ok"], found["heads"]), (True, 0))

    def test_a_file_that_tells_nothing_about_this_database_is_no_proof(self):
        self._sealed(1)
        for content in ("", "{}\n", "no json\n"):
            self.file.write_text(content)
            with self.subTest(content=content):
                self.assertIn(
                    "has no head of",
                    audit.check(self.env, str(self.file), given=True)["error"],
                )

    def test_the_head_of_a_webhook_is_enough(self):
        seal = self._sealed(2)[-1]
        body = {
            "type": "approval.sealed",
            "data": {"sequence": seal.sequence, "hash": seal.hash},
        }
        self.file.write_text(json.dumps(body))
        found = audit.check(self.env, str(self.file), given=True)
        self.assertEqual((found["ok"], found["heads"]), (True, 1))
        body["data"]["hash"] = "0" * 64
        self.file.write_text(json.dumps(body))
        self.assertFalse(audit.check(self.env, str(self.file), given=True)["ok"])
