from . import (
    process_intelligence_import_wizard,
    process_intelligence_import_column,
    process_intelligence_export_wizard,
    process_intelligence_discovery,
    process_intelligence_discovery_line,
)
