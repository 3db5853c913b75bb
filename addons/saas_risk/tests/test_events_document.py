from odoo.tests import TransactionCase, tagged

from . import events_document

HOW = "Write docs/events.md anew (see tests/events_document.py) and review its diff."


@tagged("post_install", "-at_install")
class TestEventsDocument(TransactionCase):
    """docs/events.md says what the registry says."""

    maxDiff = None

    def test_the_page_is_the_registry(self):
        now = self.env["event_hub.event_type"]._document()
        self.assertEqual(
            _normalised(now), _normalised(events_document.committed()), HOW
        )

    def test_what_was_made_here_is_not_on_the_page(self):
        self.env["event_hub.event_type"].create({"code": "own.type", "name": "Own"})
        self.assertNotIn("own.type", self.env["event_hub.event_type"]._document())


def _normalised(text):
    return [line.rstrip() for line in text.splitlines() if line.strip()]
