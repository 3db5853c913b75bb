from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import held_reply
from ..policies import priority as priorities
from ..policies.desk import placeholders

KEEP, ME, QUEUE, PERSON = "keep", "me", "queue", "person"
ASSIGNS = [
    (KEEP, "As it is"),
    (ME, "To whoever runs it"),
    (QUEUE, "Back to the queue"),
    (PERSON, "To a person"),
]


class SupportVisibilityMacro(models.Model):
    """Steps that are always done together: an answer, tags, a priority, a person, a stage.

    One with nothing but a reply is a prepared answer.
    """

    _name = "support_visibility.macro"
    _description = "Support Macro"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    team_ids = fields.Many2many(
        "support_visibility.team",
        string="Teams",
        check_company=True,
        help="Only for tickets of these teams. Empty: for all.",
    )
    reply = fields.Text(
        "Reply to the Customer",
        translate=True,
        help="Sent in public. Words in double braces, such as {{customer}}, are replaced.",
    )
    promise = fields.Selection(
        held_reply.PROMISES,
        "The Reply Promises",
        help="The reply then waits until somebody else said yes. Empty: it promises nothing and goes out at once.",
    )
    promise_amount = fields.Monetary("Worth")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    note = fields.Text("Internal Note", help="Only colleagues see it.")
    tag_ids = fields.Many2many("support_visibility.tag", string="Add Tags")
    remove_tag_ids = fields.Many2many(
        "support_visibility.tag",
        "support_visibility_macro_untag_rel",
        string="Remove Tags",
    )
    priority = fields.Selection(priorities.PRIORITIES, help="Empty: as it is.")
    assign = fields.Selection(ASSIGNS, "Assigned", required=True, default=KEEP)
    user_id = fields.Many2one(
        "res.users", "Person", domain="[('share', '=', False)]", index="btree_not_null"
    )
    team_id = fields.Many2one(
        "support_visibility.team",
        "Pass to Team",
        check_company=True,
        index="btree_not_null",
    )
    stage_id = fields.Many2one(
        "support_visibility.stage",
        "Move to Stage",
        index="btree_not_null",
        help="Solves, closes or lets the ticket wait, as the stage says.",
    )
    steps_text = fields.Char("Does", compute="_compute_steps_text")
    placeholders_text = fields.Char("Words You Can Use", compute="_compute_words")

    @api.depends(
        *("reply", "note", "tag_ids", "remove_tag_ids", "priority"),
        *("assign", "user_id", "team_id", "stage_id"),
    )
    def _compute_steps_text(self):
        for macro in self:
            macro.steps_text = " · ".join(macro._steps_words()) or self.env._("nothing")

    def _compute_words(self):
        self.placeholders_text = " ".join(
            f"{{{{{name}}}}}" for name in placeholders.PLACEHOLDERS
        )

    def _steps_words(self):
        """:return: what it does, step by step in the order in which it is done"""
        priority = dict(self._fields["priority"]._description_selection(self.env))
        steps = [
            (
                self.tag_ids,
                self.env._("tag %s", ", ".join(self.tag_ids.mapped("name"))),
            ),
            (
                self.remove_tag_ids,
                self.env._("untag %s", ", ".join(self.remove_tag_ids.mapped("name"))),
            ),
            (
                self.priority,
                self.env._("priority %s", priority.get(self.priority)),
            ),
            (self.note, self.env._("internal note")),
            (self.reply and not self.promise, self.env._("reply")),
            (self.reply and self.promise, self.env._("reply, once approved")),
            (self.team_id, self.env._("pass to %s", self.team_id.name)),
            (self.assign != KEEP, self._assign_words()),
            (self.stage_id, self.env._("move to %s", self.stage_id.name)),
        ]
        return [words for wanted, words in steps if wanted]

    def _assign_words(self):
        return {
            ME: self.env._("assign to oneself"),
            QUEUE: self.env._("back to the queue"),
            PERSON: self.env._("assign to %s", self.user_id.name),
        }.get(self.assign, "")

    @api.constrains("reply", "note")
    def _check_placeholders(self):
        for macro in self:
            for text in (macro.reply, macro.note):
                strange = placeholders.unknown(text or "")
                if strange:
                    raise ValidationError(
                        self.env._(
                            "%(macro)s: {{%(word)s}} stands for nothing. You can use: %(known)s.",
                            macro=macro.name,
                            word=strange[0][:60],
                            known=macro.placeholders_text,
                        )
                    )

    @api.constrains("assign", "user_id")
    def _check_person(self):
        for macro in self:
            if macro.assign == PERSON and not macro.user_id:
                raise ValidationError(
                    self.env._(
                        "%(macro)s: say to which person it assigns.", macro=macro.name
                    )
                )

    def _fits(self, tickets):
        """:raises UserError: names the first ticket that this macro is not for"""
        self.ensure_one()
        self.check_access("read")
        for ticket in tickets:
            if self.company_id and ticket.company_id != self.company_id:
                raise UserError(
                    self.env._(
                        "%(macro)s belongs to another company than %(ticket)s.",
                        macro=self.name,
                        ticket=ticket.display_name,
                    )
                )
            if self.team_ids and ticket.team_id not in self.team_ids:
                raise UserError(
                    self.env._(
                        "%(macro)s is not for tickets of %(team)s: %(ticket)s.",
                        macro=self.name,
                        team=ticket.team_id.name or self.env._("no team"),
                        ticket=ticket.display_name,
                    )
                )

    @api.model
    def _for_team(self, team):
        """:return: domain of the macros for tickets of this team"""
        return Domain("team_ids", "=", False) | Domain("team_ids", "in", team.ids)

    @takes(ticket_id=id_of("support_visibility.ticket"))
    def preview(self, ticket_id):
        """What this macro would say about a ticket; changes nothing.

        :return: ``{"reply", "note": text or "", "steps": [text], "missing": [words that have no value there]}``
        """
        self.ensure_one()
        ticket = self.env["support_visibility.ticket"].browse(ticket_id)
        ticket.check_access("read")
        self.check_access("read")
        values = ticket._placeholder_values()
        reply, note = self._reply_for(ticket), self.note or ""
        return {
            "reply": placeholders.filled(reply, values),
            "note": placeholders.filled(note, values),
            "steps": self._steps_words(),
            "missing": sorted(
                {
                    *placeholders.missing(reply, values),
                    *placeholders.missing(note, values),
                }
            ),
        }

    def _reply_for(self, ticket):
        """:return: the reply, in the customer's language"""
        lang = ticket.partner_id.lang or self.env.lang
        return self.with_context(lang=lang).reply or ""
