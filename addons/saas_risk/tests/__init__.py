from . import (
    test_companies,
    test_health,
    test_mirror,
    test_street,
    test_subscription,
)
