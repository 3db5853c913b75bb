# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import api, models
from odoo.tools import SQL

from ..policies import delivery as delivery_policy
from ..policies import event_run, states
from .event_hub_tally import ACCEPTED, COUNTED, DELIVERY, OVERRIDE, RUN
from .event_hub_tally_hooks import RETRIED

# Which records the key names: by id, but sources by code where it is none of these.
SOURCE = "event_hub.source"
BY_ID = {
    (RUN, None): "base.automation",
    (DELIVERY, None): "event_hub.endpoint",
    (OVERRIDE, "message_replayed"): SOURCE,
    (OVERRIDE, "delivery_retried"): "event_hub.endpoint",
    (OVERRIDE, "run_retried"): "base.automation",
    (OVERRIDE, "run_overridden"): "base.automation",
}


class EventHubTally(models.Model):
    """Codes in words, for whoever looks at the counts."""

    _inherit = "event_hub.tally"

    @api.model
    def _outcome_words(self):
        """:return: ``[(code, word)]`` of all that was counted; what has no word here stands as it is"""
        words = {
            ACCEPTED: self.env._("Accepted"),
            COUNTED: self.env._("Counted so far"),
            states.PROCESSED: self.env._("Processed"),
            states.PARKED: self.env._("Set aside"),
            states.FAILED: self.env._("Failed, tried again"),
            states.DEAD: self.env._("Given up"),
            event_run.DONE: self.env._("Done"),
            event_run.OBSERVED: self.env._("Observed"),
            event_run.SKIPPED: self.env._("Skipped"),
            RETRIED: self.env._("Failed, tried again"),
            delivery_policy.DELIVERED: self.env._("Delivered"),
            "message_replayed": self.env._("Message replayed by hand"),
            "run_retried": self.env._("Run tried again by hand"),
            "run_overridden": self.env._("Run overridden"),
            "delivery_retried": self.env._("Delivery tried again by hand"),
            **self.env["event_hub.overview"]._answer_labels(),
        }
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT outcome FROM event_hub_tally")
        )
        others = {code: code for (code,) in rows if code and code not in words}
        return [*words.items(), *sorted(others.items())]

    @api.depends("metric", "outcome", "key")
    def _compute_about(self):
        """The name of what was counted, as far as the reader may read it; else its code or number."""
        by_place = self.grouped(lambda row: row._named_by())
        for (model, field), rows in by_place.items():
            names = self._names(model, field, set(rows.mapped("key")) - {False})
            for row in rows:
                row.about = names.get(row.key, row.key)

    def _named_by(self):
        """:return: ``(model, field)`` that the key is of"""
        for metric in ((self.metric, self.outcome), (self.metric, None)):
            if metric in BY_ID:
                return BY_ID[metric], "id"
        return SOURCE, "code"

    def _names(self, model, field, keys):
        records = self.env[model].with_context(active_test=False)
        if field == "id":
            keys = {int(key) for key in keys if key.isdigit()}
        if not keys or not records.has_access("read"):
            return {}
        found = records.search([(field, "in", list(keys))])
        return {str(record[field]): record.display_name for record in found}
