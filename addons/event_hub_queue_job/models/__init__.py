from . import event_hub_message, event_hub_monitor, event_hub_run, event_hub_waker
