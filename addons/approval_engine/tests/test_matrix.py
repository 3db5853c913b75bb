from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ApprovalCase

MANAGER = "approval_engine.group_approval_manager"


@tagged("post_install", "-at_install")
class TestMatrix(ApprovalCase):
    """Roles by type, amount, tier and company; imported from a sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls.env["approval_engine.role"].create({"name": "Controller"})
        cls.credit_policy.action_retire()
        step = {
            "name": "Control",
            "route": "matrix",
            "matrix_role_id": cls.controller.id,
        }
        cls.policy = cls._policy(cls.credit_type, [step])

    def _line(self, *people, **values):
        return self.env["approval_engine.matrix"].create(
            {
                "role_id": self.controller.id,
                "user_ids": [Command.set([p.id for p in people])],
                **values,
            }
        )

    @contextmanager
    def _refused(self, words):
        with (
            self.assertRaisesRegex(ValidationError, words),
            self.env.cr.savepoint(),
        ):
            yield

    def _asked(self, **values):
        [step] = self._draft(**values).preview_route()
        return {one["name"]: one["why"] for one in step["approvers"]}

    def test_the_most_specific_line_says_who_and_why(self):
        self._line(self.fred)
        self._line(self.fay, type_id=self.credit_type.id)
        self._line(self.cleo, type_id=self.credit_type.id, tier="strategic")
        self.assertEqual(self._asked(), {"Fay": "Controller for Toy Credit"})
        self.account.account_tier = "strategic"
        self.assertEqual(
            self._asked(), {"Cleo": "Controller for Toy Credit, Strategic"}
        )

    def test_bands_choose_the_line(self):
        self._line(self.fred, amount_to=1000)
        self._line(self.fay, amount_from=1000, amount_to=5000)
        self._line(self.cleo, amount_from=5000)
        for amount, who in ((1000, "Fred"), (1000.01, "Fay"), (5001, "Cleo")):
            with self.subTest(amount=amount):
                self.assertEqual(list(self._asked(amount=amount)), [who])

    def test_members_of_a_group_have_the_role(self):
        team = self.env["res.groups"].create(
            {"name": "Control", "user_ids": [Command.set(self.fay.ids)]}
        )
        self._line(group_id=team.id)
        self.assertEqual(list(self._asked()), ["Fay"])

    def test_without_a_line_the_owner_is_asked(self):
        self._line(self.fred, amount_from=9000)
        self.assertEqual(list(self._asked()), ["Max"])

    def test_leaving_the_role_loses_the_seat(self):
        line = self._line(self.fred)
        request = self._submitted()
        line.user_ids = self.fay
        with self.assertRaisesRegex(AccessError, "no longer decide"):
            self._approve(request, self.fred)
        self.env.flush_all()
        Request = self.env["approval_engine.request"].sudo()
        self.assertIn(request, Request._with_lost_seats().with_env(request.env))
        request.sudo()._reseat()
        self._approve(request, self.fay)
        self.assertEqual(request.state, "executed")

    def test_lines_that_would_tie_are_refused(self):
        self._line(self.fred, amount_to=1000)
        with self._refused("neither would win"):
            self._line(self.fay, amount_from=999)
        self._line(self.fay, amount_from=1000)
        self._line(self.cleo, amount_from=1000, tier="growth")
        with self._refused("nobody has it"):
            self._line(tier="standard")
        with self._refused("must be less than"):
            self._line(self.fay, amount_from=5, amount_to=5, tier="standard")

    def test_bands_of_two_currencies_cannot_be_kept_apart(self):
        other = self.env["res.currency"].create({"name": "TOY", "symbol": "T"})
        self._line(self.fred, amount_to=1000)
        with self._refused("in one currency"):
            self._line(self.fay, amount_from=1000, currency_id=other.id)

    # ------------------------------------------------------------------ two people

    def _by(self, user, *people, **values):
        """A line as ``user`` writes it."""
        matrix = self.env["approval_engine.matrix"].with_user(user)
        vals = {
            "role_id": self.controller.id,
            "user_ids": [Command.set([p.id for p in people])],
            **values,
        }
        return matrix.create(vals)

    def test_a_line_counts_once_a_second_manager_agreed(self):
        mona = self._person("mona", MANAGER)
        line = self._by(self.max, self.fred, state="agreed", agreed_by_id=mona.id)
        self.assertEqual((line.state, line.agreed_by_id.id), ("waiting", False))
        self.assertEqual(list(self._asked()), ["Max"], "the owner, until then")
        with self.assertRaisesRegex(AccessError, "somebody else has to agree"):
            line.action_agree()
        with self.assertRaises(AccessError):
            line.with_user(self.fred).action_agree()
        self.assertTrue(line.with_user(mona).action_agree())
        self.assertEqual(list(self._asked()), ["Fred"])
        line.with_user(mona).user_ids = self.fay
        self.assertEqual(line.state, "waiting")
        self.assertEqual(list(self._asked()), ["Max"])

    def test_who_is_named_does_not_agree(self):
        mona = self._person("mona", MANAGER)
        self._person("nora", MANAGER)
        line = self._by(self.max, mona)
        with self.assertRaisesRegex(AccessError, "somebody else has to agree"):
            line.with_user(mona).action_agree()

    def test_agreement_cannot_be_written(self):
        mona = self._person("mona", MANAGER)
        line = self._by(self.max, self.fred)
        for user in (self.max, mona):
            for values in (
                {"state": "agreed"},
                {"agreed_by_id": mona.id},
                {"changed_by_id": mona.id},
            ):
                for context in ({}, {"install_mode": True, "default_state": "agreed"}):
                    with self.assertRaises(AccessError):
                        line.with_user(user).with_context(**context).write(values)
        forged = self._load(
            ["id", "role_id", "user_ids", "state"],
            ("toy.forged", "Controller", "approval_max", "agreed"),
        )
        lines = self.env["approval_engine.matrix"].browse(forged["ids"] or ())
        self.assertNotIn("agreed", lines.mapped("state"))

    def test_where_nobody_else_could_agree_it_counts_and_the_audit_knows(self):
        authority = self.env["approval_engine.authority"]
        managers = authority._confirmed(self.env.ref(MANAGER))
        (managers - self.max).group_ids = [Command.unlink(self.env.ref(MANAGER).id)]
        line = self._by(self.max, self.fred)
        self.assertEqual(line.state, "agreed")
        self.assertIn("approval.audit_exception", self._events(line))

    # ------------------------------------------------------------------ import

    def _load(self, header, *rows, user=None):
        model = self.env["approval_engine.matrix"].with_user(user or self.max)
        return model.load(header, [list(row) for row in rows])

    HEADER = ["id", "role_id", "type_id/id", "tier", "amount_from", "user_ids"]

    def test_a_sheet_is_imported_and_again_changes_the_same_lines(self):
        self.env["ir.model.data"].create(
            {
                "module": "toy",
                "name": "credit",
                "model": "approval_engine.type",
                "res_id": self.credit_type.id,
            }
        )
        rows = [
            ("toy.line_1", "Controller", "toy.credit", "", "0", "approval_fred"),
            (
                "toy.line_2",
                "Controller",
                "toy.credit",
                "strategic",
                "1000",
                "approval_fay,approval_cleo",
            ),
        ]
        result = self._load(self.HEADER, *rows)
        self.assertFalse(result["messages"], result)
        lines = self.env["approval_engine.matrix"].browse(result["ids"])
        self.assertEqual(set(lines.mapped("state")), {"waiting"})
        self.assertEqual(lines[1].user_ids, self.fay | self.cleo)
        again = self._load(self.HEADER, ("toy.line_1", *rows[0][1:5], "approval_cleo"))
        self.assertEqual(again["ids"], lines[:1].ids)
        self.assertEqual(lines[0].user_ids, self.cleo)

    def test_errors_of_a_sheet_name_the_row_and_what_is_wrong(self):
        cases = [
            (("a.1", "Kontroller", "", "", "0", "approval_fred"), "Kontroller"),
            (("a.1", "Controller", "toy.nothing", "", "0", "approval_fred"), "nothing"),
            (("a.1", "Controller", "", "gold", "0", "approval_fred"), "gold"),
            (("a.1", "Controller", "", "", "much", "approval_fred"), "much"),
            (("a.1", "Controller", "", "", "0", "nobody_such"), "nobody_such"),
            (("a.1", "Controller", "", "", "0", ""), "nobody has it"),
            (("a.1", "Controller", "", "", "-1", "approval_fred"), "negative"),
        ]
        good = ("a.0", "Controller", "", "growth", "0", "approval_fred")
        for row, words in cases:
            with self.subTest(row=row):
                result = self._load(self.HEADER, good, row)
                self.assertFalse(result["ids"])
                text = " ".join(m["message"] for m in result["messages"])
                self.assertIn(words, text)
        self.assertFalse(self.env["approval_engine.matrix"].search([]))

    def test_who_may_only_decide_does_not_import(self):
        result = self._load(
            self.HEADER,
            ("a.1", "Controller", "", "", "0", "approval_fred"),
            user=self.fred,
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.env["approval_engine.matrix"].search([]))
        for attempt in (
            lambda: self._line(self.fred).with_user(self.fred).write({"tier": False}),
            lambda: self.controller.with_user(self.fred).write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
