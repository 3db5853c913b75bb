import sys
import time
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.approval_engine.models import base


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

    def _calls(self, run):
        """:return: how many functions were called, those of C included"""
        counted = 0

        def count(_frame, event, _arg):
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            run(1)
        finally:
            sys.setprofile(None)
        return counted

    def test_it_takes_next_to_no_work(self):
        """Beside a gate patched out; calls are counted, since time says what else the machine does."""

        def create(index):
            self.Note.create({"name": f"c{index}"})

        for run in (self._write, create):
            run(0)
            self.env.flush_all()
            with_gate = self._calls(run)
            with self._without():
                alone = self._calls(run)
            self.assertLess(with_gate / alone, 1.25, (run.__name__, with_gate, alone))

    def test_the_look_into_memory_is_a_few_microseconds(self):
        base.gate_of(self.note)
        begin = time.process_time()
        for _call in range(10_000):
            base.gate_of(self.note)
        self.assertLess((time.process_time() - begin) / 10_000, 20e-6)
