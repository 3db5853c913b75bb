from odoo import models
from odoo.tools import SQL

from odoo.addons.event_hub.models.event_hub_erasure import Place

#: articles are about things, yet they may name people, and so may what somebody typed
TEXTS = {
    "article": ("name", "body", "keywords", "written_for"),
    "article_version": ("name", "body", "keywords", "note"),
    "article_search": ("text",),
}


class EventHubErasure(models.AbstractModel):
    _inherit = "event_hub.erasure"

    def _places(self, person):
        return [
            *super()._places(person),
            *(
                Place(
                    *("articles", f"support_visibility.{model}", texts),
                    person.within(SQL("t.company_id")),
                )
                for model, texts in TEXTS.items()
            ),
        ]
