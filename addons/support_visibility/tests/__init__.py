from . import test_erasure
from . import test_ticket
from . import test_ticket_guard
from . import test_ticket_mirror
from . import test_ticket_moves
from . import test_ticket_street
from . import test_http_support
from . import test_tour_support
