# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import models

from ..exceptions import ParkMessage


class EventHubSource(models.Model):
    """Whose rights a source acts with, and what happens when they are gone."""

    _inherit = "event_hub.source"

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
