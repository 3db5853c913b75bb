from unittest import TestCase

from ..policies.seeing.spoken import minutes_words


class TestSpoken(TestCase):
    def test_minutes_as_people_say_them(self):
        for minutes, words in (
            (0, "0 min"),
            (59.4, "59 min"),
            (59.6, "1 h"),
            (65, "1 h 05 min"),
            (252, "4 h 12 min"),
            (47 * 60 + 59, "47 h 59 min"),
            (48 * 60, "2 d"),
            (51 * 60, "2 d 3 h"),
        ):
            self.assertEqual(minutes_words(minutes), words)
