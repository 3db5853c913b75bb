"""Local times of a file as UTC."""

from datetime import timedelta

import pytz

SECOND = timedelta(seconds=1)


class LocalTime:
    """From naive local time to naive UTC.

    Of an hour that happens twice, the first is meant. A time that the clocks jumped over becomes the moment of the
    jump, so that it stays between what was earlier and what was later on the clock; equal moments keep the order of
    the file. How many there were is kept in ``doubled`` and ``jumped``.
    """

    def __init__(self, name):
        """:raises pytz.UnknownTimeZoneError: and AttributeError where it is no text"""
        self._zone = pytz.timezone(name)
        self.name, self.doubled, self.jumped = name, 0, 0

    def __call__(self, moment):
        if self._zone is pytz.utc:
            return moment
        try:
            return _utc(self._zone.localize(moment, is_dst=None))
        except pytz.AmbiguousTimeError:
            self.doubled += 1
            return _utc(self._zone.localize(moment, is_dst=True))
        except pytz.NonExistentTimeError:
            self.jumped += 1
            return self._jump(moment.replace(microsecond=0))

    def _jump(self, moment):
        """:return: the first moment with the offset of after the jump, by halves: zones change at whole seconds"""
        before, after = (
            _utc(self._zone.localize(moment, is_dst=is_dst)) for is_dst in (True, False)
        )
        local = self._zone.fromutc
        while after - before > SECOND:
            middle = before + (after - before) // SECOND // 2 * SECOND
            if local(middle).utcoffset() == local(before).utcoffset():
                before = middle
            else:
                after = middle
        return after


def _utc(local):
    return local.astimezone(pytz.utc).replace(tzinfo=None)
