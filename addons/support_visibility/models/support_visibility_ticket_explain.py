from odoo import models

from odoo.addons.event_hub.tools.arguments import takes

from ..policies.sla.clock import VOID


class SupportVisibilityTicketExplain(models.Model):
    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes()
    def sla_explain(self):
        """Why each deadline of the ticket is what it is.

        :return: ``[{"id", "kind", "label", "policy", "calendar", "tz", "started_at", "due_at", "stopped_at",
            "breached_at", "state", "target_s", "running_s", "paused_s", "closed_s", "steps": [text]}]``; times ISO 8601
            UTC or False, steps in the reader's language and time zone; running + paused + closed is all the time from
            the start until now, or until it was done. Clocks that do not count are left out
        """
        self.ensure_one()
        self.check_access("read")
        clocks_sudo = self.sudo().sla_clock_ids.sorted("id")
        return [clock._explained() for clock in clocks_sudo if clock.state != VOID]
