"""How content customers were, from their ratings."""

from __future__ import annotations

from dataclasses import dataclass

GREAT, OKAY, BAD = 5, 3, 1
VALUES = (GREAT, OKAY, BAD)
SHOWN_DAYS = 90


@dataclass(frozen=True)
class Satisfaction:
    rated: int  # how many ratings
    happy: int  # of them GREAT
    unhappy: int  # of them BAD

    @property
    def percent(self) -> int | None:
        """:return: share of happy ones, rounded to the nearest whole percent, halves up; None if nobody rated"""
        return (
            (200 * self.happy + self.rated) // (2 * self.rated) if self.rated else None
        )


def count(ratings: dict[float, int]) -> Satisfaction:
    """:param ratings: ``{value from 1 to 5: how often}``"""
    happy = sum(n for value, n in ratings.items() if value >= 4)
    unhappy = sum(n for value, n in ratings.items() if value < 2)
    return Satisfaction(sum(ratings.values()), happy, unhappy)
