from contextlib import closing
from unittest.mock import patch

from psycopg2.errors import DivisionByZero

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

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

    def test_one_that_fails_keeps_nobody_else_waiting(self):
        one, two, three = partners = self.env["res.partner"].create(
            [{"name": name} for name in ("One", "Two", "Three")]
        )

        failure = None

        def look(partner):
            partner.comment = "seen"
            if partner == two:
                self.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(
                self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 1
            ),
            mute_logger("odoo.sql_db", "odoo.addons.process_intelligence.tools.claims"),
        ):
            try:  # assertRaises would take back what the others wrote
                claims.look_at_each(partners, look)
            except DivisionByZero as error:
                failure = error
        self.assertTrue(failure)
        self.assertTrue(one.comment and three.comment)
        self.assertFalse(two.comment)
