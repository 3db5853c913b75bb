from . import test_event_hub_attempt, test_event_hub_invoice
