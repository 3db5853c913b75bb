from odoo.tests import TransactionCase, tagged

from ..tools import gate


@tagged("post_install", "-at_install")
class TestGate(TransactionCase):
    """A pass is good for the records and values it names, and no client can send one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.other = cls.env["res.partner"].create(
            [{"name": "One"}, {"name": "Other"}]
        )

    def test_a_pass_covers_its_records_and_values(self):
        admitted = gate.admit(self.one + self.other, {"name": "New", "ref": "R"})
        for records, values, covered in (
            (self.one + self.other, {"name": "New", "ref": "R"}, True),
            (self.one, {"name": "New"}, True),
            (self.one, {"name": "Else"}, False),
            (self.one, {"name": "New", "email": "x"}, False),
            (self.env.user.partner_id, {"name": "New"}, False),
            (self.env.user, {"name": "New"}, False),
        ):
            held = records.with_env(admitted.env)
            self.assertIs(gate.is_admitted(held, values, values), covered, values)

    def test_a_pass_for_births_covers_them_whole(self):
        births = [{"name": "A"}, {"name": "B"}]
        admitted = gate.admit_births(self.env["res.partner"], births)
        self.assertTrue(gate.are_births_admitted(admitted, [dict(b) for b in births]))
        for others in ([], births[:1], [{"name": "A"}, {"name": "C"}], births * 2):
            self.assertFalse(gate.are_births_admitted(admitted, others))
        users = self.env["res.users"].with_env(admitted.env)
        self.assertFalse(gate.are_births_admitted(users, births))
        self.assertFalse(gate.is_admitted(self.one.with_env(admitted.env), {}, ["x"]))

    def test_what_a_client_sends_under_its_name_is_no_pass(self):
        sent = {"model": "res.partner", "ids": self.one.ids, "values": {"name": "New"}}
        for forged in (True, sent, [sent]):
            held = self.one.with_context(**{gate.KEY: forged})
            self.assertFalse(gate.is_admitted(held, {"name": "New"}, ["name"]))
            self.assertFalse(gate.are_births_admitted(held, [{"name": "New"}]))
            self.assertFalse(gate.born_with(held))
