from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Borealis", "is_company": True}
        )
        cls.stages = cls.env["crm.stage"].create(
            [{"name": "Talking"}, {"name": "Signed", "is_won": True}]
        )

    def _lead(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Fifty seats",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "stage_id": self.stages[0].id,
                "user_id": False,
            }
        )
        self.env.cr.precommit.run()
        return lead

    def _told(self, lead):
        self.env.cr.precommit.run()
        return self.env["event_hub.event"].search(
            [("case_model", "=", "crm.lead"), ("case_id", "=", lead.id)], order="id"
        )

    def test_a_lead_tells_its_way_to_the_contract(self):
        lead = self._lead()
        lead.stage_id = self.stages[1]
        events = self._told(lead)
        self.assertEqual(
            events.mapped("type"),
            ["crm.lead_created", "crm.lead_moved", "crm.lead_won"],
        )
        self.assertEqual(events[1].activity, "Stage: Signed")
        self.assertEqual(events.account_id, self.partner)
        self.assertEqual(events[0].case_type, "lead")

    def test_a_lost_and_reopened_lead_says_so(self):
        lead = self._lead()
        lead.action_set_lost()
        self.assertEqual(self._told(lead)[-1].type, "crm.lead_lost")
        lead.action_restore()
        self.assertEqual(self._told(lead)[-1].type, "crm.lead_reopened")

    def test_a_change_that_is_taken_back_tells_nothing(self):
        lead = self._lead()
        lead.stage_id = self.stages[1]
        lead.stage_id = self.stages[0]
        self.assertEqual(self._told(lead).mapped("type"), ["crm.lead_created"])

    def test_an_import_is_history(self):
        result = self.env["crm.lead"].load(["name"], [["From a file"], ["And another"]])
        self.env.cr.precommit.run()
        events = self.env["event_hub.event"].search(
            [("case_model", "=", "crm.lead"), ("case_id", "in", result["ids"])]
        )
        self.assertEqual(len(events), 2)
        self.assertEqual(events.mapped("history"), [True, True])

    def test_the_past_of_leads_is_told_in_the_same_words(self):
        lead = self._lead()
        lead.stage_id = self.stages[1]
        self._told(lead)
        backfill = self.env["event_hub.backfill"].create(
            {"model_id": self.env["ir.model"]._get("crm.lead").id}
        )
        backfill.action_start()
        self.assertTrue(backfill.until, "the hub has listened since the first lead")
        backfill.sudo()._set_state("cancelled")
        self.env.cr.execute("SELECT max(id) FROM event_hub_event")
        (last,) = self.env.cr.fetchone()
        backfill.action_start()
        self.env.cr.execute(
            "UPDATE event_hub_backfill SET until = now() + interval '1 day' WHERE id = %s",
            [backfill.id],
        )
        backfill.invalidate_recordset()
        while backfill._step():
            pass
        past = self.env["event_hub.event"].search(
            [("id", ">", last), ("case_id", "=", lead.id)], order="id"
        )
        self.assertEqual(
            sorted(past.mapped("type")),
            ["crm.lead_created", "crm.lead_moved", "crm.lead_won"],
        )
