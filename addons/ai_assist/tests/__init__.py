from . import test_erasure
from . import test_suggestion
from . import test_http_ai
from . import test_tour_ai
