import base64

from lxml import etree

from . import oracle
from .common import ProcessCase

XES = "{http://www.xes-standard.org/}"
TWO_TRACES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <trace>
    <string key="concept:name" value="T1"/><string key="tier" value="gold"/>
    <event><string key="concept:name" value="Open"/><date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>
      <string key="org:resource" value="ann"/><int key="amount" value="5"/></event>
    <event><string key="concept:name" value="Close"/><date key="time:timestamp" value="2026-03-02T10:00:00Z"/>
      <string key="lifecycle:transition" value="complete"/></event>
  </trace>
  <trace><string key="concept:name" value="T2"/>
    <event><string key="concept:name" value="Open"/><date key="time:timestamp" value="2026-03-03T09:00:00"/></event>
  </trace>
</log>"""


def content(answer):
    return base64.b64decode(answer["data_base64"])


class ExchangeCase(ProcessCase):
    def stored(self, definition):
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition._stale_state(), (0, False))

    def twice(self, definition):
        """From the events, then from what is stored."""
        yield definition
        self.stored(definition)
        yield definition

    def traces_of_xes(self, answer):
        root = etree.fromstring(content(answer))
        value = f"{XES}string[@key='concept:name']"
        return {
            trace.find(value).get("value"): [
                (
                    event.find(value).get("value"),
                    event.find(f"{XES}date").get("value"),
                )
                for event in trace.iter(f"{XES}event")
            ]
            for trace in root.iter(f"{XES}trace")
        }

    def expected(self, events):
        return {
            case: [
                (name, at.isoformat(timespec="microseconds") + "+00:00")
                for name, at, _attributes in steps
            ]
            for case, steps in oracle.traces(events).items()
        }
