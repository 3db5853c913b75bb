"""Names and limits of Support Visibility."""

SEQUENCE_CODE = "support_visibility.ticket"
NUMBER_PREFIX = "TCK-"
NUMBER_PADDING = 6  # digits: TCK-000123
MAX_TITLE_CHARS = 250  # a longer title of another helpdesk is cut
STALE_DAYS = 3  # an open ticket older than this stands out
