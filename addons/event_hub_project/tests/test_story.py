from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    def test_a_task_tells_its_way_over_the_board(self):
        stages = self.env["project.task.type"].create(
            [{"name": "To do"}, {"name": "Review"}]
        )
        project = self.env["project.project"].create(
            {"name": "Onboarding", "type_ids": [(6, 0, stages.ids)]}
        )
        task = self.env["project.task"].create(
            {"name": "Import users", "project_id": project.id, "stage_id": stages[0].id}
        )
        self.env.cr.precommit.run()
        task.stage_id = stages[1]
        task.state = "1_done"
        self.env.cr.precommit.run()
        events = self.env["event_hub.event"].search(
            [("case_model", "=", "project.task"), ("case_id", "=", task.id)],
            order="id",
        )
        self.assertEqual(
            events.mapped("type"),
            ["project.task_created", "project.task_moved", "project.task_done"],
        )
        self.assertEqual(events[1].activity, "Stage: Review")
        self.assertEqual(events[0].attributes["project"], "Onboarding")
