from odoo import models


class EventHubOwned(models.AbstractModel):
    """For models with ``owner_id`` and activities: somebody is told when something was given up."""

    _name = "event_hub.owned"
    _description = "Has an owner who is told"

    def _tell_owner(self, summary, note):
        """Leave one open activity with this summary on each record, for its owner."""
        for record in self.sudo():
            user = record._alert_user()
            if user and summary not in record.activity_ids.mapped("summary"):
                record.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=summary,
                    note=note,
                    user_id=user.id,
                )

    def _alert_user(self):
        """:return: the owner if active, else an administrator of the hub"""
        if self.owner_id.active:
            return self.owner_id
        admins = self.env.ref("event_hub.group_hub_admin").sudo().all_user_ids
        return admins.filtered("active").sorted("id")[:1]
