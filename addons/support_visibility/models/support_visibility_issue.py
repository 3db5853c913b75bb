from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policies.bonds import issues
from ..tools.clock import utcnow


class SupportVisibilityIssue(models.Model):
    """A piece of work in the tracker of the engineers, as far as tickets wait for it.

    Its state is what the tracker told last. Agents link it and never write it.
    """

    _name = "support_visibility.issue"
    _description = "Engineering Issue"
    _inherit = ["event_hub.guarded"]
    _order = "state_at desc, id desc"
    _rec_names_search = ["name", "title"]

    name = fields.Char("Issue", required=True, readonly=True, index=True)
    title = fields.Char(readonly=True)
    url = fields.Char("Link", required=True, readonly=True)
    tracker = fields.Selection(issues.TRACKERS, required=True, readonly=True)
    state = fields.Selection(
        issues.STATES, required=True, readonly=True, default=issues.UNKNOWN, index=True
    )
    state_there = fields.Char(readonly=True)
    state_at = fields.Datetime("Told", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        "support_visibility_issue_ticket_rel",
        "issue_id",
        "ticket_id",
        readonly=True,
    )
    open_ticket_count = fields.Integer(
        "Open Tickets", compute="_compute_open_ticket_count"
    )

    _url_uniq = models.Constraint(
        "UNIQUE(company_id, url)", "This issue is known already."
    )

    @api.depends("ticket_ids.state")
    def _compute_open_ticket_count(self):
        Tickets = self.env["support_visibility.ticket"]
        for issue in self:
            issue.open_ticket_count = len(
                issue.ticket_ids.filtered_domain(Tickets._open_domain())
            )

    @api.model
    def _at(self, link, company):
        """:return: the issue behind a link, made if nobody linked it before
        :raises UserError: no link to an issue
        """
        place = issues.place_of(link)
        if not place:
            raise UserError(
                self.env._(
                    "%(link)s is no link to an issue. Paste its web address, such as "
                    "https://github.com/acme/app/issues/12 or https://acme.atlassian.net/browse/ABC-7.",
                    link=link[:100],
                )
            )
        found = self.search(
            [("url", "=", place.url), ("company_id", "=", company.id)], limit=1
        )
        return found or self.create(self._birth(place, company))

    @api.model
    def _birth(self, place, company):
        return {
            "name": place.key,
            "url": place.url,
            "tracker": place.tracker,
            "company_id": company.id,
        }

    def _note_state(self, word, at=None, title=None, shown=None):
        """What the tracker says; an older report than the last one changes nothing.

        :param word: of the tracker, one that ``policies.bonds.issues`` knows
        :param at: naive UTC, now by default
        :param shown: how the team calls the state
        :return: issues that became done by this
        """
        at = at or utcnow()
        news = self.filtered(lambda issue: not issue.state_at or issue.state_at <= at)
        state = issues.state_of(word)
        done = news.filtered(lambda issue: state == "done" != issue.state)
        news.write(
            {
                "state": state,
                "state_there": (shown or word or "")[:100],
                "state_at": at,
                **({"title": title[:250]} if title else {}),
            }
        )
        return done
