"""One system's word counts about a field; what another offers waits for a person."""

import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.tools import trace
from odoo.addons.event_hub.tools.event_row import EventRow

from .common import HubCommon


class OwnershipCase(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crm_user = cls._service_user("hub_crm", cls.company_a)
        cls.crm = cls._source("test_crm", cls.company_a, cls.crm_user)
        group = cls.env.ref("base.group_partner_manager")
        (cls.service + cls.crm_user).group_ids = [(4, group.id)]
        cls.boss = new_test_user(
            cls.env, "hub_boss", "event_hub.group_hub_admin,base.group_partner_manager"
        )
        cls.own("ref", cls.source)

    @classmethod
    def own(cls, name, source, model="res.partner"):
        field = cls.env["ir.model.fields"]._get(model, name)
        return cls.env["event_hub.field_owner"].create(
            {
                "model_id": field.model_id.id,
                "field_id": field.id,
                "source_id": source.id if source else False,
                "company_id": cls.company_a.id,
                "owner_id": cls.env.ref("base.user_admin").id,
            }
        )

    def by(self, user, record=None):
        return (record or self.account).with_user(user)

    def conflicts(self, **vals):
        return self.env["event_hub.conflict"].search(
            [(name, "=", value) for name, value in vals.items()], order="id"
        )

    def cause(self, source, hours=0):
        """Everything inside is caused by an event of ``source``, so many hours ago."""
        event = (
            self.env["event_hub.event"]
            ._append(
                [
                    EventRow(
                        type="test.changed",
                        correlation=trace.new_correlation(),
                        occurred_at=fields.Datetime.now() - timedelta(hours=hours),
                        company_id=self.company_a.id,
                        case_type="test",
                        source_id=source.id,
                    )
                ]
            )
            .sudo()
        )
        return event._traced()


@tagged("post_install", "-at_install")
class TestGate(OwnershipCase):
    def test_who_may_not_write_the_record_offers_nothing(self):
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "ref": "secret", "company_id": self.company_b.id}
        )
        with self.assertRaises(AccessError):
            self.by(self.crm_user, theirs).write({"ref": "mine"})
        self.crm_user.group_ids = [(3, self.env.ref("base.group_partner_manager").id)]
        with self.assertRaises(AccessError):
            self.by(self.crm_user).write({"ref": "mine"})
        self.assertFalse(self.conflicts())

    def test_another_source_changes_nothing_and_leaves_a_conflict(self):
        self.account.ref = "ours"
        self.by(self.crm_user).write({"ref": "theirs", "phone": "123"})
        self.assertEqual((self.account.ref, self.account.phone), ("ours", "123"))
        conflict = self.conflicts()
        self.assertEqual(
            (conflict.current_value, conflict.offered_value, conflict.state),
            ("ours", "theirs", "open"),
        )
        self.assertEqual(
            (conflict.res_model, conflict.res_id, conflict.field, conflict.source_id),
            ("res.partner", self.account.id, "ref", self.crm),
        )
        self.assertEqual(conflict.owner_id, self.env.ref("base.user_admin"))
        self.assertEqual(conflict.account_id, self.account)
        self.env["event_hub.event"]._flush_emitted()
        event = self.env["event_hub.event"].search(
            [("type", "=", "hub.conflict_opened"), ("case_id", "=", conflict.id)]
        )
        self.assertEqual(event.attributes["field"], "ref")
        self.assertEqual(event.correlation, conflict.correlation)

    def test_the_owner_and_people_write_as_ever(self):
        self.by(self.service).ref = "owner"
        self.assertEqual(self.account.ref, "owner")
        self.by(self.boss).ref = "person"
        self.assertEqual(self.account.ref, "person")
        self.account.sudo().ref = "system"
        self.assertFalse(self.conflicts())

    def test_sudo_in_a_handler_is_no_way_around(self):
        self.account.ref = "ours"
        self.by(self.crm_user).sudo().write({"ref": "theirs"})
        self.assertEqual(self.account.ref, "ours")
        self.assertEqual(len(self.conflicts()), 1)

    def test_a_field_of_people_belongs_to_no_source(self):
        self.own("phone", None)
        self.account.phone = "1"
        for user in (self.service, self.crm_user):
            self.by(user).phone = "2"
        self.assertEqual(self.account.phone, "1")
        self.assertEqual(len(self.conflicts(field="phone")), 2)

    def test_the_same_value_is_no_conflict(self):
        self.account.ref = "same"
        self.by(self.crm_user).write({"ref": "same"})
        self.own("parent_id", self.source)
        self.by(self.crm_user).write({"parent_id": False})
        self.assertFalse(self.conflicts())

    def test_a_batch_leaves_one_conflict_for_each_record_that_differs(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "ref": "x" if n else "new"} for n in range(5)]
        )
        partners.with_user(self.crm_user).write({"ref": "new"})
        self.assertEqual(self.conflicts().mapped("res_id"), partners[1:].ids)

    def test_what_is_offered_again_takes_the_place_of_the_open_offer(self):
        self.account.ref = "ours"
        for value in ("first", "second"):
            self.by(self.crm_user).ref = value
        self.assertEqual(self.conflicts().mapped("offered_value"), ["second"])

    def test_an_older_offer_never_takes_the_place_of_a_newer_one(self):
        self.account.ref = "ours"
        with self.cause(self.crm, hours=1):
            self.by(self.crm_user).ref = "newer"
        with self.cause(self.crm, hours=5):
            self.by(self.crm_user).ref = "older"
        self.assertEqual(self.conflicts().mapped("offered_value"), ["newer"])
        self.conflicts().with_user(self.boss).action_take()
        with self.cause(self.crm, hours=3):
            self.by(self.crm_user).ref = "late"
        self.assertEqual(self.account.ref, "newer")
        self.assertEqual(len(self.conflicts()), 1)

    def test_ownership_ends_when_it_is_taken_away(self):
        self.account.ref = "ours"
        self.env["event_hub.field_owner"].search([]).unlink()
        self.by(self.crm_user).ref = "theirs"
        self.assertEqual(self.account.ref, "theirs")

    def test_ownership_counts_in_its_company_only(self):
        user_b = self._service_user("hub_b", self.company_b)
        user_b.group_ids = [(4, self.env.ref("base.group_partner_manager").id)]
        self._source("test_b", self.company_b, user_b)
        self.account.ref = "ours"
        self.by(user_b).ref = "b"
        self.assertEqual(self.account.ref, "b")

    def test_only_stored_fields_with_one_value_can_be_owned(self):
        for name in ("category_id", "image_1920", "display_name"):
            with self.assertRaises(UserError):
                self.own(name, self.source)
        with self.assertRaisesRegex(ValidationError, "only there"):
            self.own("phone", self._source_b())

    def _source_b(self):
        return self._source(
            "test_b2", self.company_b, self._service_user("hub_b2", self.company_b)
        )


@tagged("post_install", "-at_install")
class TestDeciding(OwnershipCase):
    def setUp(self):
        super().setUp()
        self.account.ref = "ours"
        self.by(self.crm_user).ref = "theirs"
        self.conflict = self.conflicts().with_user(self.boss)

    def test_keeping_leaves_our_value_and_the_same_offer_is_not_asked_again(self):
        self.conflict.action_keep()
        self.assertEqual((self.conflict.state, self.account.ref), ("kept", "ours"))
        self.assertEqual(self.conflict.decided_by_id, self.boss)
        self.by(self.crm_user).ref = "theirs"
        self.assertEqual(len(self.conflicts()), 1)
        self.by(self.crm_user).ref = "another"
        self.assertEqual(self.conflicts().mapped("state"), ["kept", "open"])

    def test_taking_writes_their_value_as_the_person(self):
        self.conflict.action_take()
        self.assertEqual((self.conflict.state, self.account.ref), ("taken", "theirs"))
        self.env["event_hub.event"]._flush_emitted()
        event = self.env["event_hub.event"].search(
            [("type", "=", "hub.conflict_resolved"), ("case_id", "=", self.conflict.id)]
        )
        self.assertEqual(event.actor_id, self.boss)
        self.assertEqual(event.attributes["state"], "taken")

    def test_many_are_decided_at_once(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "ref": "x"} for n in range(3)]
        )
        partners.with_user(self.crm_user).write({"ref": "new"})
        self.conflicts(state="open").with_user(self.boss).action_take()
        self.assertEqual(set(partners.mapped("ref")), {"new"})

    def test_a_decision_is_made_once(self):
        self.conflict.action_keep()
        for again in (self.conflict.action_take, self.conflict.action_keep):
            with self.assertRaises(ConflictError):
                again()

    def test_who_may_not_write_the_record_cannot_take(self):
        poor = new_test_user(self.env, "hub_poor", "event_hub.group_hub_admin")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.conflict.with_user(poor).action_take()
        self.env.invalidate_all()
        self.assertEqual((self.conflict.state, self.account.ref), ("open", "ours"))

    def test_others_neither_see_nor_decide_and_nobody_writes(self):
        reader = new_test_user(self.env, "hub_reader", "event_hub.group_hub_user")
        self.assertFalse(self.env["event_hub.conflict"].with_user(reader).search([]))
        for attempt in (
            lambda: self.conflict.with_user(reader).action_keep(),
            lambda: self.conflict.with_user(reader).read(["offered_value"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        for attempt in (
            lambda: self.conflict.sudo().write({"state": "taken"}),
            lambda: self.conflict.sudo().unlink(),
            lambda: self.env["event_hub.conflict"].create({"field": "x"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_who_is_asked_decides_without_being_an_administrator(self):
        asked = new_test_user(
            self.env,
            "hub_asked",
            "event_hub.group_hub_user,base.group_partner_manager",
        )
        self.conflict.sudo()._assign(asked)
        self.conflict.with_user(asked).action_take()
        self.assertEqual(self.account.ref, "theirs")


@tagged("post_install", "-at_install")
class TestCostOfTheGate(OwnershipCase):
    def test_writes_of_others_cost_no_query(self):
        mine = self.account.with_user(self.boss)
        self.env.cr.postcommit.clear()  # as after the owners were committed
        for value in ("warm", "measured"):
            self.env.flush_all()
            self.env["event_hub.field_owner"]._gates()
            before = self.env.cr.sql_log_count
            mine.write({"ref": value})
            self.env.flush_all()
            cost = self.env.cr.sql_log_count - before
        self.own("phone", self.source).unlink()
        self.env["event_hub.field_owner"].search([]).unlink()
        self.env.cr.postcommit.clear()  # as after the commit
        for value in ("warm", "compared"):
            self.env.flush_all()
            self.env["event_hub.field_owner"]._gates()
            before = self.env.cr.sql_log_count
            mine.write({"ref": value})
            self.env.flush_all()
            without = self.env.cr.sql_log_count - before
        self.assertEqual(cost, without)

    def test_writes_that_empty_the_default_cache_do_not_make_the_next_one_ask_again(
        self,
    ):
        self.env.cr.postcommit.clear()  # as after the owners were committed
        self.env["event_hub.field_owner"]._gates()
        self.env.registry.clear_cache()
        with self.assertQueryCount(0):
            self.env["event_hub.field_owner"]._gates()

    def test_another_service_user_is_known_at_once(self):
        self.account.ref = "ours"
        other = self._service_user("hub_other", self.company_a)
        other.group_ids = [(4, self.env.ref("base.group_partner_manager").id)]
        self.crm.user_id = other
        self.by(other).ref = "theirs"
        self.by(self.crm_user).ref = "not a source any more"
        self.assertEqual(self.account.ref, "not a source any more")
        self.assertEqual(self.conflicts().offered_value, "theirs")

    def test_a_service_user_pays_nothing_for_fields_without_an_owner(self):
        gates = self.env["event_hub.field_owner"]._gates()
        self.assertEqual(set(gates), {self.service.id, self.crm_user.id})
        self.assertEqual(set(gates[self.crm_user.id]), {"res.partner"})

    def test_the_look_into_memory_takes_microseconds(self):
        table = self.env["event_hub.field_owner"]
        table._gates()
        rounds = 2000
        started = time.perf_counter()
        for _round in range(rounds):
            self.env["event_hub.field_owner"]._gates()
        each = (time.perf_counter() - started) / rounds
        self.assertLess(each, 200e-6, "seconds for each write")
