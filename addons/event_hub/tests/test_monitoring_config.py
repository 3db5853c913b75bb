from prometheus_client.parser import text_string_to_metric_families

from odoo.tests import tagged

from odoo.addons.event_hub.models import event_hub_monitor_metrics

from .common import HubCommon
from .common_outbox import HubCase
from .promql import alerts, asked, panels

BY_PROMETHEUS = ("job", "instance")  # labels that every scraped series gets


@tagged("post_install", "-at_install")
class TestMonitoringConfig(HubCommon, HubCase):
    """Each panel and alert asks for metrics and labels that a scrape really holds."""

    def setUp(self):
        super().setUp()
        self.rule()
        self.env["event_hub.endpoint"].create(
            {"name": "Outside", "url": "https://example.com/hook"}
        )
        event_hub_monitor_metrics._cache.clear()
        text = self.env["event_hub.monitor"].sudo()._metrics().decode()
        self.labels = {"up": set(BY_PROMETHEUS)}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                known = self.labels.setdefault(sample.name, set(BY_PROMETHEUS))
                known.update(sample.labels)

    def _check(self, what, expression):
        self.assertTrue(asked(expression), what)
        for metric, labels in asked(expression):
            with self.subTest(what=what, metric=metric):
                self.assertIn(metric, self.labels)
                self.assertLessEqual(labels, self.labels[metric], expression)

    def test_each_panel_of_the_dashboard_finds_its_metrics_and_labels(self):
        self.assertGreater(len(panels()), 15)
        for title, expression in panels():
            self._check(title, expression)

    def test_each_alert_rule_finds_its_metrics_and_labels(self):
        self.assertGreater(len(alerts()), 10)
        for name, expression in alerts():
            self._check(name, expression)

    def test_every_metric_of_the_hub_is_on_the_dashboard_or_in_an_alert(self):
        shown = {
            metric
            for _name, expression in [*panels(), *alerts()]
            for metric, _labels in asked(expression)
        }
        own = {name for name in self.labels if name.startswith("hub_")}
        unseen = {n for n in own - shown if not n.endswith(("_sum", "_count"))}
        self.assertEqual(unseen, {"hub_info"})
