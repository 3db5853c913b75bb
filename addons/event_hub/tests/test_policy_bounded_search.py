"""No expression and no data make the reader of mappings work or grow without limit."""

import json
import time

import pytest

from odoo.addons.event_hub.policies import bounded_search, mapping
from odoo.addons.event_hub.policies.cloudevents import BadEnvelope

SAMPLE = {"id": 1, "at": "2026-01-01T09:00:00Z", "ticket": {"number": 42}}
SECONDS = 5  # of a processor


def _doubled(step, times):
    return " | ".join([step] * times)


GREEDY = {
    "a list in lists": "{a: " + _doubled("[@,@]", 60) + "}",
    "a list in lists, compared": "{a: "
    + f"({_doubled('[@,@]', 30)}) == ({_doubled('[@,@]', 30)})"
    + "}",
    "an object in objects": "{a: " + _doubled("{a: @, b: @}", 60) + "}",
    "a flat list": "{a: [`1`] | " + _doubled("[@,@] | []", 60) + "}",
    "a text": "{a: 'x' | " + _doubled("join('',[@,@])", 60) + "}",
    "a text of lists": "{a: " + _doubled("[@,@]", 60) + " | to_string(@)}",
    "keys": "{a: " + _doubled("{a: to_string(@), b: to_string(@)}", 60) + "}",
}


@pytest.mark.parametrize("name", sorted(GREEDY))
def test_an_expression_that_grows_without_end_is_refused_at_once(name):
    mapped = mapping.Mapping(type="'a.b'", data=GREEDY[name])
    begun = time.process_time()
    with pytest.raises(BadEnvelope, match="mapping data"):
        mapping.read([mapped], SAMPLE)
    assert time.process_time() - begun < SECONDS


def test_an_expression_that_only_takes_long_is_refused(monkeypatch):
    monkeypatch.setattr(bounded_search, "STEPS", 10_000)
    long_way = mapping.Mapping(
        type="'a.b'", data="{a: list | " + _doubled("[*]", 50) + "}"
    )
    with pytest.raises(BadEnvelope, match="too many steps"):
        mapping.read([long_way], {"list": [{}] * 1000})


def test_glue_and_parts_of_a_sender_do_not_multiply():
    mapped = mapping.Mapping(type="'a.b'", data="{a: join(glue, parts)}")
    with pytest.raises(BadEnvelope, match="glue"):
        mapping.read([mapped], {"glue": "x" * 100_000, "parts": [""] * 100_000})
    [item] = mapping.read([mapped], {"glue": ", ", "parts": ["a", "b"]})
    assert item.event.data == {"a": "a, b"}


def test_large_data_that_is_only_taken_over_is_read():
    rows = [{"id": at, "name": "x" * 20, "tags": ["a", "b"]} for at in range(4_000)]
    value = {"rows": rows, "same": "x" * 900_000}
    mapped = mapping.Mapping(
        type="'a.b'",
        data="{rows: rows[?id >= `0`].{id: to_string(id), name: upper(name), tags: tags[]}, same: same}",
    )
    [item] = mapping.read([mapped], value)
    assert len(item.event.data["rows"]) == 4_000
    assert len(json.dumps(item.event.data)) > 1_000_000
