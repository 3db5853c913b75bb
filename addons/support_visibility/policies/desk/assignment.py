"""Who gets the tickets of a queue: decided for a whole batch, so that turns and loads inside it count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

MANUAL = "manual"  #: people take or assign tickets themselves
ROUND_ROBIN = "round_robin"  #: in turn, by the order of the agents
LEAST_LOADED = "least_loaded"  #: whoever has the fewest open tickets
BY_SKILL = "by_skill"  #: of those who have all skills asked for, the least loaded
ACCOUNT_OWNER = (
    "account_owner"  #: the owner of the account; if not possible, the least loaded
)
METHODS = [
    (MANUAL, "By hand"),
    (ROUND_ROBIN, "In turn"),
    (LEAST_LOADED, "Least loaded"),
    (BY_SKILL, "By skill"),
    (ACCOUNT_OWNER, "Owner of the account"),
]
BLIND = frozenset({ROUND_ROBIN, LEAST_LOADED})  #: they look at nothing of the ticket

# Why somebody was chosen.
TURN, LOAD, SKILL, OWNER = "turn", "load", "skill", "owner"
# Why nobody was.
NO_AGENT = "no_agent"  # the team has nobody
AWAY = "away"  # nobody is here
UNSKILLED = "unskilled"  # of those who are here, nobody has all the skills
GAVE_BACK = "gave_back"  # whoever is left gave this ticket back
FULL = "full"  # nobody who could take it has room


@dataclass(frozen=True)
class Agent:
    """A person of the team.

    :param load: open tickets of this person
    :param capacity: most open tickets at once; 0: no limit
    :param is_here: not away, and may have tickets now
    """

    user_id: int
    load: int = 0
    capacity: int = 0
    skills: frozenset[int] = frozenset()
    is_here: bool = True

    @property
    def has_room(self) -> bool:
        return not self.capacity or self.load < self.capacity


@dataclass(frozen=True)
class Ask:
    """A ticket that waits for a person.

    :param skills: all of them are needed, where the team goes by skill
    :param owner_id: user who owns the account
    :param gave_back: users who put this ticket back into the queue
    """

    ticket_id: int
    skills: frozenset[int] = frozenset()
    owner_id: int | None = None
    gave_back: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """Who gets a ticket and why.

    :param user_id: None: it waits in the queue
    :param why: a code from above
    :param load: open tickets of the chosen one before this ticket
    :param place: of the chosen one in the order of the team, from 1
    :param among: how many are in that order (turn), or could have taken it (else)
    :param after_id: who had the turn before; None: nobody
    :param owner_id: the owner of the account, where the team goes by owner and it is somebody else
    """

    ticket_id: int
    user_id: int | None
    why: str
    load: int = 0
    place: int = 0
    among: int = 0
    after_id: int | None = None
    owner_id: int | None = None


def is_away(begin: datetime | None, end: datetime | None, at: datetime) -> bool:
    """:param begin: None: has begun already
    :param end: None: no absence"""
    return end is not None and (begin is None or begin <= at) and at < end


def assign(
    method: str,
    asks: Iterable[Ask],
    agents: Sequence[Agent],
    last_turn: int | None = None,
) -> list[Choice]:
    """:param asks: in the order in which they are served
    :param last_turn: user who was given the last ticket of this team
    :return: one choice per ask; none while the method is ``manual``
    """
    if method == MANUAL:
        return []
    desk = {agent.user_id: agent for agent in sorted(agents, key=lambda a: a.user_id)}
    choices = []
    for ask in asks:
        choice = _choose(method, ask, list(desk.values()), last_turn)
        choices.append(choice)
        if choice.user_id is not None:
            taker = desk[choice.user_id]
            desk[choice.user_id] = replace(taker, load=taker.load + 1)
            last_turn = choice.user_id
    return choices


def _choose(
    method: str, ask: Ask, desk: Sequence[Agent], last_turn: int | None
) -> Choice:
    able, problem = _able(method, ask, desk)
    if not able:
        return Choice(ask.ticket_id, None, problem)
    ring = _ring(able, last_turn)
    if method == ROUND_ROBIN:
        return _told(ask, TURN, ring[0], desk, len(desk), last_turn)
    if method == ACCOUNT_OWNER:
        owner = next((agent for agent in able if agent.user_id == ask.owner_id), None)
        if owner:
            return _told(ask, OWNER, owner, desk, len(able), last_turn)
    chosen = min(
        ring, key=lambda agent: agent.load
    )  # the first of the ring among equals
    why = SKILL if method == BY_SKILL and ask.skills else LOAD
    told = _told(ask, why, chosen, desk, len(able), last_turn)
    return replace(told, owner_id=ask.owner_id) if method == ACCOUNT_OWNER else told


def _able(method: str, ask: Ask, desk: Sequence[Agent]) -> tuple[list[Agent], str]:
    """:return: who can take it; if nobody can, the first reason that leaves nobody"""
    wanted = ask.skills if method == BY_SKILL else frozenset()
    left = list(desk)
    if not left:
        return [], NO_AGENT
    for problem, kept in (
        (AWAY, lambda agent: agent.is_here),
        (UNSKILLED, lambda agent: wanted <= agent.skills),
        (GAVE_BACK, lambda agent: agent.user_id not in ask.gave_back),
        (FULL, lambda agent: agent.has_room),
    ):
        left = [agent for agent in left if kept(agent)]
        if not left:
            return [], problem
    return left, ""


def _ring(able: Sequence[Agent], last_turn: int | None) -> list[Agent]:
    """:return: the able in order of turns, beginning after the last one"""
    later = [a for a in able if last_turn is None or a.user_id > last_turn]
    return later + [a for a in able if a not in later]


def _told(
    ask: Ask,
    why: str,
    chosen: Agent,
    desk: Sequence[Agent],
    among: int,
    last_turn: int | None,
) -> Choice:
    place = 1 + [agent.user_id for agent in desk].index(chosen.user_id)
    return Choice(
        ask.ticket_id, chosen.user_id, why, chosen.load, place, among, last_turn
    )
