from . import approval_engine_policy_start
from . import approval_engine_completion
from . import approval_engine_sample
