from . import event_hub_reason, event_hub_request_check, event_hub_retry_period
