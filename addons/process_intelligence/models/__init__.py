from . import (
    process_intelligence_ledger_rows,
    process_intelligence_definition,
    process_intelligence_log,
    process_intelligence_log_event,
    event_hub_erasure,
    event_hub_monitor,
)
