from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .people import people


@tagged("post_install", "-at_install")
class TestKeysSetting(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.other = people(cls.env, {"login": "eh_one"}, {"login": "eh_other"})

    def test_everybody_switches_their_own_letters(self):
        me = self.one.with_user(self.one)
        self.assertTrue(me.single_letter_keys)
        me.write({"single_letter_keys": False})
        self.env.invalidate_all()
        self.assertFalse(me.single_letter_keys)
        settings = self.env["res.users.settings"]._find_or_create_for_user(self.one)
        self.assertIs(
            settings._res_users_settings_format()["single_letter_keys"], False
        )
        self.assertTrue(self.other.single_letter_keys)

    def test_nobody_switches_those_of_another(self):
        with self.assertRaises(AccessError):
            self.other.with_user(self.one).write({"single_letter_keys": False})
