from odoo import fields, models

from odoo.addons.event_hub.fields import LooseMany2one


class SupportVisibilitySlaChange(models.Model):
    """What held for a clock, what holds now, and why: a deadline that moved can be explained."""

    _name = "support_visibility.sla_change"
    _description = "SLA Change"
    _inherit = ["event_hub.append_only"]
    _order = "at desc, id desc"
    _log_access = False

    clock_id = LooseMany2one(
        "support_visibility.sla_clock", required=True, index=True, readonly=True
    )
    ticket_id = LooseMany2one(
        "support_visibility.ticket", required=True, index=True, readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime("When", required=True, readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    why = fields.Char(required=True, readonly=True)
    old_policy_id = LooseMany2one("support_visibility.sla_policy", readonly=True)
    new_policy_id = LooseMany2one("support_visibility.sla_policy", readonly=True)
    old_target_minutes = fields.Integer("Minutes Before", readonly=True)
    new_target_minutes = fields.Integer("Minutes Now", readonly=True)
    old_hours_id = LooseMany2one("support_visibility.sla_hours", readonly=True)
    new_hours_id = LooseMany2one("support_visibility.sla_hours", readonly=True)
    old_due_at = fields.Datetime("Due Before", readonly=True)
    new_due_at = fields.Datetime("Due Now", readonly=True)
