from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestType(ApprovalCase):
    def test_a_manager_names_types_but_does_not_rewire_them(self):
        kind = self.choice_type.with_user(self.max)
        kind.write({"name": "Choose", "description": "When two ways are open."})
        for name in ("code", "subject_model", "effect", "condition"):
            with self.subTest(name), self.assertRaises(AccessError):
                kind.write({name: False})

    def test_a_manager_does_not_rename_what_integrations_choose(self):
        option = self.choice_type.option_ids[:1].with_user(self.max)
        option.write({"name": "Halt"})
        with self.assertRaises(AccessError):
            option.write({"code": "halt"})
