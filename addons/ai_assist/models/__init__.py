from . import ai_assist_provider
from . import ai_assist_task
from . import ai_assist_task_text_summary
from . import ai_assist_suggestion
from . import event_hub_erasure
