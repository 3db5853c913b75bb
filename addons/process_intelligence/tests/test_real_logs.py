"""Logs of real processes against the oracles. They are not ours to give away: name a folder that has them.

PROCESS_LOGS=/folder scripts/test addons/process_intelligence/tests/test_real_logs.py
"""

import base64
import csv
import gzip
import io
import logging
import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from odoo.tests import tagged

from . import oracle, oracle_flow
from .common_compared import ComparedCase

_logger = logging.getLogger(__name__)
FOLDER = os.environ.get("PROCESS_LOGS")
ZONE = ZoneInfo("Europe/Berlin")
HOURS = {day: [(8, 12), (13, 17)] for day in range(5)}


def text_of(name):
    raw = (Path(FOLDER) / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


class OpenSeconds:
    """Open seconds between two moments, by hours added up minute by minute once; independent of the product."""

    def __init__(self, first, last):
        self.first = first.replace(hour=0, minute=0, second=0, microsecond=0)
        minutes = int((last - self.first).total_seconds() // 60) + 2
        self.open = bytearray(minutes)
        self.before = [0]
        moment = self.first.replace(tzinfo=timezone.utc)
        for place in range(minutes):
            local = moment.astimezone(ZONE)
            hour = local.hour + local.minute / 60
            self.open[place] = any(
                low <= hour < high for low, high in HOURS.get(local.weekday(), ())
            )
            self.before.append(self.before[-1] + 60 * self.open[place])
            moment += timedelta(minutes=1)

    def upto(self, moment):
        minute, seconds = divmod((moment - self.first).total_seconds(), 60)
        return self.before[int(minute)] + seconds * self.open[int(minute)]


@tagged("post_install", "-at_install")
@(
    (lambda test: test)
    if FOLDER
    else pytest.mark.optional("PROCESS_LOGS=folder of real logs")
)
class TestRealLogs(ComparedCase):
    @classmethod
    def setUpClass(cls):
        if not FOLDER:
            raise AssertionError("PROCESS_LOGS names no folder of real logs.")
        super().setUpClass()

    def test_tickets_of_a_help_desk(self):
        columns = ("CaseID", "ActivityID", "CompleteTimestamp", None)
        self.proven(
            *self.imported(
                "helpdesk_eventlog.csv", columns, datetime.fromisoformat, tz="UTC"
            )
        )

    def test_incidents_of_an_it_department(self):
        columns = ("number", "incident_state", "sys_updated_at", "assigned_to")
        self.proven(
            *self.imported(
                "uci_incident_events_dev.csv.gz",
                columns,
                lambda text: datetime.strptime(text, "%d/%m/%Y %H:%M"),
                timestamp_format="%d/%m/%Y %H:%M",
            )
        )

    def imported(self, name, columns, parse, **options):
        text = text_of(name)
        case, activity, moment, who = columns
        events = [
            (
                row[case].strip(),
                row[activity].strip(),
                parse(row[moment].strip()),
                {"who": row[who].strip().replace("?", "") if who else ""},
            )
            for row in csv.DictReader(io.StringIO(text))
        ]
        definition = self.definitions.create({"name": name})
        began = time.monotonic()
        answer = definition.import_csv(
            base64.b64encode(text.encode()).decode(),
            case,
            activity,
            moment,
            resource=who,
            **options,
        )
        self.assertEqual((answer["events"], answer["rejected_total"]), (len(events), 0))
        self.settle()
        _logger.info(
            "%s: %s events, %s cases, read and worked out in %.1f s",
            *(name, answer["events"], answer["cases"], time.monotonic() - began),
        )
        return definition, oracle.traces(events)

    def proven(self, definition, cases):
        self.compare(definition.with_user(self.reader), cases)
        answer = definition.process_map()
        _logger.info(
            "map: %s activities, %s moves, %s ways: equal to the oracle",
            *(len(answer["activities"]), len(answer["transitions"])),
            len(oracle.variants(cases)),
        )
        self.check_business_time(definition, cases)

    def check_business_time(self, definition, cases):
        definition.calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": ZONE.key,
                "company_id": self.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": f"{day} {low}",
                            "dayofweek": str(day),
                            "hour_from": low,
                            "hour_to": high,
                        },
                    )
                    for day, hours in HOURS.items()
                    for low, high in hours
                ],
            }
        )
        moments = [at for steps in cases.values() for _n, at, _a in steps]
        clock = OpenSeconds(min(moments), max(moments))
        expected = {}
        for steps in cases.values():
            for (source, left, _a), (target, right, _b) in zip(
                steps, steps[1:], strict=False
            ):
                expected.setdefault((source, target), []).append(
                    clock.upto(right) - clock.upto(left)
                )
        self.settle()
        self.near(
            {
                (m["source"], m["target"]): tuple(m["business_seconds"].values())
                for m in definition.statistics()["transitions"]
            },
            {
                pair: tuple(oracle_flow.figures(values).values())
                for pair, values in expected.items()
            },
        )
        total = sum(map(sum, expected.values()))
        _logger.info("business time: %.1f h, equal to a count by minutes", total / 3600)
