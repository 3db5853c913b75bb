from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies import mirror
from ..tools.clock import utcnow

OPEN, OURS, THEIRS, AGREED = "open", "ours", "theirs", "agreed"
STATES = [
    (OPEN, "To Decide"),
    (OURS, "Ours Kept"),
    (THEIRS, "Theirs Taken"),
    (AGREED, "Both Say the Same"),
]


class SupportVisibilityConflict(models.Model):
    """The other helpdesk and we changed the same thing of a ticket to something else.

    Our value stays until a person chooses. Written by reports and by choosing alone.
    """

    _name = "support_visibility.conflict"
    _description = "Conflict of a Mirrored Ticket"
    _inherit = ["event_hub.guarded"]
    _order = "happened_at desc, id desc"
    _rec_name = "label"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    source_id = fields.Many2one(related="ticket_id.source_id", string="Helpdesk")
    name = fields.Char("Field", required=True, readonly=True)
    label = fields.Char("What", compute="_compute_words")
    ours = fields.Text(readonly=True)
    theirs = fields.Text(readonly=True)
    ours_text = fields.Text("Here", compute="_compute_words")
    theirs_text = fields.Text("There", compute="_compute_words")
    happened_at = fields.Datetime("Changed There", required=True, readonly=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default=OPEN, index=True
    )
    settled_at = fields.Datetime("Decided", readonly=True)
    settled_by_id = fields.Many2one("res.users", "Decided by", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(ticket_id, name) WHERE state = 'open'",
        "This conflict waits for a decision already.",
    )

    @api.depends("name", "ours", "theirs")
    def _compute_words(self):
        Tickets = self.env["support_visibility.ticket"]
        for conflict in self:
            field = Tickets._fields.get(conflict.name)
            conflict.label = field and field._description_string(self.env)
            conflict.ours_text = conflict._words(conflict.ours)
            conflict.theirs_text = conflict._words(conflict.theirs)

    def _words(self, raw):
        """:return: a stored value as people read it"""
        field = self.env["support_visibility.ticket"]._fields.get(self.name)
        if field is None or not raw:
            return self.env._("empty")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(raw, raw)
        if field.type == "many2one":
            return self._category(raw).display_name or self.env._("deleted")
        return raw

    # ------------------------------------------------------------------ hearing

    @api.model
    def _follow(self, tickets, outcomes):
        """Keep what reports brought up, once per ticket and field; what both agree on is settled.

        :param outcomes: ``{ticket id: mirror.Outcome}``
        """
        waiting = {
            (conflict.ticket_id.id, conflict.name): conflict
            for conflict in self.sudo().search(
                [("ticket_id", "in", tickets.ids), ("state", "=", OPEN)]
            )
        }
        new = []
        for ticket in tickets:
            outcome = outcomes[ticket.id]
            for name in outcome.agreed:
                waiting.get((ticket.id, name), self)._settle(AGREED)
            for found in outcome.conflicts:
                vals = _as_vals(found)
                known = waiting.get((ticket.id, found.name))
                if known:
                    known.write(vals)
                else:
                    new.append({"ticket_id": ticket.id, **vals})
        for conflict in self.sudo().create(new):
            conflict.ticket_id._tell(
                "support.conflict_found", "Changed on both sides", field=conflict.name
            )

    # ------------------------------------------------------------------ choosing

    def action_keep_ours(self):
        """Say that what stands here holds. The other helpdesk hears of it by ``support.conflict_settled``."""
        self._check_may_choose()
        for conflict in self:
            conflict._settle(OURS)
        return True

    def action_take_theirs(self):
        """Take what the other helpdesk says."""
        self._check_may_choose()
        for conflict in self:
            conflict._take_theirs()
            conflict._settle(THEIRS)
        return True

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id.get_formview_action()

    def _check_may_choose(self):
        """:raises ConflictError: somebody was first"""
        self.check_access("read")
        self.ticket_id.check_access("write")
        self._lock()
        done = self.filtered(lambda conflict: conflict.state != OPEN)
        if done:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise ConflictError(
                self.env._(
                    "%(field)s of %(ticket)s is decided already: %(state)s.",
                    field=done[0].label,
                    ticket=done[0].ticket_id.number,
                    state=labels[done[0].state],
                )
            )

    def _lock(self):
        self.env.execute_query(
            SQL(
                "SELECT id FROM support_visibility_conflict WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["state"])

    def _settle(self, state):
        for conflict in self:
            conflict.sudo().write(
                {"state": state, "settled_at": utcnow(), "settled_by_id": self.env.uid}
            )
            conflict.ticket_id._tell(
                "support.conflict_settled",
                "Conflict settled",
                field=conflict.name,
                kept=state,
                source=conflict.sudo().source_id.code or "",
                ticket_there=conflict.ticket_id.external_ref or "",
                value=conflict._plain() if state == OURS else "",
            )

    def _plain(self):
        """:return: what holds here now, as the other helpdesk can read it in any language: a code instead of an id"""
        value = self.ticket_id[self.name]
        return (value.code if self.name == "category_id" else value) or ""

    def _category(self, raw):
        """:return: the category of a stored value; empty if it was deleted, or the value erased"""
        categories = self.env["support_visibility.category"]
        return categories.browse(int(raw)).exists() if raw.isdigit() else categories

    def _take_theirs(self):
        ticket = self.ticket_id
        if self.name == mirror.STATE:
            for step in mirror.way(ticket.state, self.theirs):
                ticket._set_state(step)
        elif self.name == "category_id":
            theirs = self._category(self.theirs)
            if not theirs:
                raise UserError(
                    self.env._(
                        "The category they chose was deleted here. Keep ours, or choose one on the ticket."
                    )
                )
            ticket.write({self.name: theirs.id})
        else:
            ticket.write({self.name: self.theirs})


def _as_vals(found):
    return {
        "name": found.name,
        "ours": str(found.ours or ""),
        "theirs": str(found.theirs or ""),
        "happened_at": found.at.replace(microsecond=0),
    }
