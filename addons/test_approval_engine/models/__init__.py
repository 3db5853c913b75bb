from . import test_approval_engine_document
from . import test_approval_engine_order
from . import test_approval_engine_purchase
