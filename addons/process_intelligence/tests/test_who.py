from odoo.tests import TransactionCase, tagged

from ..tools.who_words import who


@tagged("post_install", "-at_install")
class TestWho(TransactionCase):
    def test_programs_are_told_from_people(self):
        for resource, words in (
            ("ann", "ann"),
            ("system", "Odoo by itself"),
            ("source:billing", "billing (connected system)"),
            ("", ""),
            (None, None),
        ):
            self.assertEqual(who(self.env, resource), words)
