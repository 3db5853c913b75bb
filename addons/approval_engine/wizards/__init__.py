from . import approval_engine_policy_start
from . import approval_engine_completion
from . import approval_engine_sample
from . import approval_engine_adherence
from . import approval_engine_adherence_part
from . import approval_engine_adherence_line
