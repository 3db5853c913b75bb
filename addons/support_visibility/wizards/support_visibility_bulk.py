from odoo import api, fields, models

from ..policies import priority as priorities

KEEP, ME, QUEUE, PERSON = "keep", "me", "queue", "person"


class SupportVisibilityBulk(models.TransientModel):
    """Change many tickets, and read what was refused and why."""

    _name = "support_visibility.bulk"
    _description = "Change Many Tickets"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    summary = fields.Char("About", compute="_compute_summary")
    priority = fields.Selection(priorities.PRIORITIES)
    add_tag_ids = fields.Many2many(
        "support_visibility.tag", "support_visibility_bulk_tag_rel", string="Add Tags"
    )
    remove_tag_ids = fields.Many2many(
        "support_visibility.tag",
        "support_visibility_bulk_untag_rel",
        string="Remove Tags",
    )
    team_id = fields.Many2one("support_visibility.team", "Pass to Team")
    assign = fields.Selection(
        [
            (KEEP, "As it is"),
            (ME, "To me"),
            (QUEUE, "Back to the queue"),
            (PERSON, "To a person"),
        ],
        "Assigned",
        required=True,
        default=KEEP,
    )
    user_id = fields.Many2one("res.users", "Person", domain="[('share', '=', False)]")
    move = fields.Selection(
        [
            ("wait", "Wait for customer"),
            ("resume", "Go on"),
            ("solve", "Solve"),
            ("close", "Close"),
            ("reopen", "Reopen"),
        ]
    )
    is_done = fields.Boolean(readonly=True)
    done_text = fields.Char(readonly=True)
    refused_text = fields.Text("Refused", readonly=True)

    @api.depends("ticket_ids")
    def _compute_summary(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            labels = tickets._state_labels()
            states = tickets.grouped("state")
            wizard.summary = self.env._(
                "%(count)s tickets: %(states)s",
                count=len(tickets),
                states=", ".join(
                    f"{len(states[state])} {label}"
                    for state, label in labels.items()
                    if state in states
                ),
            )

    def _changes(self):
        changes = {
            "priority": self.priority,
            "add_tag_ids": self.add_tag_ids.ids,
            "remove_tag_ids": self.remove_tag_ids.ids,
            "team_id": self.team_id.id,
            "move": self.move,
        }
        changes = {name: value for name, value in changes.items() if value}
        if self.assign != KEEP:
            user_id = {ME: self.env.uid, PERSON: self.user_id.id}.get(self.assign)
            changes["user_id"] = user_id or False
        return changes

    def action_apply(self):
        """Change what may be changed; the same window then tells what was done and what was refused."""
        self.ensure_one()
        result = self.ticket_ids.action_bulk(self._changes())
        self.write(
            {
                "is_done": True,
                "done_text": self.env._("%s tickets changed", len(result["done"])),
                "refused_text": "\n".join(row["why"] for row in result["refused"]),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Many"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
