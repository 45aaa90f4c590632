"""What the person's hands and attention did in the last minutes. Pure: time is passed in (`time.monotonic`)."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from companion.capture.hands import BURST
from companion.capture.sites import host_of
from companion.capture.types import Trigger
from companion.focus.kinds import NOTHING_CHOSEN, Kind, kind_of

SPANS = (60.0, 300.0, 600.0)  # seconds looked back on
KNOWN_SECONDS = 60.0  # of watching before anything is said
GAP_SECONDS = 90.0  # without a touch: less is thinking, or reading a page
AMONG_WORK = 0.5  # of a switch: from the editor to the manual and back is one train of thought
BRIEF_SECONDS = 30.0  # a stay on one thing that is shorter gets nowhere
FEWEST_INTERVALS = 20  # between keys that a rhythm can be told from
HANDS = frozenset({Trigger.TYPED, Trigger.CLICKED, Trigger.SCROLLED})


@dataclass(frozen=True, slots=True)
class Habits:
    """What was done over one span.

    Attributes
    ----------
    seconds
        How much of the span was seen.
    typing
        Keys a minute.
    evenness
        Of the rhythm within bursts: 1 where every key follows after the same time, 0 where that varies by more than
        half as much again as it is long (coefficient of variation 1.5); None where too few keys say so.
    switches
        A minute, from one program or site to another; those from work to work count for `AMONG_WORK`.
    main
        Share of the time in the program or on the site that had most of it, 0 to 1.
    work, distracting
        Share of the time in programs of these kinds.
    idle
        Share of the time in gaps of `GAP_SECONDS` or more without a touch.
    brief
        Share of the time in stays shorter than `BRIEF_SECONDS`: how broken up it was.

    """

    seconds: float
    typing: float
    evenness: float | None
    switches: float
    main: float
    work: float
    distracting: float
    idle: float
    brief: float


@dataclass(slots=True)
class _Second:
    """What the hands did in one second."""

    at: int
    keys: int = 0
    intervals: int = 0
    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class _Stay:
    """Attention on one program, or one site in it, from a time on; ``turn`` is how much of a switch that was."""

    since: float
    place: tuple[str, str]
    kind: Kind
    turn: float


class Behaviour:
    """Gathers what happens, for as long as it is looked back on.

    Parameters
    ----------
    chosen
        What kinds the person said programs and sites are, see `kinds.kind_of`.

    """

    def __init__(self, chosen: Mapping[str, Kind] = NOTHING_CHOSEN) -> None:
        self._chosen = chosen
        self._seconds: deque[_Second] = deque()
        self._touches: deque[float] = deque()
        self._stays: deque[_Stay] = deque()
        self._begun: float | None = None
        self._key = -math.inf

    def choose(self, chosen: Mapping[str, Kind]) -> None:
        """Take over what the person says of programs and sites, for what was seen before too."""
        self._chosen = chosen
        seen, self._stays = self._stays, deque()
        for stay in seen:
            self._stay(stay.since, stay.place)

    def forget(self, now: float) -> None:
        """Let go of all that was before ``now``, but for what the attention is on now."""
        self._seconds.clear()
        self._touches.clear()
        self._key = -math.inf
        if self._stays:
            newest = replace(self._stays[-1], since=now, turn=1.0)
            self._stays.clear()
            self._stays.append(newest)
            self._begun = now

    @property
    def app(self) -> str:
        """The program that has the attention; empty where that is not known."""
        return self._stays[-1].place[0] if self._stays else ""

    def happened(self, trigger: Trigger, time: float, count: int = 1) -> None:
        """Take in keys, clicks or scrolling; other triggers say nothing of hands."""
        if trigger not in HANDS:
            return
        self._touch(time)
        if trigger is not Trigger.TYPED:
            return
        second = self._second(time)
        second.keys += count
        if 0.0 < time - self._key <= BURST:
            interval = (time - self._key) / count
            second.intervals += 1
            second.total += interval
            second.squares += interval * interval
        self._key = time

    def window(self, app: str, url: str, time: float) -> None:
        """Take in that the attention is on this program, and this page, from ``time`` on; an empty ``app`` is none."""
        place = app, (host_of(url) or "") if url else ""
        if self._stays and self._stays[-1].place == place:
            return
        self._stay(time, place)
        self._begun = time if self._begun is None else self._begun

    def idle(self, seconds: float | None, time: float) -> None:
        """Take in for how long nothing was touched, by ``time``; None where the desktop does not tell."""
        if seconds is not None:
            self._touch(time - seconds)

    def untouched(self, time: float) -> float | None:
        """Return for how many seconds nothing was touched by ``time``; None where nothing ever told."""
        return max(0.0, time - self._touches[-1]) if self._touches else None

    def habits(self, now: float) -> tuple[Habits, ...] | None:
        """Return what was done over each of `SPANS`; None until enough was seen to tell."""
        self._let_go(now - SPANS[-1])
        if self._begun is None or now - self._begun < KNOWN_SECONDS or not self.app:
            return None
        return tuple(self._over(max(now - span, self._begun), now) for span in SPANS)

    def _stay(self, since: float, place: tuple[str, str]) -> None:
        kind = kind_of(*place, self._chosen)
        among_work = kind is Kind.WORK and bool(self._stays) and self._stays[-1].kind is Kind.WORK
        self._stays.append(_Stay(since, place, kind, AMONG_WORK if among_work else 1.0))

    def _touch(self, time: float) -> None:
        # Told twice, by the key and by the desktop; a second apart is the same touch.
        if not self._touches or time > self._touches[-1] + 1.0:
            self._touches.append(time)

    def _second(self, time: float) -> _Second:
        at = math.floor(time)
        if not self._seconds or self._seconds[-1].at < at:
            self._seconds.append(_Second(at))
        return self._seconds[-1]

    def _let_go(self, before: float) -> None:
        while self._seconds and self._seconds[0].at < before - 1.0:
            self._seconds.popleft()
        while len(self._touches) > 1 and self._touches[1] < before:
            self._touches.popleft()
        while len(self._stays) > 1 and self._stays[1].since <= before:
            self._stays.popleft()

    def _over(self, start: float, now: float) -> Habits:
        stays = list(_within(self._stays, start, now))
        length = now - start
        lengths: defaultdict[tuple[str, str], float] = defaultdict(float)
        kinds = dict.fromkeys(Kind, 0.0)
        for stay, seconds, _ in stays:
            lengths[stay.place] += seconds
            kinds[stay.kind] += seconds
        keys = [second for second in self._seconds if second.at >= start]
        return Habits(
            seconds=length,
            typing=60.0 * sum(second.keys for second in keys) / length,
            evenness=_evenness(keys),
            switches=60.0 * sum(stay.turn for stay, _, _ in stays if stay.since > start) / length,
            main=max(lengths.values()) / length,
            work=kinds[Kind.WORK] / length,
            distracting=kinds[Kind.DISTRACTING] / length,
            idle=_idle(self._touches, start, now) / length,
            brief=sum(seconds for _, seconds, whole in stays if whole < BRIEF_SECONDS) / length,
        )


def _within(stays: Sequence[_Stay], start: float, now: float) -> Iterable[tuple[_Stay, float, float]]:
    """Yield the stays of a stretch, how many seconds of each lie in it, and how long each was; the last goes on."""
    ends = [*(stay.since for stay in list(stays)[1:]), now]
    for stay, end in zip(stays, ends, strict=True):
        if end > start or stay is stays[-1]:
            whole = math.inf if stay is stays[-1] else end - stay.since
            yield stay, max(0.0, end - max(stay.since, start)), whole


def _evenness(keys: Iterable[_Second]) -> float | None:
    """Return how even the rhythm is, 0 to 1; None where too few keys tell."""
    count, total, squares = 0, 0.0, 0.0
    for second in keys:
        count += second.intervals
        total += second.total
        squares += second.squares
    if count < FEWEST_INTERVALS or total <= 0.0:
        return None
    mean = total / count
    spread = math.sqrt(max(0.0, squares / count - mean * mean))
    return max(0.0, 1.0 - spread / (1.5 * mean))


def _idle(touches: Sequence[float], start: float, now: float) -> float:
    """Return the seconds of a stretch that lie in gaps between touches; 0 where nothing ever told of touches."""
    if not touches:
        return 0.0
    edges = [*touches, now]
    gaps = [(max(a, start), b) for a, b in pairwise(edges) if b - a >= GAP_SECONDS and b > start]
    return sum(end - begin for begin, end in gaps)
