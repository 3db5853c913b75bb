from odoo import models


class ProjectTask(models.Model):
    """A task tells its way over the board."""

    _name = "project.task"
    _inherit = ["project.task", "event_hub.watched"]

    _hub_case_type = "task"
    _hub_created = "project.task_created"
    _hub_watched = {
        "stage_id": "project.task_moved",
        "user_ids": "project.task_assigned",
        "state": {
            "1_done": "project.task_done",
            "1_canceled": "project.task_cancelled",
            "02_changes_requested": "project.task_changes_requested",
            "03_approved": "project.task_approved",
            "04_waiting_normal": "project.task_blocked",
            "01_in_progress": "project.task_resumed",
        },
    }

    def _hub_attributes(self):
        task = self.sudo()
        return {
            **super()._hub_attributes(),
            "project": task.project_id.name or "",
            "stage": task.stage_id.name or "",
            "priority": task.priority or "",
        }
