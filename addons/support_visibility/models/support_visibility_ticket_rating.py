from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies import satisfaction, ticket_state
from ..policies.intake import text
from ..tools.clock import utcnow
from .support_visibility_notice import RATE
from .support_visibility_ticket_notices import HEADERS

MAX_COMMENT_CHARS = 4000


class SupportVisibilityTicketRating(models.Model):
    """How it went, in the customer's words: asked once for each time a ticket is solved."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    rating_value = fields.Float(
        "Rating",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(3, 1),
        help="The customer's latest rating: 5 happy, 3 in between, 1 unhappy; 0 not rated.",
    )
    rated_at = fields.Datetime(
        "Rated", readonly=True, copy=False, index="btree_not_null"
    )
    rating_comment = fields.Text(
        "What the Customer Said",
        compute="_compute_rating_comment",
        groups="support_visibility.group_support_user",
    )

    @api.depends("rated_at")
    def _compute_rating_comment(self):
        rated = self.filtered("rated_at").sudo()
        said = {
            r.res_id: r.feedback for r in rated.rating_ids.sorted("id") if r.consumed
        }
        for ticket in self:
            ticket.rating_comment = said.get(ticket.id, "")

    def _set_state(self, target, at=None, stage=None, tell=True, seat=None):
        moving = self.filtered(lambda ticket: ticket.state != target)
        reopened = moving.filtered(lambda t: ticket_state.is_reopening(t.state, target))
        moved = super()._set_state(target, at=at, stage=stage, tell=tell, seat=seat)
        if reopened:
            reopened._ratings_not_given().unlink()
        if target == ticket_state.SOLVED and moving:
            moving._ask_notice(RATE)
        return moved

    # ------------------------------------------------------------------ asking
    def _ratings_not_given(self):
        """:return: ratings that were asked for and not given; those of an earlier solution went when it was reopened"""
        return (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("consumed", "=", False),
                ],
                order="id desc",
            )
        )

    def _send_rating_request(self, words):
        """A mail of its own, not a message of the ticket: its link is for the customer alone.

        :return: whether it was sent
        """
        ticket = self.sudo()
        self.env["mail.mail"].sudo().create(
            {
                "subject": words["subject"],
                "body_html": words["body_html"],
                "email_from": ticket.company_id.email_formatted or False,
                "reply_to": ticket._notify_get_reply_to()[ticket.id],
                "email_to": ticket._customer_email(),
                "headers": repr(HEADERS),
                "auto_delete": True,
            }
        )
        return True

    def _rating_of_now(self):
        """:return: the rating that may be given for the present solution, made if there is none; empty if the ticket
        is open, or was rated since it was solved"""
        self.ensure_one()
        ticket = self.sudo()
        ratings = ticket.env["rating.rating"]
        if ticket.state not in ticket_state.DONE_STATES or not ticket.solved_at:
            return ratings
        if ticket.rated_at and ticket.rated_at >= ticket.solved_at:
            return ratings
        known = ticket._ratings_not_given()
        if known:
            return known[:1]
        return ratings.create(
            {
                "partner_id": ticket.partner_id.id,
                "rated_partner_id": ticket.user_id.partner_id.id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": ticket.id,
            }
        )

    def _rating_link(self):
        """:return: address of the page on which the present solution is rated; \"\" if it is none or was rated"""
        rating = self._rating_of_now()
        return (
            f"{self.get_base_url()}/support/rate/{rating.access_token}"
            if rating
            else ""
        )

    # ------------------------------------------------------------------ rating
    def rating_apply(self, rate, token=None, rating=None, feedback=None, **options):
        """Take a rating, once.

        :raises ConflictError: it was given already, or the ticket was opened again
        :raises ValidationError: it is no rating
        """
        self.ensure_one()
        ratings = self.env["rating.rating"].sudo()
        if not isinstance(rating, type(ratings)):  # a client can send anything
            is_text = isinstance(token, str) and token
            found = [("access_token", "=", token)]
            rating = ratings.search(found, limit=1) if is_text else ratings
        if not rating or (rating.res_model, rating.res_id) != (self._name, self.id):
            raise ValidationError(self.env._("This link belongs to no ticket."))
        if isinstance(rate, bool) or rate not in satisfaction.VALUES:
            raise ValidationError(self.env._("Choose how it went."))
        said = feedback if isinstance(feedback, str) else ""
        self.sudo()._take_rating(rating.sudo(), rate, text.cut(said, MAX_COMMENT_CHARS))
        return rating

    def _take_rating(self, rating, rate, feedback):
        self._lock_rows()
        rating.lock_for_update()
        rating.invalidate_recordset()
        if rating.consumed:
            raise ConflictError(self.env._("Your rating was taken already. Thank you."))
        if self._rating_of_now() != rating:
            raise ConflictError(
                self.env._(
                    "The ticket was opened again; you are asked anew when it is solved."
                )
            )
        rating.write({"rating": rate, "feedback": feedback, "consumed": True})
        now = utcnow()
        self._write_guarded({"rating_value": rate, "rated_at": now})
        self._message_log(body=self._rating_words(rate, feedback))
        self._tell("support.rated", "Customer rated", at=now, rating=rate)

    def _rating_words(self, rate, feedback):
        words = {
            satisfaction.GREAT: self.env._("The customer is happy with the solution."),
            satisfaction.OKAY: self.env._("The customer finds the solution okay."),
            satisfaction.BAD: self.env._("The customer is unhappy with the solution."),
        }[rate]
        return f"{words} “{feedback}”" if feedback else words

    # ------------------------------------------------------------------ seeing
    @api.model
    def _satisfaction(self, group, ids):
        """:param group: a many2one of tickets
        :return: ``{record id: Satisfaction}`` of the last 90 days, in one query
        """
        since = utcnow() - timedelta(days=satisfaction.SHOWN_DAYS)
        found = {}
        for record, value, number in self._read_group(
            [(group, "in", ids), ("rated_at", ">", since)],
            [group, "rating_value"],
            ["__count"],
        ):
            found.setdefault(record.id, {})[value] = number
        return {key: satisfaction.count(values) for key, values in found.items()}

    @api.model
    def _satisfaction_words(self, group, ids):
        """:return: ``{record id: share of happy ratings and of how many}``"""
        return {
            key: self.env._(
                "%(percent)s %% happy (%(rated)s ratings)",
                percent=figure.percent,
                rated=figure.rated,
            )
            for key, figure in self._satisfaction(group, ids).items()
        }
