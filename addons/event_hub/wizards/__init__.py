from . import event_hub_reason
