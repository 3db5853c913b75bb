from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..policies import retention, sealing
from .common_seal import SealCase

LONG_AGO = "2023-03-01 09:00:00"
LATELY = "2026-06-01 09:00:00"
NOW = "2026-11-22 03:00:00"
CHECKPOINT = "odoo.addons.approval_engine.models.approval_engine_checkpoint"


@tagged("post_install", "-at_install")
class TestRetention(SealCase):
    """What ended longer ago than it is kept is deleted under a checkpoint, and what is left verifies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checkpoints = cls.env["approval_engine.checkpoint"]
        cls.env["res.company"].search([]).approval_retention_years = 0
        cls.env.company.approval_retention_years = 2
        with freeze_time(LONG_AGO):
            cls.old = cls._made(3)
            cls.asked = cls._asked()
            cls.env["approval_engine.seal"]._seal_waiting()
        with freeze_time(LATELY):
            cls.young = cls._made(2)
            cls.env["approval_engine.seal"]._seal_waiting()

    @classmethod
    def _asked(cls):
        requests = cls.env["approval_engine.request"].with_user(cls.ria)
        request = requests.create(
            {"name": "Credit", "type_id": cls.credit_type.id, "amount": 100}
        )
        request.action_submit()
        return request

    @classmethod
    def _made(cls, count):
        """:return: requests with a decision each"""
        requests = cls.env["approval_engine.request"]
        for _number in range(count):
            request = cls._asked()
            request.with_user(cls.fred).action_approve(comment="Agreed.")
            requests |= request
        return requests

    def setUp(self):
        super().setUp()
        self.seals._publish_heads()
        frozen = freeze_time(NOW)
        frozen.start()
        self.addCleanup(frozen.stop)

    def _retain(self, batch_size=500):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.checkpoints.with_env(self.env(cr=cr))._cron_retain(batch_size)
        self.env["event_hub.event"]._flush_emitted()
        self.env.invalidate_all()
        return self.checkpoints.search([], order="number")

    # ------------------------------------------------------------------ what goes

    def test_what_is_old_goes_with_all_that_belongs_to_it_and_the_rest_verifies(self):
        self.old[0].message_post(body="Talk")
        self._retain()
        self.assertEqual(self.old.exists(), self.old.browse())
        self.assertEqual((self.young + self.asked).exists(), self.young + self.asked)
        for table, column in (
            ("approval_engine_decision", "request_id"),
            ("approval_engine_question", "request_id"),
            ("approval_engine_evidence", "request_id"),
            ("approval_engine_request_step", "request_id"),
            ("approval_engine_assignment", "request_id"),
            ("mail_message", "model = 'approval_engine.request' AND res_id"),
        ):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s)", [self.old.ids]
            )
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
        found = self._verify()
        self.assertEqual(
            (found["ok"], found["checked"], found["sealed"], found["purged"]),
            (True, 2, 2, 3),
            found["problems"],
        )

    def test_the_checkpoint_says_how_much_went_and_its_head_is_outside(self):
        last = self.seals.search([], limit=1)
        checkpoint = self._retain()
        self.assertEqual(
            (checkpoint.number, checkpoint.requests, checkpoint.decisions), (1, 3, 3)
        )
        self.assertEqual(
            (checkpoint.last_sequence, checkpoint.last_hash), (last.sequence, last.hash)
        )
        self.assertEqual(
            self._verify()["checkpoints"],
            [
                {
                    "number": 1,
                    "made_at": "2026-11-22T03:00:00Z",
                    "requests": 3,
                    "decisions": 3,
                }
            ],
        )
        seal = self.seals.search([], limit=1)
        self.assertEqual(seal.entry_ids.mapped("decision_hash"), [checkpoint.hash])
        self.assertEqual(seal.entry_ids.open_decision()["res_id"], checkpoint.id)
        self.assertEqual(self._published()[-1]["hash"], seal.hash)
        told = self.env["event_hub.event"].search([("type", "=", "approval.purged")])
        self.assertEqual(told.attributes["hash"], checkpoint.hash)
        self.assertIn("3 were deleted", self._words())

    def _words(self):
        log = self.decisions.with_user(self.audrey)
        return log.open_chain_check()["params"]["message"]

    def test_nothing_old_is_left_for_the_next_run(self):
        self._retain()
        self.assertEqual(len(self._retain()), 1)

    def test_without_a_checkpoint_the_verdict_has_the_shape_it_had(self):
        found = self.decisions.with_user(self.audrey).verify_chain()
        self.assertEqual(
            list(found), ["ok", "checked", "first_bad", "sealed", "unsealed"]
        )

    def test_several_batches_make_several_checkpoints(self):
        found = self._retain(batch_size=2)
        self.assertEqual(found.mapped("decisions"), [2, 1])
        self.assertTrue(self._verify()["ok"], self._verify()["problems"])
        self._made(1)
        self._seal()
        self.assertTrue(self._verify()["ok"])

    # ------------------------------------------------------------------ what stays

    def test_for_good_is_the_default(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.approval_retention_years, 0)
        self.env.company.approval_retention_years = 0
        self.assertFalse(self._retain())

    def test_less_than_a_year_cannot_be_said(self):
        for years in (-1, 101):
            with self.assertRaises(ValidationError):
                self.env.company.approval_retention_years = years

    def test_who_changes_how_long_is_seen(self):
        company = self.env.company
        years = company.approval_retention_years
        company.with_user(self.env.ref("base.user_admin")).approval_retention_years = 9
        ledger = self.env["event_hub.event"].sudo()
        ledger._flush_emitted()
        told = ledger.search([("type", "=", "approval.audit_exception")]).filtered(
            lambda row: row.attributes.get("years") == 9
        )
        self.assertEqual(told.attributes["kind"], "retention_changed")
        self.assertEqual(told.attributes["years_before"], years)
        self.assertEqual((told.attributes["by"], told.company_id), ("admin", company))

    def test_a_legal_hold_keeps_a_request(self):
        held = self.old[1].with_user(self.max)
        held.action_hold("Dispute 2026-114")
        self.assertEqual(held.hold_by_id, self.max)
        self._retain()
        self.assertEqual(self.old.exists(), self.old[1])
        held.action_release_hold()
        self._retain()
        self.assertFalse(self.old.exists())
        self.assertTrue(self._verify()["ok"])
        ledger = self.env["event_hub.event"].sudo()
        ledger._flush_emitted()
        told = ledger.search([("type", "=", "approval.audit_exception")]).filtered(
            lambda row: row.attributes["kind"] == "hold_released"
        )
        self.assertEqual(told.attributes["held_for"], "Dispute 2026-114")
        self.assertEqual(told.attributes["by"], self.max.login)

    def test_only_a_manager_holds_and_says_why(self):
        for user in (self.ria, self.audrey):
            with self.assertRaises(AccessError):
                self.old[0].with_user(user).action_hold("Mine.")
            with self.assertRaises(AccessError):
                self.old[0].with_user(user).action_release_hold()
        with self.assertRaises(UserError):
            self.old[0].with_user(self.max).action_hold(" ")
        with self.assertRaises(AccessError):
            self.old[0].with_user(self.ria).write({"hold_reason": "Mine."})

    def test_what_still_runs_and_what_counts_in_a_window_stays(self):
        policy = self.credit_policy
        self.env.company.approval_retention_years = 1
        with freeze_time("2025-11-21 09:00:00"):
            near = self._made(1)
            self._seal()
        policy._write_guarded({"window_days": 366})
        self._retain()
        self.assertTrue(near.exists())
        policy._write_guarded({"window_days": 30})
        self._retain()
        self.assertFalse(near.exists())
        self.assertTrue(self.asked.exists())

    def test_what_was_sealed_late_stays_a_year_more(self):
        with freeze_time(LONG_AGO):
            unsealed = self._made(1)
        self._retain()
        self.assertTrue(unsealed.exists())
        self.assertTrue(self._verify()["ok"])

    @mute_logger("odoo.addons.approval_engine.models.approval_engine_checkpoint")
    def test_a_request_whose_log_was_altered_is_kept_as_proof(self):
        self._tamper(
            "UPDATE approval_engine_decision SET comment = 'No.' WHERE request_id = %s",
            self.old[0].id,
        )
        self._retain()
        self.assertEqual(self.old.exists(), self.old[0])
        self.assertFalse(self._verify()["ok"])

    def test_nothing_goes_while_heads_do_not_get_out(self):
        self.file.parent.chmod(0o700)
        self.file.unlink()
        self.file.mkdir()
        with (
            mute_logger(CHECKPOINT),
            mute_logger(
                "odoo.addons.approval_engine.models.approval_engine_seal_publish"
            ),
        ):
            self.assertFalse(self._retain())
        self.assertEqual(len(self.old.exists()), 3)

    def test_other_companies_keep_theirs(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.old[0]._write_guarded({"company_id": other.id})
        self._retain()
        self.assertEqual(self.old.exists(), self.old[0])

    # ------------------------------------------------------------------ attacks

    def _is_found(self, *, heads=True):
        report = self.decisions.sudo()._verify_all(
            self.seals._heads_outside() if heads else sealing.Outside()
        )
        return not report["ok"]

    def test_rows_deleted_without_a_checkpoint_are_found(self):
        for query in (
            "DELETE FROM approval_engine_decision WHERE request_id = %s",
            "WITH d AS (DELETE FROM approval_engine_decision WHERE request_id = %s RETURNING request_id)"
            " UPDATE approval_engine_request r SET decision_count = 0 FROM d WHERE d.request_id = r.id",
        ):
            with self.subTest(query), self._undone():
                self._tamper(query, self.old[0].id)
                self.assertTrue(self._is_found(heads=False))

    def test_each_forged_checkpoint_is_found(self):
        self._retain()
        self.assertFalse(self._is_found())
        young = self.young[0].decision_ids
        forged = [
            ("UPDATE approval_engine_checkpoint SET decisions = 4",),
            ("UPDATE approval_engine_checkpoint SET requests = 4",),
            ("UPDATE approval_engine_checkpoint SET company_id = 99",),
            ("UPDATE approval_engine_checkpoint SET cutoff = '2026-11-01'",),
            ("UPDATE approval_engine_checkpoint SET made_at = '2026-11-21'",),
            ("UPDATE approval_engine_checkpoint SET number = 2",),
            ("UPDATE approval_engine_checkpoint SET last_sequence = 1",),
            ("UPDATE approval_engine_checkpoint SET last_hash = repeat('0', 64)",),
            ("UPDATE approval_engine_checkpoint SET digest = repeat('0', 64)",),
            ("UPDATE approval_engine_checkpoint SET hash = repeat('0', 64)",),
            ("DELETE FROM approval_engine_checkpoint",),
            ("DELETE FROM approval_engine_checkpoint_entry",),
            (
                "UPDATE approval_engine_checkpoint_entry SET decision_hash = repeat('0', 64)",
            ),
            ("UPDATE approval_engine_checkpoint_entry SET checkpoint_id = 999999",),
            (
                "UPDATE approval_engine_checkpoint_entry SET request_id = request_id + 1",
            ),
            (
                "INSERT INTO approval_engine_checkpoint_entry (checkpoint_id, decision_id, decision_hash, request_id)"
                " SELECT max(c.id), d.id, max(d.hash), max(d.request_id) FROM approval_engine_checkpoint c,"
                " approval_engine_decision d WHERE d.id = %s GROUP BY d.id",
                young.id,
            ),
        ]
        for query, *params in forged:
            with self.subTest(query), self._undone():
                self._tamper(query, *params)
                self.assertTrue(self._is_found(heads=False), query)

    def _forge(self, decision, cutoff, made_at, seal):
        """Somebody with the database password takes a decision away with a checkpoint that hashes."""
        sequence, _total, last_hash = self.seals._last()
        rows = [(decision.id, decision.hash, decision.request_id.id)]
        one = retention.Checkpoint(
            number=1,
            made_at=made_at,
            cutoff=cutoff,
            company_id=self.env.company.id,
            requests=1,
            decisions=1,
            last_sequence=sequence,
            last_hash=last_hash,
            digest=retention.entries_digest(rows),
        )
        digest = retention.checkpoint_hash(one)
        values = dict(vars(one)) | {"hash": digest}
        self._tamper(
            f"INSERT INTO approval_engine_checkpoint ({', '.join(values)}) VALUES %s",
            tuple(values.values()),
        )
        self._tamper(
            "INSERT INTO approval_engine_checkpoint_entry (checkpoint_id, decision_id, decision_hash, request_id)"
            " SELECT max(id), %s, %s, %s FROM approval_engine_checkpoint",
            *rows[0],
        )
        if seal:
            self.seals._seal([(-1, digest)], made_at)
        self._tamper("DELETE FROM approval_engine_decision WHERE id = %s", decision.id)
        self._tamper("DELETE FROM approval_engine_request WHERE id = %s", rows[0][2])

    def test_a_checkpoint_made_by_hand_is_found(self):
        young, old = self.young[0].decision_ids, self.old[0].decision_ids
        now = fields.Datetime.now()
        year = timedelta(days=366)
        for name, args in {
            "unsealed": (old, now - year, now, False),
            "of what is younger than a year": (
                young,
                now - timedelta(days=2),
                now,
                True,
            ),
            "which says it is older": (young, now - year, now, True),
            "from the future": (young, now, now + year, True),
        }.items():
            with self.subTest(name), self._undone():
                self._forge(*args)
                self.assertTrue(self._is_found(heads=False), name)

    def test_what_is_gone_and_comes_back_is_found(self):
        self.env.cr.execute(
            "CREATE TEMP TABLE kept AS SELECT * FROM approval_engine_decision WHERE request_id = %s",
            [self.old[0].id],
        )
        self._retain()
        self._tamper("INSERT INTO approval_engine_decision SELECT * FROM kept")
        self.assertTrue(self._is_found(heads=False))

    def test_a_checkpoint_and_its_seal_taken_away_are_missed_outside(self):
        self._retain()
        self._tamper(
            "DELETE FROM approval_engine_seal_entry WHERE seal_id = (SELECT max(id) FROM approval_engine_seal)"
        )
        self._tamper(
            "DELETE FROM approval_engine_seal WHERE id = (SELECT max(id) FROM approval_engine_seal)"
        )
        self._tamper("DELETE FROM approval_engine_checkpoint")
        self._tamper("DELETE FROM approval_engine_checkpoint_entry")
        self.assertTrue(self._is_found())

    def test_no_door_makes_changes_or_deletes_one(self):
        checkpoint = self._retain()
        entry = self.env["approval_engine.checkpoint_entry"].search([], limit=1)
        for row in (checkpoint, entry):
            for user in (self.max, self.env.user):
                with self.assertRaises(UserError):
                    row.with_user(user).create({"number": 2})
                with self.assertRaises(UserError):
                    row.with_user(user).write({"request_id": 1})
                with self.assertRaises(UserError):
                    row.with_user(user).unlink()
        with self.assertRaises(UserError):
            self.young.with_context(
                retained=1, event_hub_pass={"retained": 1}
            ).sudo().unlink()

    def test_the_number_of_queries_of_a_batch_hardly_depends_on_its_size(self):
        def count(size):
            with freeze_time(LONG_AGO):
                self._made(size)
                self._seal()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._retain()
            return self.env.cr.sql_log_count - before

        self._retain()
        few = count(2)
        self.assertLess(count(12) - few, 10)
