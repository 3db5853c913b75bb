from contextlib import closing

from odoo.tests import TransactionCase, tagged

from ..tools import claims


@tagged("post_install", "-at_install")
class TestClaims(TransactionCase):
    """A look of a Scheduled Action at what somebody else has or has changed is left to the next one."""

    def test_what_somebody_else_has_is_left_alone(self):
        calendar = self.env.ref("resource.resource_calendar_std")
        with closing(self.registry.cursor()) as other:
            other.execute(
                "SELECT FROM resource_calendar WHERE id = %s FOR UPDATE", [calendar.id]
            )
            self.assertFalse(claims.claim(calendar))
        self.assertTrue(claims.claim(calendar))

    def test_what_was_changed_meanwhile_is_left_alone(self):
        calendar = self.env.ref("resource.resource_calendar_std")
        self.env.cr.execute(
            "SELECT 1"
        )  # the transaction looks at the database as it is now
        with closing(self.registry.cursor()) as other:
            other.execute(
                "UPDATE resource_calendar SET write_date = write_date WHERE id = %s",
                [calendar.id],
            )
            other.commit()
        self.assertFalse(claims.claim(calendar))
        self.env.cr.execute("SELECT 1")  # the transaction goes on
