from . import approval_engine_policy_start
