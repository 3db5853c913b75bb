"""Names and limits of Support Visibility."""

SEQUENCE_CODE = "support_visibility.ticket"
NUMBER_PREFIX = "TCK-"
NUMBER_PADDING = 6  # digits: TCK-000123
MAX_TITLE_CHARS = 250  # a longer title of another helpdesk is cut
MAX_TEXT_CHARS = 20_000  # of what people write on incidents and problems: some pages
MAX_TARGET_MINUTES = 2_635_200  # five years of working time; no promise is longer
STALE_DAYS = 3  # an open ticket older than this stands out
AGENT_GROUP = "support_visibility.group_support_user"
MANAGER_GROUP = "support_visibility.group_support_manager"
ASSIGN_CRON = "support_visibility.ir_cron_assign"
ASSIGN_AT_ONCE = 1000  # tickets given out in one transaction
MACRO_AT_ONCE = 200  # tickets; each may be a mail to a customer
WAKE_CRON = "support_visibility.ir_cron_wake_snoozed"
MAX_SNOOZE_DAYS = 366
BULK_AT_ONCE = 1000  # tickets
