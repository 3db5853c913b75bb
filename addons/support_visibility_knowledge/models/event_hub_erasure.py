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

    def _erase(self, partners, reason, dry_run=False):
        """What no text has any more is not guessed at either: the person's own words at once, all others at night."""
        known = " ".join(
            str(value)
            for partner in partners.sudo()
            for value in (partner.name, partner.email, partner.display_name)
            if value
        )
        counts = super()._erase(partners, reason, dry_run=dry_run)
        if not dry_run:
            self.env.flush_all()
            self.env["support_visibility.article_word"].sudo()._forget_of(known)
        return counts

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
