from . import ai_assist_judgement
