import time
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.approval_engine.models import base

ROUNDS = 15
CALLS = 40


@tagged("post_install", "-at_install")
class TestGateCost(TransactionCase):
    """A model that nobody governs pays no query for the gate, and next to no time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Note = cls.env["test_approval_engine.order_note"]
        cls.note = cls.Note.create({"name": "x"})
        cls.env["approval_engine.governed"]._gates()
        cls.env.flush_all()

    def _queries(self, run):
        before = self.env.cr.sql_log_count
        run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _without(self):
        return patch.object(base, "gate_of", lambda records: None)

    def test_it_asks_the_database_nothing(self):
        self._write(0)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self._write(1)
            self.env.flush_all()
        for run in (
            lambda: self.Note.create({"name": "y"}),
            lambda: self.Note.create([{"name": "y"}] * 3),
            lambda: self.note.write({"name": "z"}),
        ):
            run()
            self.env.flush_all()
            with self._without():
                alone = self._queries(run)
            self.assertEqual(self._queries(run), alone)

    def _write(self, index):
        self.note.write({"name": f"n{index}"})

    def _seconds(self, run):
        begin = time.process_time()
        for index in range(CALLS):
            run(index)
        return time.process_time() - begin

    def test_it_takes_next_to_no_time(self):
        """Interleaved with a gate patched out, in one run; the best of each, of processor time.

        What else the machine does only adds to some of them.
        """

        def create(index):
            self.Note.create({"name": f"c{index}"})

        for run in (self._write, create):
            self._seconds(run)
            with_gate, alone = [], []
            for _round in range(ROUNDS):
                with_gate.append(self._seconds(run))
                with self._without():
                    alone.append(self._seconds(run))
                self.env.flush_all()
            ratio = min(with_gate) / min(alone)
            self.assertLess(ratio, 1.25, (run.__name__, ratio))

    def test_the_look_into_memory_is_a_few_microseconds(self):
        base.gate_of(self.note)
        begin = time.process_time()
        for _call in range(10_000):
            base.gate_of(self.note)
        self.assertLess((time.process_time() - begin) / 10_000, 20e-6)
