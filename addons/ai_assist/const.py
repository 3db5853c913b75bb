"""Names and limits of AI Assist."""

MAX_RECORDS = 500  # of one call; more belong in a background job
MAX_REASON_CHARS = 500  # why a suggestion was rejected
CODE_PATTERN = (
    r"^[a-z][a-z0-9_]{1,63}$"  # task codes are names in Python and in RPC calls
)
TEXT_SUMMARY = "text_summary"
