from . import (
    process_intelligence_definition,
    process_intelligence_log,
    process_intelligence_log_event,
)
