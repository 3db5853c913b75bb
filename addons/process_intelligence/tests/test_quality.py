from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from odoo.addons.event_hub.tools.event_row import EventRow

from .common import SMALL, ProcessCase
from .test_ledger import NOON


@tagged("post_install", "-at_install")
class TestQuality(ProcessCase):
    def test_a_log_is_judged_by_what_it_says(self):
        definition = self.define(
            "case,activity,time,who,fault_code\n"
            "A,Open,2026-01-01 09:00,ann,\nA,Fail,2026-01-01 09:00,,E1\nA,Fail,2026-01-02,bob,\n"
            "B,Open,2999-01-01,,\n",
            resource="who",
            attributes=["fault_code"],
        )
        answer = definition.quality()
        self.assertEqual(
            answer["counts"],
            {
                "case": [4, 4],
                "actor": [2, 4],
                "time": [3, 4],
                "code": [1, 2],
                "tied_share": [1, 4],
                "late_share": [0, 0],
                "unmatched_share": [0, 0],
            },
        )
        self.assertEqual(
            (answer["case"], answer["actor"], answer["code"]), (100, 50, 50)
        )
        self.assertIs(answer["late_share"], False)
        self.assertIn(
            {
                "key": "actor",
                "good": False,
                "text": "2 of 4 events say who did it (50 %).",
            },
            answer["words"],
        )
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition.quality(), answer)
        self.assertEqual(
            definition.quality({"start": ["Open"], "has": ["Fail"]})["counts"]["time"],
            [3, 3],
        )

    def test_a_log_without_codes_is_not_judged_by_them(self):
        self.assertIs(self.define(SMALL).quality()["code"], False)

    def test_the_ledger_tells_of_late_and_unmatched_events(self):
        partner = self.env["res.partner"].create({"name": "Ours"})
        now = Datetime.now()
        self.env["event_hub.event"]._append([
            EventRow(
                type="crm.test", correlation="0" * 32, occurred_at=at, company_id=self.company.id,
                case_type="test_quality", case_model="res.partner" if case else None, case_id=case,
                activity="Seen", actor="ann", account_id=account, history=history,
            )
            for at, case, account, history in (
                (now - timedelta(hours=3), partner.id, partner.id, False),
                (now - timedelta(minutes=3), partner.id, None, False),
                (NOON, partner.id, None, True),
                (NOON, None, None, True),
            )
        ])  # fmt: skip
        definition = self.definitions.create(
            {"name": "Seen", "source": "ledger", "case_type": "test_quality"}
        )
        self.assertEqual(
            definition.quality()["counts"],
            {
                "case": [3, 4],
                "actor": [3, 3],
                "time": [3, 3],
                "code": [0, 0],
                "tied_share": [0, 3],
                "late_share": [1, 2],
                "unmatched_share": [2, 3],
            },
        )
