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
        # which of the two is drawn more often moves with the ids of the world's records
        decided = done["action_approve"] + done["action_reject"]
        self.assertGreaterEqual(decided, RUNS // 3, done)
        self.assertTrue(done["action_approve"] and done["action_reject"], done)
