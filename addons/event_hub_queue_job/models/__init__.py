from . import event_hub_waker, event_hub_message, event_hub_run
