from odoo import api, fields, models

from ..const import SEATS_CRON
from ..policies import digest
from .approval_engine_request_mail import local

# what the right to decide hangs on
RIGHTS = frozenset({"active", "company_id", "company_ids", "group_ids", "share"})


class ResUsers(models.Model):
    _inherit = "res.users"

    approval_digest_at = fields.Datetime(
        "Last Approval Digest",
        readonly=True,
        copy=False,
        help="When this person was last told by mail what waits for their decision.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["approval_engine.authority"]._follow()
        return users

    def write(self, vals):
        result = super().write(vals)
        if RIGHTS.intersection(vals):
            self.env["event_hub.waker"]._wake(SEATS_CRON)
        if "group_ids" in vals:
            self.env["approval_engine.authority"]._follow()
        return result

    def _awaits_approval_digest(self, now):
        """:param now: naive UTC"""
        self.ensure_one()
        zone, last = self.tz or "UTC", self.approval_digest_at
        return digest.is_time(local(now, zone), local(last, zone) if last else None)
