from . import test_dashboard, test_http_dashboard
