from odoo.tests import tagged

from odoo.addons.approval_engine.tests.common import ApprovalCase


@tagged("post_install", "-at_install")
class TestManager(ApprovalCase):
    """The chart of employees: lou above nobody-with-a-login above ria."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lou = cls._person("lou")
        employees = cls.env["hr.employee"]
        cls.top = employees.create({"name": "Lou", "user_id": cls.lou.id})
        cls.middle = employees.create({"name": "No Login", "parent_id": cls.top.id})
        cls.low = employees.create(
            {"name": "Ria", "user_id": cls.ria.id, "parent_id": cls.middle.id}
        )

    def test_the_nearest_manager_with_a_login_is_asked(self):
        self.assertEqual(self.ria._approval_manager(), self.lou)
        self.assertEqual(self.ria._approval_line(), self.lou)
        kind = self.env["approval_engine.type"].create(
            {"code": "toy_line", "name": "Toy Line"}
        )
        self._policy(kind, [{"name": "Manager", "route": "manager"}])
        request = self._submitted(kind)
        self.assertEqual(request.sudo().assignment_ids.user_id, self.lou)

    def test_whom_approvals_name_comes_first(self):
        self.ria.approval_manager_id = self.max
        self.assertEqual(self.ria._approval_manager(), self.max)

    def test_a_chart_that_leads_nowhere_names_nobody(self):
        self.lou.action_archive()
        self.assertFalse(self.ria._approval_manager())
        self.assertFalse(self.cleo._approval_manager())

    def test_whoever_cannot_read_employees_is_asked_about_all_the_same(self):
        self.assertEqual(self.ria.with_user(self.olaf)._approval_manager(), self.lou)
