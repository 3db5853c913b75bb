from datetime import datetime, timedelta

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.event_hub.tools.event_row import ObjectRow

from .common import HubCommon
from .common_outbox import HubCase

NOON = datetime(2026, 3, 1, 12, 0, 0, 5)


@tagged("post_install", "-at_install")
class TestTimeline(HubCommon, HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "event_hub.group_hub_user,base.group_partner_manager"
        cls.reader = new_test_user(cls.env, "timeline_reader", groups=groups)

    def _timeline(self, record, user=None, **options):
        ledger = self.env["event_hub.event"].with_user(user or self.reader)
        return ledger.timeline(record._name, record.id, **options)

    def _activities(self, record, **options):
        told = self._timeline(record, **options)["events"]
        return [line["activity"] for line in told]

    def _tell(self, *activities, record=None, **values):
        """One event a minute, in this order."""
        return [
            self.event(
                record or self.account,
                activity=activity,
                occurred_at=NOON + timedelta(minutes=minute),
                **{"account_id": self.account.id, **values},
            )
            for minute, activity in enumerate(activities)
        ]

    # --------------------------------------------------------------------- which

    def test_an_account_has_all_events_about_it_the_latest_first(self):
        (other,) = self.partners(1)
        self._tell("One", "Two")
        self._tell("Elsewhere", record=other, account_id=other.id)
        self.assertEqual(self._activities(self.account), ["Two", "One"])
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.account.id}
        )
        self.assertEqual(self._activities(contact), ["Two", "One"])

    def test_a_case_has_its_own_events_and_those_that_touch_it(self):
        case, other = self.partners(2)
        touched = (ObjectRow("invoice", case._name, case.id),)
        country = self.env.ref("base.be")
        self._tell("Own", record=country, account_id=None)
        self._tell(
            "Touches it",
            record=other,
            account_id=None,
            objects=(ObjectRow("country", country._name, country.id), *touched),
        )
        self._tell("Elsewhere", record=other, account_id=None)
        self.assertEqual(set(self._activities(country)), {"Own", "Touches it"})
        self.assertEqual(self._activities(case), ["Touches it"])

    def test_the_whole_story_adds_what_has_the_same_correlation(self):
        country = self.env.ref("base.be")
        story = "5" * 32
        self._tell("Cause", account_id=None, record=self.partners(1), correlation=story)
        self._tell("Effect", record=country, account_id=None, correlation=story)
        self.assertEqual(self._activities(country), ["Effect"])
        told = self._activities(country, filters={"story": True})
        self.assertEqual(set(told), {"Cause", "Effect"})

    def test_it_is_filtered_by_kind_type_period_and_words(self):
        self._tell("Paid", type="billing.paid")
        self._tell("Asked", "Asked again", type="support.asked")
        for filters, expected in (
            ({"kinds": ["billing"]}, ["Paid"]),
            ({"kinds": ["bill"]}, []),
            ({"kinds": ["billing", "support"], "search": "AGAIN"}, ["Asked again"]),
            ({"types": ["support.asked"]}, ["Asked again", "Asked"]),
            ({"from": "2026-03-01T12:01:00Z"}, ["Asked again"]),
            ({"to": "2026-03-01T12:00:00Z"}, []),
            ({"search": "100%"}, []),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(
                    self._activities(self.account, filters=filters), expected
                )

    def test_pages_join_without_gap_or_double_also_when_news_come_between(self):
        self._tell(*(f"{number}" for number in range(7)))
        first = self._timeline(self.account, limit=3)
        self._tell("News", "News 2")
        second = self._timeline(self.account, limit=3, before=first["next"])
        third = self._timeline(self.account, limit=3, before=second["next"])
        lines = first["events"] + second["events"] + third["events"]
        told = [line["activity"] for line in lines if "News" not in line["activity"]]
        self.assertEqual(told, ["6", "5", "4", "3", "2", "1", "0"])
        self.assertFalse(third["next"])
        self.assertEqual(second["kinds"], [])

    def test_kinds_are_counted_over_all_pages(self):
        self._tell("A", "B", "C", type="billing.paid")
        self._tell("D", type="support.asked")
        kinds = self._timeline(self.account, limit=1)["kinds"]
        self.assertEqual(
            kinds, [{"kind": "billing", "count": 3}, {"kind": "support", "count": 1}]
        )

    # --------------------------------------------------------------------- what

    def test_a_line_tells_when_what_who_and_where(self):
        case = self.partners(1)
        (event,) = self._tell("Paid", record=case, attributes={"invoice": "INV-9"})
        (line,) = self._timeline(self.account)["events"]
        self.assertEqual(
            line,
            {
                "id": event.id,
                "at": "2026-03-01T12:00:00.000005Z",
                "activity": "Paid",
                "type": "test.happened",
                "kind": "test",
                "actor": self.actor.name,
                "source": False,
                "rule": False,
                "record": {"model": case._name, "id": case.id, "name": case.name},
                "details": [{"name": "Invoice", "value": "INV-9"}],
                "correlation": event.correlation,
                "history": False,
            },
        )

    def test_what_a_rule_did_names_the_rule(self):
        code = (
            "env['test_event_hub.invoice'].create({'name': 'R', 'account_id': records.id,"
            " 'company_id': env.company.id})._emit('test.made')"
        )
        rule = self.rule(name="Makes an invoice", code=code)
        self.rule(name="Does something else", code="pass")
        self.actor.group_ids += self.env.ref("event_hub.group_hub_service")
        self._tell("Cause")
        self.react()
        lines = {line["type"]: line for line in self._timeline(self.account)["events"]}
        self.assertEqual(self.runs(rule).state, "done", self.runs(rule).error)
        self.assertEqual(
            lines["test.made"]["rule"], {"id": rule.id, "name": "Makes an invoice"}
        )
        self.assertFalse(lines["test.happened"]["rule"])

    # ------------------------------------------------------------------- rights

    def test_who_may_not_read_the_record_has_no_timeline_of_it(self):
        self._tell("One")
        stranger = new_test_user(
            self.env,
            "timeline_b",
            groups="event_hub.group_hub_user",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        self.account.company_id = self.company_a
        with self.assertRaises(AccessError):
            self._timeline(self.account, stranger)

    def test_events_of_another_company_are_not_told(self):
        self._tell("Ours")
        self._tell("Theirs", company_id=self.company_b.id)
        self.assertEqual(self._activities(self.account), ["Ours"])

    def test_without_the_ledger_there_is_no_timeline(self):
        nobody = new_test_user(self.env, "timeline_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._timeline(self.account, nobody)

    def test_a_case_that_the_reader_may_not_read_is_not_named(self):
        parameter = self.env["ir.config_parameter"].sudo().search([], limit=1)
        self._tell("Secret", record=parameter)
        (line,) = self._timeline(self.account)["events"]
        self.assertFalse(line["record"])

    def test_bad_questions_are_refused_in_words(self):
        ledger = self.env["event_hub.event"].with_user(self.reader)
        for args, options in (
            (("no.model", 1), {}),
            (("res.partner", "1"), {}),
            ((3, 1), {}),
            (("res.partner", self.account.id), {"filters": {"colour": "red"}}),
            (("res.partner", self.account.id), {"limit": 0}),
            (("res.partner", self.account.id), {"before": "x"}),
        ):
            with self.subTest(args=args, **options), self.assertRaises(ValidationError):
                ledger.timeline(*args, **options)
        for nobody in (2**31 - 2, 2**40, -1):
            with self.assertRaises(MissingError):
                ledger.timeline("res.partner", nobody)

    def test_a_hundred_lines_ask_as_often_as_ten(self):
        self._tell(*(f"{number}" for number in range(10)))
        few = self._count_queries()
        self._tell(*(f"{number}" for number in range(90)))
        self.assertLessEqual(self._count_queries(), few)

    def _count_queries(self):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._timeline(self.account, limit=100)
        return self.env.cr.sql_log_count - before
