from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies import patterns

ANSWER = "support.answered"


class EventHubSource(models.Model):
    """A helpdesk that is the system of record for its tickets gets our answers, too."""

    _inherit = "event_hub.source"

    answers_go_back = fields.Boolean(
        "Answers Go Back There",
        tracking=True,
        help="What we answer in public on a ticket of this source is sent to the endpoints that listen to "
        "support.answered, so that the other helpdesk tells the customer. We send no mail to the customer then.",
    )

    @api.constrains("answers_go_back")
    def _check_answers_go_back(self):
        for source in self.filtered("answers_go_back"):
            if not source._takes_answers():
                raise ValidationError(
                    self.env._(
                        "Nothing takes the answers of %(name)s yet (Answers Go Back There). Add an endpoint of this "
                        "company for the event type %(type)s first, so that no answer is lost.",
                        name=source.name,
                        type=ANSWER,
                    )
                )

    def _takes_answers(self):
        """:return: whether a live endpoint hears of answers to tickets of this source"""
        self.ensure_one()
        company_id = self.company_id.id
        return any(
            patterns.matches(pattern, ANSWER) and company in (None, company_id)
            for _id, pattern, company in self.env["event_hub.endpoint"]._targets()
        )
