from odoo import api, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_service_user(self):
        """Sources would have nobody to act for them; history needs the user no more."""
        sources = (
            self.env["event_hub.source"]
            .sudo()
            .with_context(active_test=False)
            .search([("user_id", "in", self.ids)])
        )
        if sources:
            raise UserError(
                self.env._(
                    "%(users)s act for the sources %(sources)s. Choose other service users there first, or archive "
                    "these: messages then wait for a person.",
                    users=", ".join(sources.user_id.mapped("name")),
                    sources=self._named(sources.with_env(self.env)),
                )
            )

    def _named(self, sources):
        """:return: the names of those that the reader may see, and how many there are besides"""
        seen = sources._filtered_access("read")
        names = seen.mapped("name")
        hidden = len(sources - seen)
        if hidden:
            names.append(self.env._("%(count)s that you cannot see", count=hidden))
        return ", ".join(names)
