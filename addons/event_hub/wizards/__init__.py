from . import event_hub_reason, event_hub_request_check
from . import event_hub_reason, event_hub_retry_period
