from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import SEATS_CRON
from ..policies import digest, managers
from .approval_engine_request_mail import local

# what the right to decide hangs on
RIGHTS = frozenset({"active", "company_id", "company_ids", "group_ids", "share"})
APPROVERS = "approval_engine.group_approval_user"
FEW = 100  # users looked at one by one
# who reads in whose line somebody is, and how much they decide alone
AUTHORITY = "approval_engine.group_approval_manager,approval_engine.group_approval_auditor,base.group_erp_manager"


class ResUsers(models.Model):
    _inherit = "res.users"

    approval_digest_at = fields.Datetime(
        "Last Approval Digest",
        readonly=True,
        copy=False,
        help="When this person was last told by mail what waits for their decision.",
    )

    approval_manager_id = fields.Many2one(
        "res.users",
        "Manager for Approvals",
        index="btree_not_null",
        copy=False,
        domain=[("share", "=", False)],
        groups=AUTHORITY,
        help="Whom policies ask that go to the manager of the requester.",
    )
    approval_limit = fields.Monetary(
        currency_field="approval_limit_currency_id",
        copy=False,
        groups=AUTHORITY,
        help="Up to which amount this person decides as a manager, in the currency of their company. 0: none.",
    )
    approval_limit_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Limit"
    )

    @api.constrains("approval_manager_id")
    def _check_approval_manager(self):
        if self._has_cycle("approval_manager_id"):
            raise ValidationError(
                self.env._(
                    "%(users)s would be their own manager for approvals, directly or through others.",
                    users=", ".join(self.mapped("name")),
                )
            )

    @api.constrains("approval_limit")
    def _check_approval_limit(self):
        for user in self:
            if user.approval_limit < 0:
                raise ValidationError(
                    self.env._(
                        "%(user)s: an approval limit is not negative. 0: decides nothing alone.",
                        user=user.name,
                    )
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

    # ------------------------------------------------------------------ authority

    def _approval_manager(self):
        """:return: the user whom policies ask as manager of this one, may be empty.

        Extended where another app knows the line of managers: super() first, own where empty.
        """
        self.ensure_one()
        return self.sudo().approval_manager_id

    def _approval_line(self):
        """:return: the managers above this person from the nearest up, in sudo"""
        line, person = self.sudo().browse(), self.sudo()
        while len(line) < managers.MAX_LEVELS:
            person = person._approval_manager()
            if not person or person in self | line:
                break
            line += person
        return line

    def _approval_limit_words(self):
        user = self.sudo()
        return user.company_id.currency_id.format(user.approval_limit)

    def _able_to_approve(self, company):
        """:return: those who can open a request: active, inside, with access to Approvals and the company"""
        # no env.ref: it asks the database whether the group still exists, each time
        if len(self) <= FEW:  # what each of them is in is in memory
            approvers = self.filtered(lambda user: user.sudo()._has_group(APPROVERS))
        else:
            key = self.env["ir.model.data"]._xmlid_to_res_id(APPROVERS)
            approvers = self & self.env["res.groups"].browse(key).all_user_ids
        return approvers.filtered(
            lambda u: u.active and not u.share and company in u.company_ids
        )

    def _is_able_to_approve(self, company):
        """:return: as being in ``_able_to_approve``, without reading everybody"""
        self.ensure_one()
        return bool(
            self.active
            and not self.share
            and self.has_group(APPROVERS)
            and company in self.company_ids
        )
