# One concern a file.
# pylint: disable=consider-merging-classes-inherited
import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ..exceptions import ParkMessage


class EventHubSource(models.Model):
    """Whose rights a source acts with, and what happens when they are gone."""

    _inherit = "event_hub.source"

    @api.onchange("name")
    def _onchange_name(self):
        """Propose a code; one that is there already is in senders' settings."""
        if not self.code and self.name:
            self.code = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @api.model_create_multi
    def create(self, vals_list):
        """Without a service user, a source gets one of its own: no password, no right but to be told of events.

        :raise UserError: if the caller may not make users
        """
        return super().create(
            [
                vals if vals.get("user_id") else self._with_service_user(vals)
                for vals in vals_list
            ]
        )

    def _with_service_user(self, vals):
        users = self.env["res.users"].with_context(**clean_context(self.env.context))
        if not users.has_access("create"):
            raise UserError(
                self.env._(
                    "Choose a service user for %(sender)s: a user in the group Hub Service. None was made with the"
                    " source, as you may not make users; ask whoever manages them.",
                    sender=vals.get("name") or vals.get("code") or "",
                )
            )
        company = vals.get("company_id") or self.env.company.id
        user = users.create(
            {
                "name": self.env._("%(sender)s (service)", sender=vals.get("name")),
                "login": f"hub-{vals.get('code')}",
                "group_ids": [(6, 0, self.env.ref("event_hub.group_hub_service").ids)],
                "company_id": company,
                "company_ids": [(6, 0, [company])],
            }
        )
        return {**vals, "user_id": user.id}

    def _service_problem(self):
        """Whoever takes the rights of a service user stops its source: its messages wait for a person.

        :return: ``ParkMessage``, None if all is well
        """
        self.ensure_one()
        source = self.sudo()
        user, company = source.user_id, source.company_id
        names = {
            "user": user.name,
            "sender": source.name,
            "company": company.name,
        }
        if not user.active:
            return ParkMessage(
                "handler",
                self.env._(
                    "The service user %(user)s of source %(sender)s is archived, so nothing is done in its name. "
                    "Choose another one for the source or bring this one back, then replay.",
                    **names,
                ),
            )
        if not company.active:
            return ParkMessage(
                "wrong_company",
                self.env._(
                    "%(company)s, the company of source %(sender)s, is archived. Bring it back, or give the source "
                    "another one, then replay.",
                    **names,
                ),
            )
        if company not in user.company_ids:
            return ParkMessage(
                "wrong_company",
                self.env._(
                    "The service user %(user)s of source %(sender)s has no access to %(company)s any more. Add the "
                    "company to the user, or choose another user for the source, then replay.",
                    **names,
                ),
            )
        return None
