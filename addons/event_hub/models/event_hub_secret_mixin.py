import base64
import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import ROTATION_OVERLAP_HOURS, SECRET_BYTES
from ..policies import shared_secret
from ..policies.arguments import SECRET
from ..policies.signatures import SECRET_PREFIX
from ..tools.arguments import takes


class EventHubSecretMixin(models.AbstractModel):
    """A signing secret that can be replaced without a gap: two are live during the overlap.

    Nobody but the superuser reads the fields; a person sees a secret once, when it is made.
    """

    _name = "event_hub.secret.mixin"
    _inherit = ["event_hub.guarded"]
    _description = "Signing Secret"

    secret_current = fields.Char(groups=fields.NO_ACCESS, copy=False, exportable=False)
    secret_previous = fields.Char(groups=fields.NO_ACCESS, copy=False, exportable=False)
    secret_previous_until = fields.Datetime(
        groups=fields.NO_ACCESS, copy=False, exportable=False
    )

    def action_rotate_secret(self):
        """Make a new secret; the old one stays good for a day.

        :return: ``{"secret": text}``, shown this once
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "Only an Event Hub administrator can rotate the secret of %(name)s.",
                    name=self.display_name,
                )
            )
        self.check_access("write")
        return {"secret": self.sudo()._rotate_secret()}

    @takes(secret=SECRET)
    def action_set_secret(self, secret):
        """Take the secret that the other side made; the old one stays good for a day.

        :param secret: text, or ``whpk_`` and base64 for the other side's public key
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._(
                    "Only an Event Hub administrator can set the secret of %(name)s.",
                    name=self.display_name,
                )
            )
        self.check_access("write")
        problem = shared_secret.problem(
            str(secret or ""), standard=self._secret_is_standard()
        )
        if problem:
            raise ValidationError(
                self.env._(
                    "This cannot be the secret of %(name)s: %(problem)s.",
                    name=self.display_name,
                    problem=problem,
                )
            )
        self.sudo()._replace_secret(secret)
        return True

    def _secret_is_standard(self):
        """:return: whether the secret has to fit Standard Webhooks"""
        return True

    def _rotate_secret(self):
        """:return: the new secret, ``whsec_`` and base64"""
        secret = (
            SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        )
        self._replace_secret(secret)
        return secret

    def _replace_secret(self, secret):
        """Give the old secret its last day."""
        if secret == self.secret_current:
            return
        now = fields.Datetime.now()
        self.write(
            {
                "secret_current": secret,
                "secret_previous": self.secret_current,
                "secret_previous_until": self.secret_current
                and now + timedelta(hours=ROTATION_OVERLAP_HOURS),
            }
        )

    def _live_secrets(self, now):
        """:param now: naive UTC
        :return: list of secrets that are good now, the newest first
        """
        self.ensure_one()
        record = self.sudo()
        live = [record.secret_current] if record.secret_current else []
        if (
            record.secret_previous
            and record.secret_previous_until
            and now < record.secret_previous_until
        ):
            live.append(record.secret_previous)
        return live
