"""Names and limits of process mining, each with its unit."""

#: A row that fails anything stops the import, so naming this many is enough to mend a file.
MAX_REJECTED_NAMED = 100  # lines
#: Uncompressed; read through and never held as a whole, so this bounds time and disk, not memory.
MAX_CSV_BYTES = 1024 * 1024 * 1024
#: Uncompressed; read through as well.
MAX_XES_BYTES = 1024 * 1024 * 1024
#: Above this the wizard imports in the background, so that nobody waits at a frozen screen.
BACKGROUND_FROM_BYTES = 8 * 1024 * 1024
#: Case and activity are keys of an index whose row may hold 2,704 bytes (PostgreSQL btree).
MAX_KEY_LENGTH = 255  # characters
#: Rows between two reports of progress of a background import.
PROGRESS_EVERY = 20_000
#: Cases that "See cases" opens at most; the title says when there are more.
MAX_CASES_OPENED = 5_000
MAX_EVENTS_OPENED = 10_000
#: Lines of the preview in the import wizard.
PREVIEW_ROWS = 5
#: A path walked by fewer cases than this share says little about the usual way.
SLOW_STEP_MIN_SHARE = 0.1
#: Ways that one answer lists at most.
MAX_VARIANTS = 10_000
#: Starts of one background import before it is given up: the server was killed each time.
MAX_IMPORT_STARTS = 3
#: A norm holds the most frequent ways of this share of the cases, unless told otherwise.
NORM_COVERAGE = 0.8
#: Days up to today, and before those, whose cases are compared with the norm.
DRIFT_DAYS = 30
DRIFT_BEFORE_DAYS = 90
#: A case stalls when it waits longer than this share of the cases did at the same step.
STALLED_ABOVE = 0.95
#: Moves from a step that make a history to judge waiting by.
LEAST_STEP_HISTORY = 20
#: Cases that one call foretells.
MAX_CASES_FORETOLD = 500
#: A way of a smaller share of the cases is rare.
RARE_BELOW = 0.01
#: Robust z above which something is unusual (Iglewicz and Hoaglin, 1993).
UNUSUAL_Z = 3.5
#: OCEL is read as a whole; in memory a file takes some times its size.
MAX_OCEL_BYTES = 64 * 1024 * 1024
#: Uncompressed bytes by format.
MAX_BYTES = {"csv": MAX_CSV_BYTES, "xes": MAX_XES_BYTES, "ocel": MAX_OCEL_BYTES}
#: Events that the import wizard reads of a large file by itself; a button reads all of it.
PREVIEW_EVENTS = 50_000
#: Keeps one export, base64 included, within the memory of one worker.
MAX_EXPORTED_EVENTS = 500_000
#: An event that the ledger learns of later than this after it happened is late.
LATE_SECONDS = 3600
#: A finished case is slow when it took longer than this share of them, unless told otherwise.
SLOW_ABOVE = 0.9
#: Most frequent ways through a chosen place of the map, and people there, beside the map.
PLACE_WAYS = 3
PLACE_PEOPLE = 8
#: Sentences of one kind that the guide says at most.
GUIDE_SENTENCES = 2
#: Cases that one replay shows at most, and the steps told of each.
REPLAY_CASES = 500
REPLAY_STEPS = 200
#: Steps of a case, and of the usual way, that are compared with each other.
MINI_STEPS = 100
#: The newest cases, so many, tell which way is usual and how long is usual at a step.
MINI_CASES = 5_000
#: Of these so many are worked out from their events, where they have to be; somebody waits for it.
MINI_ANEW = 1_000
#: Cases that a dotted chart shows, unless told otherwise and at most; the steps told of each are those of a replay.
DOTS_CASES = 300
MOST_DOTS_CASES = 1_000
