from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

MARKS = {
    True: "fa-check text-success",
    False: "fa-times text-danger",
    None: "fa-minus text-muted",
}


class EventHubRequestCheck(models.TransientModel):
    """Check a request: a form that is never saved, so what is pasted is stored nowhere."""

    _name = "event_hub.request_check"
    _description = "Check a Request"

    source_id = fields.Many2one("event_hub.source", required=True)
    method = fields.Char(default="POST")
    url = fields.Char(
        "Address", help="As the sender called it. Only HubSpot's signature covers it."
    )
    headers = fields.Text(help="One in each line, as name: value.")
    body = fields.Text(help="Byte for byte as it was sent.")
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("source_id", "method", "url", "headers", "body")
    def _compute_result(self):
        labels = self._labels()
        for record in self:
            if not record.source_id or not (record.headers or record.body):
                record.result = False
                continue
            steps = record.source_id.check_request(
                record.headers, record.body, record.method, record.url
            )
            record.result = Markup("<ol class='list-unstyled mb-0'>%s</ol>") % Markup(
                ""
            ).join(self._line(labels[step["check"]], step) for step in steps)

    def _labels(self):
        return {
            "method": self.env._("Method"),
            "size": self.env._("Size"),
            "content_type": self.env._("Content type"),
            "signature_header": self.env._("Signature header"),
            "signature": self.env._("Signature"),
            "freshness": self.env._("Freshness"),
            "encoding": self.env._("Compression"),
            "json": self.env._("JSON"),
            "envelope": self.env._("Events"),
        }

    def _line(self, label, step):
        words = {
            True: self.env._("good"),
            False: self.env._("refused"),
            None: self.env._("not reached"),
        }
        return Markup(
            "<li class='mb-1'><i class='fa fa-fw {mark}'></i> <strong>{label}: {word}.</strong> {detail}</li>"
        ).format(
            mark=MARKS[step["ok"]],
            label=label,
            word=words[step["ok"]],
            detail=step["detail"],
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("A request that is checked is not stored."))
