from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import life


class SupportVisibilityArticleAnswer(models.Model):
    """What an article gives to an answer."""

    _inherit = "support_visibility.article"  # pylint: disable=consider-merging-classes-inherited

    def _check_for_customers(self):
        if self.state != life.PUBLISHED or self.visibility == life.INTERNAL:
            raise UserError(
                self.env._(
                    "%(article)s is not for customers. Say it in your own words, or let it be published for them.",
                    article=self.display_name,
                )
            )

    def _as_link(self):
        url = f"{self.get_base_url()}{self._reader_url()}"
        return Markup('<p><a href="%s">%s</a></p>') % (url, self.name)

    @takes(visit=MAYBE_TEXT)
    def note_opened(self, visit):
        """Count that an article was opened where it was suggested.

        :return: action that opens it
        """
        self.ensure_one()
        self.check_access("read")
        searches = self.env["support_visibility.article_search"].sudo()
        searches._mark(self._visit_of(visit), self.id, "opened")
        return self._open_form()
