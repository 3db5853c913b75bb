class AnswerError(Exception):
    """An engine has no answer for one record. The suggestion is kept as refused, with this sentence."""
