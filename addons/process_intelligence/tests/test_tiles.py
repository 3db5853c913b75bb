import random
from datetime import datetime, timedelta
from statistics import median

from odoo.tests import HttpCase, new_test_user, tagged

from ..policies.tiles import (
    AS_BEFORE,
    FASTER,
    LEAST_ENDED,
    SLOWER,
    Change,
    Span,
    change,
)
from .common import ProcessCase, encoded

START = datetime(2026, 1, 5)


def test_log(seed, cases=120):
    """:return: ``{case: [(activity, moment)]}``; some do not end"""
    rng = random.Random(seed)
    log = {}
    for number in range(cases):
        moment = START + timedelta(hours=rng.randrange(24 * 120))
        steps = [("Open", moment)]
        for name in rng.sample(["Ask", "Check"], rng.randrange(3)):
            moment += timedelta(minutes=rng.randrange(1, 9000))
            steps.append((name, moment))
        if rng.random() < 0.8:
            steps.append(("Close", moment + timedelta(minutes=rng.randrange(1, 9000))))
        log[f"C{number}"] = steps
    return log


def as_csv(log):
    rows = [
        f"{case},{activity},{moment.isoformat()}"
        for case, steps in log.items()
        for activity, moment in steps
    ]
    return "\n".join(["case,activity,time", *rows])


def headline_of(log):
    """The same, worked out slowly."""
    until = max(steps[-1][1] for steps in log.values())
    spans = {True: [], False: []}
    weeks = [0] * 12
    for steps in log.values():
        first, last = steps[0][1], steps[-1][1]
        ago = (until - last) / timedelta(days=1)
        if steps[-1][0] == "Close" and ago < 60:
            spans[ago < 30].append((last - first).total_seconds())
        week = (until - first) // timedelta(weeks=1)
        if week < 12:
            weeks[11 - week] += 1
    return {
        "cases": len(log),
        "until": until.isoformat() + "Z",
        "ended": len(spans[True]),
        "median_seconds": median(spans[True]) if spans[True] else False,
        "ended_before": len(spans[False]),
        "median_seconds_before": median(spans[False]) if spans[False] else False,
        "weeks": weeks,
    }


test_log.__test__ = False


@tagged("post_install", "-at_install")
class TestTiles(ProcessCase):
    def setUp(self):
        super().setUp()
        self.analyses = self.env["process_intelligence.analysis"].with_user(self.reader)

    def _of(self, log):
        definition = self.define(as_csv(log))
        self.env["process_intelligence.store"]._refresh()  # notes the names
        definition.end_activity_ids = definition.activity_ids.filtered(
            lambda activity: activity.name == "Close"
        )
        definition._mark_stale()
        return definition

    def _starred(self, definition, **values):
        kept = self.analyses.create(
            {"name": "Mine", "definition_id": definition.id, **values}
        )
        kept.toggle_favourite()
        return kept

    def test_figures_are_those_of_a_slow_count(self):
        for seed in range(5):
            log = test_log(seed)
            definition = self._of(log)
            for _turn in ("from events", "from what is stored"):
                told = definition.headline()
                told.pop("change")
                self.assertEqual(told, headline_of(log))
                self.env["process_intelligence.store"]._refresh()

    def test_filters_count(self):
        log = test_log(7)
        asked = {c: s for c, s in log.items() if "Ask" in dict(s)}
        told = self._of(log).headline({"has": ["Ask"]})
        told.pop("change")
        self.assertEqual(told, headline_of(asked))

    def test_without_cases_nothing_is_said(self):
        told = self._of(test_log(1)).headline({"has": ["Never"]})
        self.assertEqual((told["cases"], told["until"]), (0, False))
        self.assertEqual((told["median_seconds"], told["change"]), (False, False))
        self.assertEqual(told["weeks"], [0] * 12)

    def test_a_tile_for_each_favourite_one_may_read(self):
        definition = self._of(test_log(3))
        mine = self._starred(definition, filters={"has": ["Ask"]}, tab="rework")
        self.analyses.create({"name": "Not starred", "definition_id": definition.id})
        [tile] = self.analyses.tiles()
        self.assertEqual(
            (tile["id"], tile["definition_id"], tile["tab"], tile["problem"]),
            (mine.id, (definition.id, definition.name), "rework", False),
        )
        self.assertEqual(
            tile["headline"],
            definition.with_user(self.reader).headline({"has": ["Ask"]}),
        )
        self.assertFalse(self.analyses.with_user(self.manager).tiles())

    def test_what_is_no_longer_shared_or_readable_goes(self):
        definition = self._of(test_log(3))
        shared = self._starred(definition, shared=True)
        theirs = self.analyses.with_user(self.manager)
        shared.with_user(self.manager).toggle_favourite()
        self.assertEqual([tile["id"] for tile in theirs.tiles()], shared.ids)
        shared.shared = False
        self.assertFalse(theirs.tiles())
        other = self.env["res.company"].create({"name": "PI Other"})
        self.reader.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.env.invalidate_all()
        self.assertFalse(self.analyses.tiles())

    def test_one_that_cannot_be_asked_says_why_and_the_others_stand(self):
        definition = self._of(test_log(3))
        broken, _fine = self._starred(definition), self._starred(definition, name="Z")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE process_intelligence_analysis SET filters = '{\"gone\": 1}' WHERE id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        first, second = self.analyses.tiles()
        self.assertIn("gone", first["problem"])
        self.assertFalse(first["headline"])
        self.assertTrue(second["headline"])

    def test_outsiders_have_none(self):
        outsider = new_test_user(self.env, "pi_tiles_out", "base.group_user")
        with self.assertRaisesRegex(Exception, "not allowed"):
            self.analyses.with_user(outsider).tiles()

    def test_changes_in_words(self):
        few, day = LEAST_ENDED, 86_400.0
        for lately, before, expected in (
            (Span(few, day), Span(few, 2 * day), Change(FASTER, -0.5)),
            (Span(few, 3 * day), Span(few, 2 * day), Change(SLOWER, 0.5)),
            (Span(few, day), Span(few, day), Change(AS_BEFORE, 0.0)),
            (Span(few - 1, day), Span(few, day), None),
            (Span(few, day), Span(few - 1, day), None),
            (Span(few, day), Span(few, 0.0), None),
        ):
            self.assertEqual(change(lately, before), expected)


@tagged("post_install", "-at_install")
class TestTourTiles(HttpCase):
    def test_favourites_stand_on_the_overview(self):
        definition = self.env["process_intelligence.definition"].create(
            {"name": "Tour tiles"}
        )
        rows = ["case,activity,time"]
        for number in range(12):
            month, hours = (3, 4) if number < 6 else (4, 2)
            day = 1 + number % 6
            rows += [
                f"T{number},Open,2026-{month:02}-{day + 9:02} 08:00:00",
                f"T{number},Ask,2026-{month:02}-{day + 9:02} {8 + hours:02}:00:00",
            ]
        definition.import_csv(encoded("\n".join(rows)), "case", "activity", "time")
        self.env["process_intelligence.store"]._refresh()
        admin = self.env.ref("base.user_admin")
        self.env["process_intelligence.analysis"].with_user(admin).create(
            {
                "name": "Asked back",
                "definition_id": definition.id,
                "filters": {"has": ["Ask"]},
            }
        )
        definition.end_activity_ids = definition.activity_ids.filtered(
            lambda activity: activity.name == "Ask"
        )
        self.start_tour(
            "/odoo/process-overview", "process_intelligence_tiles", login="admin"
        )
