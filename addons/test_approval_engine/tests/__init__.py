from . import test_deadline
from . import test_execution
from . import test_http_rpc
from . import test_http_xmlrpc
from . import test_mail
from . import test_query_count
from . import test_race
from . import test_seams
