from . import hr_leave
from . import support_visibility_agent
