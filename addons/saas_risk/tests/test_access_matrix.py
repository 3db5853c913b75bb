from odoo.tests import TransactionCase, tagged

from . import access_matrix

HOW = "If the change is meant: write docs/access_matrix.csv anew (see tests/access_matrix.py) and review its diff."

# models of the suite that have a company, yet no rule of their own, and why
WITHOUT_COMPANY_RULE = {}


@tagged("post_install", "-at_install")
class TestAccessMatrix(TransactionCase):
    """The rights of every persona on every model are those that were reviewed."""

    def test_rights_are_those_of_the_committed_matrix(self):
        now, reviewed = access_matrix.matrix(self.env), access_matrix.committed()
        differing = [
            f"{model}: {persona} is {now.get(model, {}).get(persona)}, reviewed {reviewed.get(model, {}).get(persona)}"
            for model in sorted({*now, *reviewed})
            for persona in access_matrix.PERSONAS
            if now.get(model, {}).get(persona) != reviewed.get(model, {}).get(persona)
        ]
        self.assertFalse(differing, "\n".join([*differing, HOW]))

    def test_every_model_says_who_may_use_it(self):
        self.env.cr.execute(
            "SELECT m.model FROM ir_model m JOIN ir_model_access a ON a.model_id = m.id WHERE a.active"
        )
        known = {row[0] for row in self.env.cr.fetchall()}
        self.assertFalse(set(access_matrix.suite_models(self.env)) - known)

    def test_every_model_with_a_company_has_a_company_rule(self):
        rules = self.env["ir.rule"].search(
            [("groups", "=", False), ("domain_force", "like", "company")]
        )
        guarded = set(rules.model_id.mapped("model"))
        with_company = {
            name
            for name in access_matrix.suite_models(self.env)
            if "company_id" in self.env[name]._fields and not self.env[name]._transient
        }
        self.assertFalse(with_company - guarded - set(WITHOUT_COMPANY_RULE))

    def test_nobody_outside_changes_anything_directly(self):
        for model, row in access_matrix.committed().items():
            with self.subTest(model):
                self.assertIn(row["portal"], ("----", "-R--"))

    def test_service_users_delete_nothing(self):
        for model, row in access_matrix.committed().items():
            for persona in ("billing_service", "helpdesk_service"):
                with self.subTest(model, persona=persona):
                    self.assertFalse(
                        row[persona].endswith("D") and not self.env[model]._transient
                    )

    def test_the_auditor_changes_nothing(self):
        for model, row in access_matrix.committed().items():
            with self.subTest(model):
                if not self.env[model]._transient:
                    self.assertIn(row["auditor"], ("----", "-R--"))
