from . import (
    test_emitter,
    test_event_run,
    test_http_door,
    test_http_operations,
    test_http_rpc_errors,
    test_ledger,
    test_message,
    test_partner,
    test_processing,
    test_replay,
    test_source,
)
