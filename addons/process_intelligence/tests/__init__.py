from . import (
    test_erasure,
    test_http_process,
    test_import,
    test_import_wizard,
    test_ledger,
    test_questions,
    test_rights,
    test_statistics,
    test_store,
    test_tour_process_map,
)
