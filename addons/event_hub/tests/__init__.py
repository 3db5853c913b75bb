from . import test_event_run
