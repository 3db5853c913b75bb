from . import test_setup, test_tour_decision
