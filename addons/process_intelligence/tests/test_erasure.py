from odoo.tests import tagged

from .common import ProcessCase


@tagged("post_install", "-at_install")
class TestErasure(ProcessCase):
    def test_imported_rows_lose_an_address_and_keep_what_may_be_a_plain_word(self):
        ann = self.env["res.partner"].create(
            {"name": "ann", "email": "ann@lee.example"}
        )
        log = """case,activity,time,who,priority
T1,Open,2026-03-02 09:00:00,ann@lee.example,high
T1,Ask,2026-03-03 09:10:00,ann,to ann@lee.example
T1,Close,2026-03-04 09:10:00,ann,high
"""
        definition = self.define(log, attributes=["who", "priority"])
        ann.hub_erase("file 117")
        self.env.invalidate_all()
        rows = self.env["process_intelligence.log_event"].search(
            [("definition_id", "=", definition.id)], order="line"
        )
        self.assertEqual(
            [(row.attributes["who"], row.attributes["priority"]) for row in rows],
            [("[erased]", "high"), ("[erased]", "to [erased]"), ("ann", "high")],
        )
        self.assertEqual(rows.mapped("activity"), ["Open", "Ask", "Close"])

    def test_what_is_stored_of_rewritten_cases_goes_at_once(self):
        ann = self.env["res.partner"].create(
            {"name": "ann", "email": "ann@lee.example"}
        )
        log = """case,activity,time,who
T1,Open,2026-03-02 09:00:00,ann@lee.example
T1,Mail to ann@lee.example,2026-03-03 09:10:00,bob
T2,Open,2026-03-04 09:10:00,bob
"""
        definition = self.define(log, attributes=["who"])
        self.env["process_intelligence.store"]._refresh()
        ann.hub_erase("file 118")
        kept = self.env["process_intelligence.case"].search(
            [("definition_id", "=", definition.id)]
        )
        self.assertEqual(kept.mapped("case_key"), ["T2"])
        self.assertEqual(definition.sudo().activity_ids.mapped("name"), ["Open"])
        self.assertEqual(
            [item["name"] for item in definition.process_map()["activities"]],
            ["Open", "Mail to [erased]"],
        )

    def test_names_that_somebody_settled_stay(self):
        ann = self.env["res.partner"].create(
            {"name": "ann", "email": "ann@lee.example"}
        )
        log = """case,activity,time,who
T1,Open,2026-03-02 09:00:00,ann@lee.example
T1,Call,2026-03-03 09:10:00,bob
T1,Close,2026-03-04 09:10:00,bob
T1,File,2026-03-05 09:10:00,bob
T1,Ask,2026-03-05 09:20:00,bob
"""
        definition = self.define(log, attributes=["who"])
        self.env["process_intelligence.store"]._refresh()
        names = {name.name: name for name in definition.sudo().activity_ids}
        names["Call"].cost_per_step = 5
        names["Ask"].cost_per_hour = 60
        definition.start_activity_ids = names["Open"]
        definition.end_activity_ids = names["Close"]
        ann.hub_erase("file 119")
        self.assertEqual(
            set(definition.sudo().activity_ids.mapped("name")),
            {"Open", "Call", "Close", "Ask"},
        )
        self.assertEqual(definition.start_activity_ids, names["Open"])
        self.assertEqual(definition.end_activity_ids.name, "Close")
