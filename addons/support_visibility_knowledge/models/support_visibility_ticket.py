from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, id_of, one_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import asking

SUGGESTED = 4
LINK, TEXT = "link", "text"


class SupportVisibilityTicket(models.Model):
    """Articles that may answer a ticket, and those that did."""

    _inherit = "support_visibility.ticket"

    article_ids = fields.Many2many(
        "support_visibility.article",
        "support_visibility_ticket_article_rel",
        "ticket_id",
        "article_id",
        "Articles Used",
        copy=False,
    )

    @api.model
    @takes(
        name=MAYBE_TEXT,
        description=MAYBE_TEXT,
        category_id=id_of("support_visibility.category", optional=True),
        visit=MAYBE_TEXT,
    )
    def suggest_articles(self, name, description=None, category_id=None, visit=None):
        """Articles that may answer what a ticket says, also while it is being written.

        :param visit: token of 16 to 64 letters and digits that the page made up, to count what becomes of it
        :return: as ``search_articles``, at most 4, each with ``visibility``
        """
        articles = self.env["support_visibility.article"]
        articles.check_access("read")
        text = f"{name or ''} {html2plaintext(description or '')[:400]}"
        language = articles._language_asked(None)
        category = self.env["support_visibility.category"].browse(category_id or [])
        found = articles._find(text, language, Domain.TRUE, SUGGESTED, category)
        fitting = [each for each in found if each["score"] >= asking.LEAST_SCORE]
        self.env["support_visibility.article_search"].sudo()._log(
            name or "", language, "ticket", fitting, articles._visit_of(visit)
        )
        return [
            {
                **articles._as_answer(each),
                "visibility": each["article"].visibility,
            }
            for each in fitting
        ]

    @takes(
        article_id=id_of("support_visibility.article"),
        how=one_of(LINK, TEXT),
        visit=MAYBE_TEXT,
    )
    def action_insert_article(self, article_id, how, visit=None):
        """Open an answer to the customer with an article in it, as a link or with its whole text.

        :return: action that opens the answer; nothing is sent before somebody presses Send
        :raises UserError: the article is not for customers, or not published
        """
        self.ensure_one()
        self.check_access("write")
        article = self.env["support_visibility.article"].browse(article_id)
        article.check_access("read")
        article._check_for_customers()
        self.article_ids += article
        searches = self.env["support_visibility.article_search"].sudo()
        searches._mark(article._visit_of(visit), article.id, "inserted")
        return self._open_answer(article._as_link() if how == LINK else article.body)

    def _open_answer(self, body):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_id": self.env.ref("mail.mt_comment").id,
                "default_partner_ids": self.partner_id.ids,
                "default_body": body,
            },
        }
