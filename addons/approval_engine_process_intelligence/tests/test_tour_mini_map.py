from odoo.tests import HttpCase, tagged

from odoo.addons.approval_engine.tests.common import ApprovalCase


@tagged("post_install", "-at_install")
class TestTourMiniMap(ApprovalCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fred.group_ids += cls.env.ref("process_intelligence.group_process_reader")
        cls.definition = cls.env["process_intelligence.definition"].create(
            {
                "name": "Tour approvals",
                "source": "ledger",
                "case_type": "approval",
                "company_id": False,
            }
        )

    def request(self):
        request = self._submitted(self.choice_type, name="Tour request")
        self.env["event_hub.event"]._flush_emitted()
        definition = self.definition
        definition._note_names(definition._every_row())
        # Nothing has ended yet; a name that no case has come to would be as good.
        definition.end_activity_ids = self.env["process_intelligence.activity"].create(
            {"definition_id": definition.id, "name": "Carried out"}
        )
        return request

    def test_a_request_says_where_it_stands(self):
        request = self.request()
        self.start_tour(
            f"/odoo/approval_engine.request/{request.id}",
            "approval_engine_mini_map",
            login=self.fred.login,
        )

    def test_who_may_not_read_processes_is_told_nothing(self):
        request = self.request()
        ask = self.env["process_intelligence.definition"]
        self.assertTrue(
            ask.with_user(self.fred).case_against_usual(request._name, request.id)
        )
        self.assertIs(
            ask.with_user(self.olaf).case_against_usual(request._name, request.id),
            False,
        )
        view = self.env["approval_engine.request"].with_user(self.olaf)
        self.assertNotIn("process_mini_map", view.get_view(view_type="form")["arch"])
