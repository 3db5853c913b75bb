"""Which layer a test file belongs to, by its place and its name."""

from pathlib import Path

DEMO = "saas_demo"
KINDS = (("test_policy_", "policies"), ("test_http_", "http"), ("test_tour_", "tours"))


def layer_of(path):
    """`path` is relative to the checkout."""
    path = Path(path)
    if path.parts[:1] != ("addons",):
        return "system"
    kinds = [layer for prefix, layer in KINDS if path.name.startswith(prefix)]
    if path.parts[1] == DEMO and kinds != ["policies"]:
        return "demo"
    return kinds[0] if kinds else "models"
