from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.tests.people import people

from .common import SMALL, ProcessCase


@tagged("post_install", "-at_install")
class TestAnalysis(ProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_reader, cls.auditor = people(
            cls.env,
            {
                "login": "pi_reader_2",
                "groups": "process_intelligence.group_process_user",
                "company_id": cls.company.id,
            },
            {
                "login": "pi_auditor",
                "groups": "process_intelligence.group_process_reader",
                "company_id": cls.company.id,
            },
        )

    def setUp(self):
        super().setUp()
        self.definition = self.define(SMALL)
        self.analyses = self.env["process_intelligence.analysis"].with_user(self.reader)

    def keep(self, **values):
        return self.analyses.create(
            {"name": "Asked back", "definition_id": self.definition.id, **values}
        )

    def test_mine_are_mine_until_i_share_them(self):
        mine = self.keep(filters={"has": ["Ask"]}, measure="cases-max-seconds")
        self.assertEqual((mine.user_id, mine.is_mine), (self.reader, True))
        self.assertEqual(mine.filters, {"has": ["Ask"]})
        for user in (self.other_reader, self.manager):
            self.assertFalse(self.analyses.with_user(user).search([]))
            with self.assertRaises(AccessError):
                mine.with_user(user).read(["name"])
        mine.shared = True
        self.assertEqual(self.analyses.with_user(self.other_reader).search([]), mine)
        self.assertFalse(mine.with_user(self.other_reader).is_mine)

    def test_it_keeps_only_what_the_screen_writes(self):
        for junk in ("<img src=x>", "x" * 100_000, "count-median", "count-median-days"):
            with self.assertRaisesRegex(ValidationError, "cases-max-seconds"):
                self.keep(measure=junk)
        for junk in ("5", "No", "<b>", "x" * 41):
            with self.assertRaisesRegex(ValidationError, "code of a tab"):
                self.keep(tab=junk)
        for blank in ("", "  "):
            with self.assertRaisesRegex(ValidationError, "Name of Saved Analysis"):
                self.keep(name=blank)
        self.keep(measure="max_repetition-p95-business_seconds", tab="rework")

    def test_it_keeps_where_the_sliders_stand(self):
        for junk in ("40", "<b>", "101-7", "-1-5", "40-75 ", "x" * 500):
            with self.assertRaisesRegex(ValidationError, "two shares in percent"):
                self.keep(shown=junk)
        for text in ("0-100", "40-", "-75", False):
            self.keep(shown=text)
        mine = self.keep(shown="40-75")
        mine.toggle_favourite()
        [tile] = self.analyses.tiles()
        self.assertEqual(tile["shown"], "40-75")

    def test_a_copy_is_kept_by_who_copies(self):
        copied = self.keep(shared=True).with_user(self.other_reader).copy()
        self.assertEqual(copied.user_id, self.other_reader)

    def test_only_its_keeper_or_a_manager_changes_a_shared_one(self):
        shared = self.keep(shared=True)
        with self.assertRaises(AccessError):
            shared.with_user(self.other_reader).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            shared.with_user(self.other_reader).unlink()
        shared.with_user(self.manager).write({"name": "Ours"})
        self.assertEqual(shared.name, "Ours")
        shared.with_user(self.manager).unlink()
        self.assertFalse(shared.exists())

    def test_who_only_reads_opens_shared_ones_and_keeps_none(self):
        mine, shared = self.keep(), self.keep(shared=True)
        seen = self.analyses.with_user(self.auditor)
        self.assertEqual(seen.search([]), shared)
        self.assertTrue(shared.with_user(self.auditor).toggle_favourite())
        asked = self.definition.with_user(self.auditor)
        self.assertEqual(asked.process_map(), self.definition.process_map())
        for call in (
            lambda: seen.create({"name": "A", "definition_id": self.definition.id}),
            lambda: shared.with_user(self.auditor).write({"name": "B"}),
            lambda: shared.with_user(self.auditor).unlink(),
            lambda: mine.with_user(self.auditor).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_nobody_keeps_one_in_anothers_name(self):
        with self.assertRaises(AccessError):
            self.keep(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            self.keep().user_id = self.manager
        wished = self.analyses.with_context(default_user_id=self.manager.id)
        born = wished.create({"name": "x", "definition_id": self.definition.id})
        self.assertEqual(born.user_id, self.reader)

    def test_what_follows_from_others_is_nobodys_to_write(self):
        shared, far = (
            self.keep(shared=True),
            self.env["res.company"].create({"name": "Far"}),
        )
        shared.toggle_favourite()
        as_admin = shared.with_user(self.env.ref("base.user_admin"))
        for nothing in (False, None, []):
            with self.assertRaises(AccessError):
                as_admin.fan_ids = nothing
        with self.assertRaises(AccessError):
            shared.is_mine = True
        mine = shared.with_user(self.manager)
        for vals in ({"fan_ids": [(6, 0, self.manager.ids)]}, {"company_id": far.id}):
            with self.assertRaises(AccessError):
                mine.write(vals)
            with self.assertRaises(AccessError):
                self.keep(**vals)
        self.assertTrue(shared.is_favourite)

    def test_nobody_hides_anothers_from_himself(self):
        shared = self.keep(shared=True)
        with self.assertRaisesRegex(AccessError, "Only who keeps it"):
            shared.with_user(self.manager).shared = False
        shared.shared = False
        self.assertFalse(shared.shared)

    def test_filters_that_no_question_takes_are_refused(self):
        for key in ("filters", "other"):
            with self.assertRaisesRegex(ValidationError, "surprise"):
                self.keep(**{key: {"surprise": 1}})
            with self.assertRaisesRegex(ValidationError, "longer"):
                self.keep(**{key: {"has": ["x" * 200] * 200}})
        self.keep(filters={}, other=None)

    def test_a_process_of_another_company_stays_out_of_reach(self):
        far = self.env["res.company"].create({"name": "Far"})
        foreign = self.env["process_intelligence.definition"].create(
            {"name": "Far away", "company_id": far.id, "owner_id": False}
        )
        with self.assertRaises(AccessError):
            self.keep(definition_id=foreign.id)
        mine = self.keep()
        with self.assertRaisesRegex(ValidationError, "stays with its process"):
            mine.definition_id = foreign

    def test_favourites_are_each_readers_own(self):
        shared = self.keep(shared=True)
        theirs = shared.with_user(self.other_reader)
        self.assertTrue(theirs.toggle_favourite())
        self.assertEqual((theirs.is_favourite, shared.is_favourite), (True, False))
        self.assertFalse(theirs.toggle_favourite())
        self.assertFalse(theirs.is_favourite)
        hidden = self.keep().with_user(self.other_reader)
        with self.assertRaises(AccessError):
            hidden.toggle_favourite()

    def test_outsiders_see_none_and_a_process_takes_its_own_along(self):
        shared = self.keep(shared=True)
        outsider = new_test_user(self.env, "pi_analysis_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            self.analyses.with_user(outsider).search([])
        self.definition.log_ids.unlink()
        self.definition.unlink()
        self.assertFalse(shared.exists())
