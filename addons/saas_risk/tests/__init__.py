from . import (
    test_access_matrix,
    test_account_notes,
    test_charters,
    test_companies,
    test_evidence_readers,
    test_http_contract,
    test_http_rpc_fuzz,
    test_health,
    test_mirror,
    test_street,
    test_subscription,
    test_tour_account,
)
