"""Names and limits of the addon."""

#: months ahead in which a renewal counts as near, on screens and in filters
RENEWAL_NEAR_DAYS = 90

#: activity type of to-dos that automation leaves for people
TODO = "mail.mail_activity_data_todo"

#: days until a to-do from automation is due
TODO_DAYS = 2

#: at most this many earlier concessions or tickets are listed in an evidence packet
EVIDENCE_LIMIT = 20

#: grace subscriptions ended by one batch of the scheduled action
GRACE_BATCH = 200

#: calendar days of grace where no dunning policy of the tier says otherwise
DEFAULT_GRACE_DAYS = 7

#: days compared for the usage signal: the last RECENT against the BASELINE days before them
USAGE_RECENT_DAYS = 14
USAGE_BASELINE_DAYS = 28

#: shown in front of a health status, so that colour never stands alone
STATUS_SHAPES = {"healthy": "●", "watch": "◐", "at_risk": "▲", "critical": "◆"}
