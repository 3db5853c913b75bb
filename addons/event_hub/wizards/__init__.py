from . import (
    base_partner_merge,
    event_hub_erase,
    event_hub_reason,
    event_hub_request_check,
    event_hub_retry_period,
    privacy_lookup_wizard,
)
