"""Types that are about components, not accounts: incidents and releases."""

from odoo.tests import tagged

from .common import HubCommon
from .common_outbox import HubCase

# type: (data that has all it needs, names that are required), as the contract lists them
TOLD = {
    "incident.opened": ({"incident": "INC-1", "severity": 1}, ("incident", "severity")),
    "incident.updated": (
        {"incident": "INC-1", "severity": 4, "component": "api"},
        ("incident", "severity"),
    ),
    "incident.resolved": (
        {
            "incident": "INC-1",
            "severity": 2,
            "started_at": "2026-01-01T09:00:00Z",
            "resolved_at": "2026-01-01T10:00:00Z",
        },
        ("incident", "severity"),
    ),
    "release.published": ({"version": "2.4", "components": ["api"]}, ("version",)),
}


@tagged("post_install", "-at_install")
class TestEventTypeRegistry(HubCommon, HubCase):
    def _told(self, code, data, **values):
        return self._event(code, values.pop("subject", None), data=data, **values)

    def test_incidents_and_releases_are_understood_without_an_account(self):
        messages = self._heard_and_processed(
            *(self._told(code, data) for code, (data, _names) in TOLD.items())
        )
        self.assertEqual(set(messages.mapped("state")), {"processed"})
        events = self._events(messages)
        self.assertEqual(
            [(e.type, e.case_type, e.attributes) for e in events],
            [
                (code, code.partition(".")[0], data)
                for code, (data, _names) in TOLD.items()
            ],
        )

    def test_an_incident_of_one_account_keeps_it(self):
        data = TOLD["incident.opened"][0]
        known, unknown = self._heard_and_processed(
            self._told("incident.opened", data, subject="T-001"),
            self._told("incident.opened", data, subject="NOBODY"),
        )
        self.assertEqual(self._events(known).account_id, self.account)
        self.assertEqual(unknown.state, "processed")
        self.assertFalse(self._events(unknown).account_id)

    def test_what_lacks_a_required_name_or_has_an_unknown_severity_waits(self):
        bad = [
            self._told(code, {k: v for k, v in data.items() if k != name})
            for code, (data, names) in TOLD.items()
            for name in names
        ]
        bad += [
            self._told("incident.opened", {"incident": "INC-1", "severity": severity})
            for severity in (0, 5, "1", 1.5)
        ]
        messages = self._heard_and_processed(*bad)
        self.assertEqual(
            set(messages.mapped(lambda m: (m.state, m.error_code))),
            {("parked", "schema")},
        )

    def test_each_says_who_owns_it_and_shows_a_sample_that_fits(self):
        types = self.env["event_hub.event_type"].search([("code", "in", list(TOLD))])
        self.assertEqual(len(types), len(TOLD))
        for event_type in types:
            self.assertTrue(event_type.owner_id.active)
            self.assertTrue(event_type.system_of_record)
            self.assertTrue(set(TOLD[event_type.code][1]) <= set(event_type.sample))

    def test_a_test_event_makes_no_rule_run_and_reaches_no_endpoint(self):
        self.env["event_hub.endpoint"].create(
            {"name": "All", "url": "https://example.com/hook", "event_pattern": "*"}
        )
        self.rule(model="event_hub.event", code="pass", event_pattern="*")
        test, ping = self._heard_and_processed(
            self._event("hub.test", None), self._event("test.ping")
        )
        self.assertEqual(
            (test.state, self._events(test).type), ("processed", "hub.test")
        )
        self.assertEqual(self._planned(test), [0, 0])
        self.assertEqual(self._planned(ping), [1, 1])

    def _planned(self, message):
        event_ids = self._events(message).ids
        return [
            self.env[model].search_count([("event_id", "in", event_ids)])
            for model in ("event_hub.run", "event_hub.delivery")
        ]
