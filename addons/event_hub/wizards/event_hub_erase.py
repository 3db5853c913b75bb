from odoo import api, fields, models

LABELS = (
    *("waiting", "events", "messages", "deliveries", "runs", "conflicts"),
    "external_ids",
)


class EventHubErase(models.TransientModel):
    """Shows how much the hub remembers of somebody, asks why, and erases it."""

    _name = "event_hub.erase"
    _description = "Erase from the Event Hub"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Whom",
        required=True,
        context={"active_test": False},
        default=lambda self: self._chosen(),
        help="With all their contacts and users.",
    )
    reason = fields.Char(help="Without names: it stays in the ledger for good.")
    counted = fields.Boolean(readonly=True)
    waiting = fields.Integer("Messages to Process First", readonly=True)
    events = fields.Integer(readonly=True)
    messages = fields.Integer("Contents of Messages", readonly=True)
    deliveries = fields.Integer("Tries of Deliveries", readonly=True)
    runs = fields.Integer("Notes of Rules", readonly=True)
    conflicts = fields.Integer("Field Conflicts", readonly=True)
    external_ids = fields.Integer(readonly=True)
    others = fields.Integer(
        "Other Texts", readonly=True, help="In chatter, activities and other apps."
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Erase from the Event Hub")

    @api.model
    def _chosen(self):
        context = self.env.context
        if context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        return self.env["res.partner"].browse(context.get("active_ids") or [])

    @api.onchange("partner_ids")
    def _onchange_partner_ids(self):
        self.counted = False

    def action_count(self):
        """Look through everything once; on a button, for it takes a while.

        :return: action that shows this form again, with the counts
        """
        self.ensure_one()
        counts = self.partner_ids.hub_erase("count", dry_run=True)
        others = sum(n for what, n in counts.items() if what not in LABELS)
        self.write(
            {
                "counted": True,
                "others": others,
                **{what: counts[what] for what in LABELS},
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_erase(self):
        """:return: notification that says what was erased"""
        self.ensure_one()
        counts = self.partner_ids.hub_erase(self.reason or "")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Erased"),
                "message": self.env._(
                    "%(events)s events and the contents of %(messages)s messages name nobody any more.",
                    events=counts["events"],
                    messages=counts["messages"],
                ),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
