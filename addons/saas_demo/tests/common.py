from unittest.mock import patch

from odoo.addons.event_hub.policies.net_address import parse_allow_hosts
from odoo.addons.event_hub.tools import settings
from odoo.addons.saas_demo.policies.personas import BY_LOGIN

HOST = "127.0.0.1:8069"


def provision(env):
    """Set the demo up and return what ``scripts/serve`` writes to demo.json.

    ``scripts/serve`` allows the echo's address in odoo.conf; the configuration of the tests does not.
    """
    with patch.object(settings, "allow_hosts", return_value=parse_allow_hosts(HOST)):
        answer = env["saas_demo.setup"]._provision(f"http://{HOST}")
    assert set(answer["users"]) == set(BY_LOGIN)
    return answer
