"""Names and limits of the hub."""

from .policies import signatures
from .policies.lanes import LANES
from .policies.trial import TEST_TYPE  # noqa: F401 -- a name of the hub

VERSION = "1.0"  # of the door's HTTP interface
PREFIX = "/hub/"  # of all our addresses
ROUTE = f"{PREFIX}v1/events"

DEFAULT_RATE_PER_SECOND = 500  # messages, per source and server process
DEFAULT_RATE_BURST = 2000  # messages
DEFAULT_MAX_BODY_BYTES = 1024 * 1024
PAYLOAD_RETENTION_DAYS = 90  # of a new source, unless the settings say otherwise
MOST_DAYS = (
    36_500  # that anything is kept, a hundred years: more days are no date any more
)
MAX_BODY_BYTES = 64 * 1024 * 1024  # what a source may allow at most
DRAIN_BYTES = (
    64 * 1024 * 1024
)  # of a refused body we read and forget, so that the sender hears why

REFUSED_RATE_PER_SECOND = 20  # refused signatures, per address
REFUSED_RATE_BURST = 200

ROTATION_OVERLAP_HOURS = 24  # the old secret stays good this long
SECRET_BYTES = 32

BATCH_SIZE = 200  # messages understood in one savepoint
REPLAY_NOW = (
    200  # messages replayed at once while the user waits; more are left to the worker
)
MAX_ERROR_CHARS = 2000

CRON_PROCESS = "event_hub.ir_cron_process_messages"
CRONS_PROCESS = (CRON_PROCESS, *(f"{CRON_PROCESS}_{lane}" for lane in range(1, LANES)))
LANE_LOCK = (
    1752523319  # the hub's class of advisory locks; the other half is source and lane
)
BLOCKED_SECONDS = 1  # until a worker looks again at a lane that another one held

# Never kept with a message: they would let a reader act as the sender.
SECRET_HEADERS = signatures.SECRET_HEADERS | {
    "proxy-authorization",
    "cookie",
    "x-api-key",
}
MAX_HEADER_CHARS = 1024

DEGRADED_AFTER_SECONDS = 300  # work that is due for longer stands still
HEALTH_SECONDS = (
    5  # an answer of the health page is given again, however often it is asked for
)

ACCOUNT_MERGED = "hub.account_merged"  # its case is the account that stays
MERGED_ROLE = "merged"  # of the accounts that are no more, among its objects
