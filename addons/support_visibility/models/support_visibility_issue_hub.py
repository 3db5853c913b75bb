from odoo import api, models

from odoo.addons.event_hub.exceptions import ParkMessage

from ..policies.bonds import issues


class SupportVisibilityIssue(models.Model):
    """What the tracker of the engineers tells, and who hears of it."""

    _name = "support_visibility.issue"
    _inherit = ["support_visibility.issue", "event_hub.subject"]
    _hub_case_type = "issue"

    @api.model
    def _hub_subjects(self, incoming):
        """Issues nobody linked yet are kept too: a ticket that is linked later shows the state at once."""
        places = [self._place(item) for item in incoming]
        company = incoming[0].company
        urls = {place.url: place for place in places}
        found = self.sudo().search(
            [("url", "in", list(urls)), ("company_id", "=", company.id)]
        )
        known = {issue.url: issue.id for issue in found}
        missing = [place for url, place in urls.items() if url not in known]
        made = self.sudo().create([self._birth(place, company) for place in missing])
        known.update({issue.url: issue.id for issue in made})
        return [self.browse(known[place.url]) for place in places]

    @api.model
    def _place(self, item):
        link = str(item.data.get("issue") or "")
        place = issues.place_of(link)
        if not place:
            raise ParkMessage(
                "handler",
                self.env._(
                    "data.issue is %(link)s, which is no web address of an issue. Send one such as "
                    "https://acme.atlassian.net/browse/ABC-7.",
                    link=link[:100] or self.env._("empty"),
                ),
            )
        return place

    @api.model
    def _hub_on_issue_updated(self, events):
        for event in events.sorted(lambda event: (event.occurred_at, event.id)):
            data = event.attributes or {}
            issue = self.sudo().browse(event.case_id)
            shown = data.get("status_there") or data.get("status")
            issue._note_state(
                data.get("status"), event.occurred_at, data.get("title"), shown
            )
        return True

    def _remind_of_done(self, events):
        """Tell who has open tickets that wait for these issues that they are done, once a ticket and issue.

        :param events: ``engineering.issue_updated`` of these issues
        """
        done = self.sudo().filtered(lambda issue: issue.state == "done")
        waiting = done.ticket_ids.filtered_domain(
            self.env["support_visibility.ticket"]._open_domain()
        )
        told = self._told(waiting)
        for issue in done:
            summary = self.env._("%(issue)s is done", issue=issue.name)
            for ticket in issue.ticket_ids & waiting:
                person = ticket.user_id or ticket.team_id.leader_id
                if person and (ticket.id, summary) not in told:
                    ticket.with_context(
                        mail_activity_quick_update=True
                    ).activity_schedule(
                        "mail.mail_activity_data_todo",
                        user_id=person.id,
                        summary=summary,
                    )
        return True

    @api.model
    def _told(self, tickets):
        """:return: ``{(ticket id, summary)}`` of the open reminders"""
        found = (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)])
        )
        return {(activity.res_id, activity.summary) for activity in found}
