from . import support_visibility_bind
from . import support_visibility_bulk
from . import support_visibility_escalate
from . import support_visibility_run_macro
from . import support_visibility_merge
from . import support_visibility_split
from . import support_visibility_snooze
