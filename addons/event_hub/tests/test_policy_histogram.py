import pytest

from odoo.addons.event_hub.tools import histogram


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, "1.0"), (1.0, "1.0"), (1.001, "5.0"), (5.0, "5.0"), (5.1, "+Inf")],
)
def test_a_wait_falls_into_the_smallest_bucket_that_holds_it(seconds, expected):
    assert histogram.bucket(seconds, (1.0, 5.0)) == expected


def test_totals_run_up_to_everything():
    counts = {"0.5": 1, "5.0": 2, "+Inf": 4}
    assert histogram.cumulative(counts, (0.5, 1.0, 5.0)) == [
        ("0.5", 1),
        ("1.0", 1),
        ("5.0", 3),
        ("+Inf", 7),
    ]


def test_every_edge_has_a_label_of_its_own_and_they_ascend():
    labels = [histogram.label(edge) for edge in histogram.LATENCY_EDGES]
    assert len(set(labels)) == len(labels)
    assert sorted(histogram.LATENCY_EDGES) == list(histogram.LATENCY_EDGES)
