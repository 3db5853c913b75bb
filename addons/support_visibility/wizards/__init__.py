from . import support_visibility_escalate
