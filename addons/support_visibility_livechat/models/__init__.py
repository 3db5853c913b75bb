from . import chatbot_script_step
from . import discuss_channel
from . import support_visibility_ticket
