"""`docs/events.md`: what the registry of event types says, as a page.

To write it anew after a change of an event type, on a database DB with the whole suite
installed:

    echo "from odoo.addons.saas_risk.tests.events_document import write; write(env)" | scripts/shell --test --db DB
"""

from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "events.md"


def committed():
    return FILE.read_text()


def write(env):
    FILE.write_text(env["event_hub.event_type"]._document())
