from . import test_http_start, test_setup, test_tour_decision
