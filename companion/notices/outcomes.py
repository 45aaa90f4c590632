"""What came of each notification that was shown: acted on in time, or not. Pure; time is passed in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from companion.notices.features import folded
from companion.notices.rules import programs
from companion.notices.types import Cause, Happened, Notice

Place = int | tuple[str, str]

LIMIT_SECONDS = 300.0  # within which acting on it counts
MOST_WAITING = 5_000
_OFF = (Cause.EXPIRED, Cause.DISMISSED)  # of the screen


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a notice: whether the person acted on it, and what was known of it when it came."""

    notice: Notice
    seen: Mapping[str, float]
    acted: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    notice: Notice
    seen: Mapping[str, float]
    until: float
    weight: float
    in_front: bool  # whether its program was when it came


class Outcomes:
    """Waits for what comes of notices.

    Acted on is a notice whose action was chosen, or whose program was turned to, within ``limit`` seconds. One that
    its program took back, or that somebody else closed, says nothing. That one was closed by hand says no more than
    that it is off the screen: a nuisance is closed as well, so it counts by whether the program is turned to then.
    One whose program was in front already says nothing by itself: it may have been read there.
    """

    def __init__(self, limit: float = LIMIT_SECONDS) -> None:
        self._limit = limit
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._at: dict[Place, int] = {}
        self._front: frozenset[str] = frozenset()  # the names of the program that was turned to last

    def shown(self, notice: Notice, seen: Mapping[str, float], time: float, *, weight: float = 1.0) -> None:
        """Wait for what comes of a notice that is shown from ``time`` (UTC seconds) on."""
        in_front = not self._front.isdisjoint(programs(notice))
        self._waiting[notice.number] = _Waiting(notice, seen, time + self._limit, weight, in_front)
        if (at := place(notice)) is not None:
            self._at[at] = notice.number
        while len(self._waiting) > MOST_WAITING:
            self.drop([next(iter(self._waiting))])

    def happened(self, what: Happened) -> list[Outcome]:
        """Take in what became of a notification, and return what is known by it."""
        at = place_of(what)
        found = self._waiting.get(self._at.get(at, -1)) if at is not None else None
        if found is None or what.daemon not in ("", found.notice.daemon) or what.cause in _OFF:
            return []  # the person may still turn to its program
        self.drop([found.notice.number])
        acted = what.cause is Cause.ACTION and what.time <= found.until
        return [_outcome(found, acted=True)] if acted else []

    def opened(self, number: int) -> list[Outcome]:
        """Take in that the person opened a notice with us."""
        found = self._waiting.get(number)
        self.drop([number])
        return [] if found is None else [_outcome(found, acted=True)]

    def turned_to(self, app: str, time: float) -> list[Outcome]:
        """Take in that the person turned to a program."""
        name = folded(app)
        self._front = known = frozenset({name, name.rpartition(".")[2]} - {""})
        found = [
            one
            for one in self._waiting.values()
            if one.notice.time <= time <= one.until and not known.isdisjoint(programs(one.notice))
        ]
        self.drop(one.notice.number for one in found)
        return [_outcome(one, acted=True) for one in found]

    def due(self, time: float) -> list[Outcome]:
        """Return what nobody acted on in time."""
        late = [one for one in self._waiting.values() if one.until < time]
        self.drop(one.notice.number for one in late)
        return [_outcome(one, acted=False) for one in late if not one.in_front]

    def drop(self, numbers: Iterable[int]) -> None:
        """Wait no more for some."""
        for number in numbers:
            found = self._waiting.pop(number, None)
            at = place(found.notice) if found is not None else None
            if at is not None and self._at.get(at) == number:
                del self._at[at]

    def drop_between(self, start: float, end: float) -> None:
        """Wait no more for those of a time (UTC seconds)."""
        self.drop([one.notice.number for one in self._waiting.values() if start <= one.notice.time < end])


def place(notice: Notice) -> Place | None:
    """Return where on the desktop a notice is: by its daemon's number, else by its program's own name of it."""
    if notice.daemon_id is not None:
        return notice.daemon_id
    return (notice.app, notice.tag) if notice.tag else None


def place_of(what: Happened) -> Place | None:
    """Return where on the desktop something happened."""
    if what.daemon_id is not None:
        return what.daemon_id
    return (what.app, what.tag) if what.tag else None


def _outcome(one: _Waiting, *, acted: bool) -> Outcome:
    return Outcome(one.notice, one.seen, acted, one.weight)
