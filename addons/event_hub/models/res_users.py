from odoo import api, fields, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    _inherit = "res.users"

    single_letter_keys = fields.Boolean(
        compute="_compute_single_letter_keys",
        inverse="_inverse_single_letter_keys",
        help="Letters act without Ctrl or Alt in queues and inboxes. Switch it off where you speak to the computer, "
        "or press keys by accident.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "single_letter_keys"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "single_letter_keys"]

    @api.depends("res_users_settings_ids.single_letter_keys")
    def _compute_single_letter_keys(self):
        for user in self:
            settings = user.sudo().res_users_settings_ids
            user.single_letter_keys = not settings or settings.single_letter_keys

    def _inverse_single_letter_keys(self):
        for user in self:
            wanted = user.single_letter_keys
            settings = self.env["res.users.settings"]._find_or_create_for_user(user)
            settings.sudo().single_letter_keys = wanted

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
