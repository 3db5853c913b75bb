"""Comparisons of a process with the oracles: map, statistics, ways, rework and handovers."""

from . import oracle, oracle_flow, oracle_work
from .common import ProcessCase


class ComparedCase(ProcessCase):
    def settle(self):
        while self.env["process_intelligence.store"]._refresh():
            pass

    def compare(self, definition, cases):
        self.check_map(definition.process_map(), oracle.process_map(cases))
        self.check_statistics(definition.statistics(), *oracle_flow.statistics(cases))
        self.assertEqual(
            {
                tuple(way["path"]): way["count"]
                for way in definition.variants(limit=10_000)
            },
            oracle.variants(cases),
        )
        self.check_rework(definition.rework(), *oracle_work.rework(cases))
        self.check_handoffs(
            definition.handoffs(limit=1000), *oracle_work.handoffs(cases)
        )

    def check_map(self, answer, expected):
        self.assertEqual(
            {
                a["name"]: (a["count"], a["start"], a["end"])
                for a in answer["activities"]
            },
            expected["activities"],
        )
        self.near(
            {
                (t["source"], t["target"]): (
                    t["count"],
                    t["p50_seconds"],
                    t["p95_seconds"],
                )
                for t in answer["transitions"]
            },
            expected["transitions"],
        )
        self.assertEqual(
            (answer["cases"], answer["events"]), (expected["cases"], expected["events"])
        )

    def check_statistics(self, answer, activities, moves):
        self.assertEqual(
            {
                a["name"]: (a["count"], a["cases"], a["max_repetition"])
                for a in answer["activities"]
            },
            activities,
        )
        self.near(
            {
                (m["source"], m["target"]): (
                    m["count"],
                    m["cases"],
                    m["max_repetition"],
                    *m["seconds"].values(),
                )
                for m in answer["transitions"]
            },
            {
                pair: (*counts, *found.values())
                for pair, (*counts, found) in moves.items()
            },
        )

    def check_rework(self, answer, activities, touched, clean):
        self.near(
            {
                a["name"]: (
                    a["cases"],
                    a["repeats"],
                    a["self_loops"],
                    a["self_loop_cases"],
                    a["returns"],
                    a["return_cases"],
                    a["seconds"],
                )
                for a in answer["activities"]
            },
            activities,
        )
        self.assertEqual(
            (answer["cases"], answer["first_pass_cases"]), (touched, clean)
        )

    def check_handoffs(self, answer, moves, kept, unknown, back):
        self.near(
            {
                (m["source"], m["target"]): (
                    m["count"],
                    m["cases"],
                    m["median_seconds"],
                )
                for m in answer["network"]
            },
            moves,
        )
        self.assertEqual((answer["kept"], answer["unknown"]), (kept, unknown))
        self.assertEqual(
            {
                (p["first"], p["other"]): (p["count"], p["cases"])
                for p in answer["ping_pong"]["pairs"]
            },
            back,
        )

    def near(self, found, expected):
        """The same keys, and figures that differ by less than a millisecond."""
        self.assertEqual(set(found), set(expected))
        for key, figures in expected.items():
            for one, other in zip(found[key], figures, strict=True):
                self.assertLess(abs(one - other), 0.001, key)
