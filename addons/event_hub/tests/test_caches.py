"""What all threads remember, while transactions on real connections begin and end around a change."""

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name, tagged

from ..tools import caches

NAMES = "Remembered %"
MADE = {"code": "memory.made", "name": "Memory", "version": "1.0"}


@tagged("post_install", "-at_install")
class TestRemembered(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["event_hub.endpoint"].search([("name", "like", NAMES)]).unlink()

    def _transaction(self):
        """:return: an environment on a connection of its own, whose snapshot is taken already"""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT 1")
        return api.Environment(cr, SUPERUSER_ID, {})

    def _endpoint(self, env, number=1):
        values = {"name": f"Remembered {number}", "url": "https://example.com/hook"}
        return env["event_hub.endpoint"].create(values).id

    def _targets(self, env):
        return {id_ for id_, _pattern, _company in env["event_hub.endpoint"]._targets()}

    def test_who_began_before_a_change_does_not_leave_the_old_rows_to_others(self):
        before, changing = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        changing.cr.commit()
        self.assertNotIn(new, self._targets(before), "it reads as of its beginning")
        self.assertIn(new, self._targets(self._transaction()))

    def test_who_reads_while_a_change_is_committed_does_not_leave_the_old_rows(self):
        before, changing = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        cls = type(before["event_hub.endpoint"])
        cache = cls._targets.__cache__
        origin = cache.method

        def read(records):
            value = origin(records)
            changing.cr.commit()
            return value

        self.patch(cache, "method", read)
        self.assertNotIn(new, self._targets(before))
        self.patch(cache, "method", origin)
        self.assertIn(new, self._targets(self._transaction()))

    def test_what_is_undone_was_never_told_to_others(self):
        changing = self._transaction()
        new = self._endpoint(changing)
        self.assertIn(new, self._targets(changing), "it sees its own work")
        self.assertNotIn(new, self._targets(self._transaction()))
        changing.cr.rollback()
        self.assertNotIn(new, self._targets(changing))
        self.assertNotIn(new, self._targets(self._transaction()))

    def test_who_changed_something_sees_it_though_others_remember_the_old(self):
        changing, other = self._transaction(), self._transaction()
        new = self._endpoint(changing)
        self._targets(other)
        self.assertIn(new, self._targets(changing))

    def test_who_changed_something_reads_it_once_up_to_a_savepoint(self):
        changing = self._transaction()
        new = self._endpoint(changing)
        with self.assertRaises(ZeroDivisionError), changing.cr.savepoint():
            second = self._endpoint(changing, 2)
            self.assertLessEqual({new, second}, self._targets(changing))
            raise ZeroDivisionError
        self.assertNotIn(second, self._targets(changing), "that was undone")
        count = changing.cr.sql_log_count
        self.assertIn(new, self._targets(changing))
        self.assertEqual(changing.cr.sql_log_count, count)
        third = self._endpoint(changing, 3)
        self.assertIn(third, self._targets(changing))

    def test_two_changes_committed_crosswise_are_both_waited_for(self):
        first, second = self._transaction(), self._transaction()
        one, two = self._endpoint(first, 1), self._endpoint(second, 2)
        first.cr.commit()
        between = self._transaction()
        second.cr.commit()
        self.assertEqual(self._targets(between) & {one, two}, {one})
        self.assertEqual(self._targets(self._transaction()) & {one, two}, {one, two})

    def test_after_a_change_the_rows_are_read_once(self):
        changing = self._transaction()
        self._endpoint(changing)
        changing.cr.commit()
        self._targets(self._transaction())
        reading = self._transaction()
        reading["event_hub.endpoint"]._targets()
        count = reading.cr.sql_log_count
        self._targets(reading)
        self.assertEqual(reading.cr.sql_log_count, count)

    def test_who_committed_or_undid_a_change_uses_what_all_remember_again(self):
        for end in ("commit", "rollback"):
            changing = self._transaction()
            self._endpoint(changing)
            self.assertIn("default", changing.cr.postcommit.data[caches.MINE])
            getattr(changing.cr, end)()
            self.assertFalse(changing.cr.postcommit.data.get(caches.MINE))

    def test_other_processes_are_told_after_the_commit_also_by_a_scheduled_action(self):
        changing = self._transaction()
        self._endpoint(changing)
        seen = []

        def told(registry):
            others = self._transaction()
            others.cr.execute(
                "SELECT name FROM event_hub_endpoint WHERE name LIKE %s", [NAMES]
            )
            seen.append(others.cr.fetchall())

        self.patch(type(self.registry), "signal_changes", told)
        changing.cr.commit()
        self.assertEqual(seen, [[("Remembered 1",)]])

    def test_what_nobody_knows_takes_no_place_in_memory(self):
        env = self._transaction()
        for table, read in (
            ("event_hub.source", "_door_config"),
            ("event_hub.event_type", "_definition"),
        ):
            ask = getattr(env[table], read)
            self.assertIsNone(ask("nobody"))
            caches_of = self.registry._Registry__caches["default"]
            before, count = len(caches_of), env.cr.sql_log_count
            for number in range(300):
                self.assertIsNone(ask(f"nobody{number}"))
            self.assertEqual((len(caches_of), env.cr.sql_log_count), (before, count))


@tagged("post_install", "-at_install")
class TestWhatIsRememberedIsForgotten(TransactionCase):
    """Whatever changes a row that is remembered, or one it is made of, makes all read anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["event_hub.source"].create(
            {"code": "memory", "name": "Memory"}
        )
        cls.type = cls.env["event_hub.event_type"].create(MADE)
        cls.owned = cls.env["event_hub.field_owner"].create(
            {
                "model_id": cls.env.ref("base.model_res_partner").id,
                "field_id": cls.env.ref("base.field_res_partner__ref").id,
            }
        )

    def _tables(self):
        """:return: ``[(records, method, arguments)]`` of what is remembered"""
        env = self.env
        french = env["event_hub.event_type"].with_context(lang="fr_FR")
        return [
            (env["event_hub.source"], "_known_codes", ()),
            (env["event_hub.source"], "_config_of", ("memory",)),
            (env["event_hub.event_type"], "_known_codes", ()),
            (env["event_hub.event_type"], "_all_labels", ()),
            (french, "_all_labels", ()),
            (env["base.automation"], "_hub_rules", ()),
            (env["event_hub.endpoint"], "_targets", ()),
            (env["event_hub.field_owner"], "_gates", ()),
        ]

    def _told(self):
        return [getattr(records, name)(*args) for records, name, args in self._tables()]

    def _fresh(self):
        return [
            getattr(type(records), name).__cache__.method(records, *args)
            for records, name, args in self._tables()
        ]

    def _changes(self):
        """:return: ``[(what, change)]``: each way in which remembered rows change"""
        rule = self.env["base.automation"].create(
            {
                "name": "Memory",
                "model_id": self.env.ref("event_hub.model_event_hub_event").id,
                "trigger": "on_business_event",
                "event_pattern": "memory.*",
            }
        )
        endpoint = self.env["event_hub.endpoint"].create(
            {"name": "Memory", "url": "https://example.com/x"}
        )
        mapping = {
            "source_id": self.source.id,
            "name": "M",
            "type_expr": "'memory.made'",
        }
        mapped = self.env["event_hub.mapping"].create(mapping)
        adapter = self.source.adapter_ids[:1]
        user = self.source.user_id.copy({"login": "memory2"})
        sources, types = self.env["event_hub.source"], self.env["event_hub.event_type"]
        return [
            ("secret", lambda: self.source.sudo()._rotate_secret()),
            ("limits", lambda: self.source.write({"rate_burst": 7})),
            ("mapping", lambda: mapped.write({"type_expr": "'memory.other'"})),
            ("mapping gone", lambda: mapped.unlink()),
            ("mapping new", lambda: self.env["event_hub.mapping"].create(mapping)),
            ("adapter", lambda: adapter.write({"code": "other"})),
            ("adapters", lambda: self.source.write({"adapter_ids": [(5,)]})),
            ("service user", lambda: self.source.write({"user_id": user.id})),
            ("source archived", lambda: self.source.action_archive()),
            ("source back", lambda: self.source.action_unarchive()),
            ("source new", lambda: sources.create({"code": "memory2", "name": "M"})),
            ("type", lambda: self.type.write({"name": "Other"})),
            ("type in French", self._translate),
            ("type archived", lambda: self.type.action_archive()),
            ("type gone", lambda: self.type.unlink()),
            ("type new", lambda: types.create(dict(MADE, code="memory.second"))),
            ("rule", lambda: rule.write({"event_pattern": "other.*"})),
            ("rule off", lambda: rule.write({"active": False})),
            ("rule on", lambda: rule.write({"active": True})),
            ("rule gone", lambda: rule.unlink()),
            ("endpoint", lambda: endpoint.write({"event_pattern": "a.*"})),
            ("endpoint disabled", lambda: endpoint.action_disable()),
            ("endpoint enabled", lambda: endpoint.action_enable()),
            ("endpoint gone", lambda: endpoint.unlink()),
            ("owned field archived", lambda: self.owned.write({"active": False})),
            ("owned field back", lambda: self.owned.write({"active": True})),
            ("owned field gone", lambda: self.owned.unlink()),
            ("source gone", lambda: self.source.unlink()),
        ]

    def _translate(self):
        self.type.update_field_translations("name", {"fr_FR": "Souvenir"})

    def test_every_change_of_a_remembered_row_makes_all_read_anew(self):
        """Also what such a row is made of: adapters, mappings, translations."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertEqual(self._told(), self._fresh())
        for what, change in self._changes():
            with self.subTest(what):
                before = self._told()
                change()
                self.env.flush_all()
                self.assertNotEqual(self._fresh(), before)
                self.assertEqual(self._told(), self._fresh())

    def test_every_model_that_is_remembered_is_asked_above(self):
        """A new one of this addon has to be put there."""
        found = {
            model._name
            for model in self.env.values()
            for cls in type(model).mro()
            if cls.__module__.startswith("odoo.addons.event_hub.")
            for member in vars(cls).values()
            if isinstance(getattr(member, "__cache__", None), caches.remembered)
        }
        self.assertEqual(
            found,
            {
                "base.automation",
                "event_hub.endpoint",
                "event_hub.event_type",
                "event_hub.field_owner",
                "event_hub.source",
            },
        )

    def test_no_row_that_is_remembered_goes_or_changes_with_another_unseen(self):
        """PostgreSQL tells nobody what goes with a row that is deleted."""
        tables = [
            *(
                "base_automation",
                "event_hub_adapter",
                "event_hub_endpoint",
                "event_hub_event_type",
            ),
            *(
                "event_hub_event_type_version",
                "event_hub_field_owner",
                "event_hub_mapping",
                "event_hub_source",
            ),
        ]
        self.env.cr.execute(
            """
            SELECT child.relname, parent.relname, confdeltype::text,
                   (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])
              FROM pg_constraint
              JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
             WHERE contype = 'f' AND confdeltype IN ('c', 'n') AND child.relname = ANY(%s)
            """,
            [tables],
        )
        known = {  # whose own deletion makes all read anew, or a new registry, or that is not remembered
            *(
                "event_hub_source",
                "event_hub_event_type",
                "ir_model",
                "ir_model_fields",
            ),
        }
        silent = (  # no part of what is remembered
            *("trg_selection_field_id", "trg_date_calendar_id"),
            *(
                "create_uid",
                "write_uid",
                "owner_id",
                "message_main_attachment_id",
                "paused_by_id",
            ),
        )
        open_ = [
            row
            for row in self.env.cr.fetchall()
            if row[1] not in known and row[3] not in silent
        ]
        self.assertFalse(open_)
