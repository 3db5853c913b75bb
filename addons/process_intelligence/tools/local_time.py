"""Local times of a file as UTC."""

import pytz


class LocalTime:
    """From naive local time to naive UTC.

    Of an hour that happens twice, the first is meant. A time that the clocks jumped over is counted on from before the
    jump, so it stays behind what was earlier on the clock; how many there were is kept in ``jumped``.
    """

    def __init__(self, name):
        """:raises pytz.UnknownTimeZoneError: and AttributeError where it is no text"""
        self._zone = pytz.timezone(name)
        self.name, self.jumped = name, 0

    def __call__(self, moment):
        if self._zone is pytz.utc:
            return moment
        return self._localized(moment).astimezone(pytz.utc).replace(tzinfo=None)

    def _localized(self, moment):
        try:
            return self._zone.localize(moment, is_dst=None)
        except pytz.AmbiguousTimeError:
            return self._zone.localize(moment, is_dst=True)
        except pytz.NonExistentTimeError:
            self.jumped += 1
            return self._zone.localize(moment, is_dst=False)
