from . import event_hub_reason, event_hub_request_check
