from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.event_hub.tools import otel, settings

from .common import HubCommon

NOON = datetime(2026, 3, 1, 12)
ON = {"otel_service": "odoo"}


@tagged("post_install", "-at_install")
class TestOtelOff(HubCommon, TransactionCase):
    def test_without_the_setting_nothing_is_told(self):
        with patch.object(settings, "_section", lambda: {}):
            self.assertFalse(otel.is_on())
            otel.record("x", "a" * 32, started=NOON, ended=NOON)
            self._heard_and_processed(self._payment())

    def test_without_the_package_nothing_breaks(self):
        with (
            patch.object(settings, "_section", lambda: ON),
            patch.object(otel, "otel_trace", None),
        ):
            self.assertFalse(otel.is_on())
            otel.record("x", "a" * 32, started=NOON, ended=NOON)
            message = self._heard_and_processed(self._payment())
        self.assertEqual(message.state, "processed")


@tagged("post_install", "-at_install")
class TestOtelOn(HubCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
            InMemorySpanExporter,
        )

        self.spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        otel.use_provider(provider)
        self.startPatcher(patch.object(settings, "_section", lambda: ON))

    def _commit(self):
        self.env.flush_all()
        self.env.cr.flush()
        self.env.cr.postcommit.run()

    def test_a_span_belongs_to_the_story_and_lasts_as_long_as_the_step(self):
        ended = NOON + timedelta(seconds=2)
        otel.record("hub.deliver", "ab" * 16, started=NOON, ended=ended, error="dead")
        (span,) = self.spans.get_finished_spans()
        self.assertEqual(f"{span.context.trace_id:032x}", "ab" * 16)
        self.assertEqual(span.end_time - span.start_time, 2 * 10**9)
        self.assertFalse(span.status.is_ok)

    def test_what_has_no_story_is_not_told(self):
        for correlation in (None, "", "x" * 32, "0" * 32):
            otel.record("x", correlation, started=NOON, ended=NOON)
        self.assertFalse(self.spans.get_finished_spans())

    def test_processing_is_told_once_it_is_committed_without_payload(self):
        message = self._heard_and_processed(self._payment("INV-SECRET"))
        self.assertFalse(self.spans.get_finished_spans())
        self._commit()
        told = [s for s in self.spans.get_finished_spans() if s.name == "hub.process"]
        (span,) = told
        self.assertEqual(f"{span.context.trace_id:032x}", message.correlation)
        self.assertEqual(span.attributes["hub.source"], self.source.code)
        self.assertNotIn("INV-SECRET", str(dict(span.attributes)))
