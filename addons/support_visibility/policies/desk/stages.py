"""Which stages the tickets of a team stand in. A stage without teams is everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """:param team_ids: empty: for all teams, and for tickets of no team"""

    id: int
    state: str
    team_ids: frozenset[int] = frozenset()

    def is_for(self, team_id: int | None) -> bool:
        return not self.team_ids or team_id in self.team_ids


def first(stages: Sequence[Stage], state: str, team_id: int | None) -> int | None:
    """:param stages: in their order
    :return: where a ticket of this team stands that comes to ``state``

    A ticket of no team falls back to a stage of some team rather than to none.
    """
    of_state = [stage for stage in stages if stage.state == state]
    usable = [stage for stage in of_state if stage.is_for(team_id)]
    if not usable and team_id is None:
        usable = of_state
    return usable[0].id if usable else None


def after_change_of_team(
    stages: Sequence[Stage], stage_id: int, state: str, team_id: int | None
) -> int | None:
    """:return: where a ticket stands that came to this team in ``state``: where it was, if the team has that stage"""
    here = next((stage for stage in stages if stage.id == stage_id), None)
    if here and here.is_for(team_id):
        return stage_id
    return first(stages, state, team_id)


def lacking(
    stages: Sequence[Stage], states: Iterable[str], team_ids: Iterable[int]
) -> list[tuple[int | None, str]]:
    """:return: each (team, state) for which there is no stage; team None: no stage of that state at all"""
    found: list[tuple[int | None, str]] = []
    teams = list(team_ids)
    for state in states:
        if not any(stage.state == state for stage in stages):
            found.append((None, state))
        else:
            found += [(t, state) for t in teams if first(stages, state, t) is None]
    return found
