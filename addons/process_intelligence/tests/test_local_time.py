from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import TransactionCase

from odoo.addons.process_intelligence.tools.local_time import LocalTime

UTC = ZoneInfo("UTC")
#: Zones and days on which their clocks jump, by an hour and by half an hour.
JUMPS = (
    ("Europe/Berlin", datetime(2026, 3, 28)),
    ("America/New_York", datetime(2026, 3, 7)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3)),
    ("Europe/Berlin", datetime(2026, 10, 24)),
)


class TestLocalTime(TransactionCase):
    def test_local_times_keep_their_order_over_a_jump(self):
        for name, day in JUMPS[:3]:
            clock, zone = LocalTime(name), ZoneInfo(name)
            told = [day + timedelta(minutes=minute) for minute in range(2 * 24 * 60)]
            read = [clock(moment) for moment in told]
            with self.subTest(zone=name):
                self.assertEqual(read, sorted(read))
                there = [
                    utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
                    for utc in read
                ]
                jumped = [n for n, moment in enumerate(told) if there[n] != moment]
                self.assertEqual(clock.jumped, len(jumped))
                self.assertIn(clock.jumped, (30, 60))
                after = jumped[-1] + 1
                self.assertEqual({read[n] for n in jumped}, {read[after]})

    def test_an_hour_that_happens_twice_is_the_first(self):
        clock, zone = LocalTime("Europe/Berlin"), ZoneInfo("Europe/Berlin")
        for minute in range(2 * 24 * 60):
            moment = JUMPS[3][1] + timedelta(minutes=minute)
            utc = moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
            self.assertEqual(clock(moment), utc)
        self.assertEqual((clock.doubled, clock.jumped), (60, 0))
