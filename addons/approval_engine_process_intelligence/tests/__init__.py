from . import test_tour_mini_map
