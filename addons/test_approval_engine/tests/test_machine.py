from odoo.tests import TransactionCase, tagged

from ..machine.running import run
from ..machine.world import FAULTS, World

RUNS, STEPS = 100, 8


@tagged("post_install", "-at_install")
class TestMachine(TransactionCase):
    """Random policies, people and requests, held against a model that knows nothing of the code."""

    def setUp(self):
        super().setUp()
        self.world = World(self.env)

    def test_a_hundred_random_runs_go_as_the_model_says(self):
        run(self.world, RUNS, STEPS)
        self.assertGreaterEqual(self.world.examples, RUNS)
        self.assertEqual(self.world.faults, dict.fromkeys(FAULTS, 0))
        done = self.world.counts
        self.assertGreaterEqual(done["action_approve"], RUNS // 3, done)
        self.assertGreaterEqual(done["action_reject"], RUNS // 10, done)
