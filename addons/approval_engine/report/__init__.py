from . import approval_engine_analysed
from . import approval_engine_analysis
from . import approval_engine_wait_analysis
